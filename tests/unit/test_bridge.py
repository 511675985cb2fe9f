"""Handles end when they should, and bytes cross unchanged, once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyinfer.browser.bridge import HandleScope, JsHandle, get_bridge, live_handle_counts, set_bridge
from pyinfer.browser.bridge.codec import TYPED_ARRAYS, read_into, typed_array_of, write_from
from tests.unit.fake_bridge.page import ArrayView


def test_a_handle_is_released_once_and_counted_until_then() -> None:
    released: list[int] = []
    handle = JsHandle("Thing", 7, released.append)
    assert live_handle_counts()["Thing"] == 1
    handle.release()
    handle.release()
    assert released == [7]
    assert handle.released
    assert "Thing" not in live_handle_counts()


def test_a_forgotten_handle_is_released_by_the_garbage_collector() -> None:
    released: list[int] = []
    JsHandle("Thing", 1, released.append)
    assert released == [1]


def test_a_scope_releases_last_first_also_when_the_block_raises() -> None:
    released: list[int] = []
    with pytest.raises(ZeroDivisionError), HandleScope() as scope:
        for identifier in (1, 2, 3):
            scope.add(JsHandle("Thing", identifier, released.append))
        raise ZeroDivisionError
    assert released == [3, 2, 1]


@pytest.mark.parametrize("name", TYPED_ARRAYS)
def test_every_dtype_with_a_typed_array_keeps_its_bytes(name: str) -> None:
    array = (np.arange(24).reshape(2, 3, 4) % 2).astype(name)
    view = ArrayView(np.zeros(array.nbytes, np.uint8))
    write_from(view, array)
    out = np.empty_like(array)
    read_into(view, out)
    assert np.array_equal(out, array)


def test_a_strided_array_crosses_in_its_logical_order() -> None:
    array = np.arange(24, dtype=np.int32).reshape(4, 6)[::2, ::-3]
    view = ArrayView(np.zeros(array.nbytes, np.uint8))
    write_from(view, array)
    assert view.data.view(np.int32).tolist() == array.ravel().tolist()


def test_an_int64_view_is_a_bigint_array_so_that_it_stays_exact() -> None:
    assert typed_array_of(np.int64) == "BigInt64Array"


@pytest.mark.parametrize("dtype", [object, "U4", np.complex64])
def test_a_dtype_without_typed_array_is_refused_by_name(dtype: Any) -> None:
    with pytest.raises(TypeError, match=np.dtype(dtype).name):
        typed_array_of(dtype)


def test_outside_pyodide_there_is_no_bridge_until_one_is_set() -> None:
    fake = set_bridge(None)
    with pytest.raises(
        ImportError, match=r"no engines here yet: `await pyinfer\.start\(address\)` brings them"
    ):
        get_bridge()
    set_bridge(fake)
    assert get_bridge() is fake
