"""The error tree is the one that the module's docstring draws."""

from __future__ import annotations

import re

import pytest

from pyinfer import errors


def test_the_docstring_shows_the_whole_tree() -> None:
    assert errors.__doc__ is not None
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) - {"NotImplementedError"}
    assert drawn == set(errors.__all__)


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_but_the_shims_own_is_a_pyinfer_error(name: str) -> None:
    kind = getattr(errors, name)
    base = NotImplementedError if name == "UnsupportedInBrowser" else errors.PyinferError
    assert issubclass(kind, base)


def test_unsupported_names_function_reason_and_alternative() -> None:
    error = errors.UnsupportedInBrowser(
        "cv2.VideoCapture", "a page has no cameras of its own", "pass frames in"
    )
    assert str(error) == (
        "cv2.VideoCapture is not available in a browser: a page has no cameras of its own. "
        "Instead: pass frames in"
    )
