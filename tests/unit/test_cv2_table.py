"""The table: generated from what native and the engine say, and again without a change."""

from __future__ import annotations

import pytest

from pyinfer.browser.cv2._spec import parse_row
from pyinfer.browser.cv2._table import FUNCTIONS
from pyinfer.host.generate import generate
from tests.unit.fake_bridge.opencv import FakeOpenCV


def test_generating_again_changes_nothing():
    for path, text in generate().items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_rows_agree_with_the_documentation():
    rows = {
        overload.engine_name: overload for rows in FUNCTIONS.values() for overload in map(parse_row, rows)
    }
    rows["boxPoints"] = parse_row("boxPoints(RotatedRect box)")
    for name, order in FakeOpenCV.orders.items():
        assert [parameter.name for parameter in rows[name].parameters] == order.split(), name


def test_signature_follows_native_rule():
    overload = parse_row("f(Mat a, out Mat b, Size c, out Mat d, int e=1, inout Mat g=None) -> double")
    assert overload.signature() == "a, c[, b[, d[, e[, g]]]]"


def test_trailing_defaults_are_the_engine_s_unless_they_are_returned():
    assert parse_row("f(Mat a, out Mat b, int c=1, Mat d=None)").shortest == 2
    assert parse_row("f(Mat a, out Mat b, int c=1, inout Mat d=None, int e=1)").shortest == 4


@pytest.mark.parametrize("row", ["f(Mat a", "f(sideways Mat a)", "Mat a, Mat b"])
def test_what_is_no_row_is_refused(row):
    with pytest.raises(ValueError, match="not a"):
        parse_row(row)
