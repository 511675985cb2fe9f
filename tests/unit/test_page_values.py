"""What the page sends and gets is what Python means."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from pyinfer.browser.page_values import lift, lower
from pyinfer.errors import ConversionError


def through(value: Any) -> Any:
    """There and back again, as the page would echo it."""
    tree, arrays = lower(value)
    buffers = [array.tobytes() for array in arrays]

    def read(index: int, out: np.ndarray[Any, Any]) -> None:
        out[:] = np.frombuffer(buffers[index], np.uint8)

    def sized(item: Any) -> Any:
        # The page adds the size of a bytes argument; Python's own results need none.
        if isinstance(item, dict):
            if "$bytes" in item:
                return {**item, "size": len(buffers[item["$bytes"]])}
            return {key: sized(part) for key, part in item.items()}
        return [sized(part) for part in item] if isinstance(item, list) else item

    return lift(json.dumps(sized(tree)), read)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2**53 - 1,
        -1.5,
        "grün",
        [1, [2, None]],
        {"a": [1, {"b": False}]},
        {"$array": 1, "b": 2},
        b"\x00\xff",
    ],
)
def test_json_values_survive(value: Any) -> None:
    assert through(value) == value


def test_floats_that_json_has_not() -> None:
    assert through([float("inf"), float("-inf")]) == [float("inf"), float("-inf")]
    assert np.isnan(through(float("nan")))


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "bool", "uint16"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (1, 0, 4)])
def test_arrays_keep_dtype_shape_and_values(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape, dtype)
    back = through({"boxes": [array]})["boxes"][0]
    assert back.dtype == array.dtype
    assert back.shape == shape
    assert np.array_equal(back, array)


def test_numpy_scalars_are_numbers_and_tuples_are_lists() -> None:
    assert through((np.float32(0.5), np.int64(3), np.bool_(True))) == [0.5, 3, True]


def test_big_endian_arrays_arrive_with_their_values() -> None:
    assert through(np.array([1, 258], ">i4")).tolist() == [1, 258]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "result: a object"),
        ({"a": [{1}]}, r"result\['a'\]\[0\]: a set"),
        ({1: 2}, "no string"),
        (2**53, "too large"),
        (np.array(["a"]), "dtype"),
        (1j, "complex"),
        ([np.longdouble(1)], r"result\[0\]: no JavaScript number"),
        (np.ones(2, np.longdouble), "dtype"),
        (memoryview(b"a1b2")[::2], "memoryview with gaps"),
        ({"depth": np.ma.array([1, 2], mask=[0, 1])}, r"result\['depth'\]: the page has no masks"),
        (np.ma.masked, "masks"),
    ],
)
def test_what_has_no_counterpart_is_refused_and_says_where(value: Any, words: str) -> None:
    with pytest.raises(ConversionError, match=words):
        lower(value)


def test_an_array_crosses_without_importing_more_of_numpy() -> None:
    script = (
        "import sys, numpy as np\n"
        "from pyinfer.browser.page_values import lower\n"
        "before = set(sys.modules)\n"
        "lower({'mask': np.ones((2, 3), np.uint8), 'score': np.float32(1)})\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
