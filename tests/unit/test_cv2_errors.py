"""What the cv2 shim raises, beside what native raises."""

from __future__ import annotations

import cv2 as native
import numpy as np
import pytest

import pyinfer.browser.cv2 as cv2
from pyinfer.browser.cv2._engine_tables import engine_functions
from pyinfer.errors import EngineError, UnsupportedInBrowser
from tests.parity.images import noise, photo, polygon

IMAGE = photo()

REFUSED = {
    "missing": lambda cv: cv.resize(IMAGE),
    "too_many": lambda cv: cv.resize(IMAGE, (1, 1), None, 0, 0, 0, 0),
    "unknown_keyword": lambda cv: cv.resize(IMAGE, (1, 1), foo=1),
    "twice": lambda cv: cv.resize(IMAGE, (1, 1), src=IMAGE),
    "missing_without_arrays": lambda cv: cv.getRotationMatrix2D((1, 2), 3),
    "only_keywords": lambda cv: cv.getRotationMatrix2D(center=(1, 2), angle=3, scale=1, more=3),
    "wrong_without_arrays": lambda cv: cv.getOptimalDFTSize("a"),
    "list_for_array": lambda cv: cv.resize([[1, 2]], (1, 1)),
    "no_overload": lambda cv: cv.norm("a"),
    "three_for_size": lambda cv: cv.resize(IMAGE, (1, 2, 3)),
    "number_for_size": lambda cv: cv.resize(IMAGE, 2),
    "float_for_point": lambda cv: cv.circle(IMAGE, (1.5, 2), 2, 0),
    "bool_for_int": lambda cv: cv.circle(IMAGE, (1, 2), True, 0),
    "huge_int": lambda cv: cv.circle(IMAGE, (1, 2), 2**40, 0),
    "string_for_double": lambda cv: cv.threshold(IMAGE, "a", 255, 0),
    "string_for_float": lambda cv: cv.boxPoints(((1, 2), (3, 4), "a")),
    "two_for_rotated_rectangle": lambda cv: cv.boxPoints(((1, 2), (3, 4))),
    "number_for_bool": lambda cv: cv.arcLength(polygon(), 1.5),
    "five_for_scalar": lambda cv: cv.circle(IMAGE, (1, 2), 2, (1, 2, 3, 4, 5)),
    "number_for_list": lambda cv: cv.merge(5),
    "wrong_item": lambda cv: cv.merge([IMAGE, "a"]),
    "wrong_item_of_many": lambda cv: cv.merge([IMAGE] * 8 + [np.zeros((2, 2), object)]),
    "object_array": lambda cv: cv.blur(np.zeros((3, 3), object), (3, 3)),
    "unfit_layout": lambda cv: cv.circle(IMAGE[::-1], (1, 2), 2, 0),
    "int64_canvas": lambda cv: cv.circle(np.zeros((9, 9), np.int64), (1, 2), 2, 0),
    "read_only": lambda cv: cv.circle(np.broadcast_to(np.uint8(7), (4, 5)), (1, 2), 2, 0),
    "term_criteria": lambda cv: cv.meanShift(IMAGE, (1, 1, 2, 2), 5),
    "engine": lambda cv: cv.resize(IMAGE, (0, 0)),
    "engine_lines": lambda cv: cv.cvtColor(noise(3, 3), cv.COLOR_BGR2GRAY),
    "engine_parenthesis": lambda cv: cv.cvtColor(IMAGE, 9999),
    "empty_buffer": lambda cv: cv.imdecode(np.zeros(0, np.uint8), 1),
    "bytes_for_buffer": lambda cv: cv.imdecode(b"abc", 1),
    "number_for_name": lambda cv: cv.imread(5),
    "unknown_format": lambda cv: cv.imencode(".xyz", IMAGE),
}


@pytest.mark.parametrize("case", REFUSED)
def test_same_error(case, fake_bridge):
    with pytest.raises((native.error, TypeError)) as expected:
        REFUSED[case](native)
    with pytest.raises((cv2.error, TypeError)) as caught:
        REFUSED[case](cv2)
    assert str(caught.value) == str(expected.value)
    assert isinstance(caught.value, cv2.error) == isinstance(expected.value, native.error)
    for name in ("code", "err", "file", "func", "line", "msg"):
        assert getattr(caught.value, name, None) == getattr(expected.value, name, None), name
    assert fake_bridge.opencv.liveCount() == 0


def test_error_type_reads_as_native():
    assert (cv2.error.__module__, cv2.error.__qualname__) == ("cv2", "error")


def test_sources_of_the_engine_build_are_named_as_natively(fake_bridge):
    where = "/build/opencv/modules/imgproc/src/resize.cpp"
    message = f"OpenCV(5.0.0) {where}:4220: error: (-215:Assertion failed) x > 0 in function 'resize'\n"
    fake_bridge.opencv.next_failure = {"kind": "opencv", "code": -215, "msg": message}
    with pytest.raises(cv2.error) as caught:
        cv2.blur(IMAGE, (3, 3))
    assert caught.value.file == "/io/opencv/modules/imgproc/src/resize.cpp"
    assert (caught.value.line, caught.value.func, caught.value.err) == (4220, "resize", "x > 0")


def test_no_memory(fake_bridge):
    fake_bridge.opencv.next_failure = {"kind": "std", "msg": "St9bad_alloc"}
    with pytest.raises(cv2.error, match="std::bad_alloc"):
        cv2.blur(IMAGE, (3, 3))


def test_result_larger_than_the_heap_is_refused_before_opencv_overflows(fake_bridge):
    with pytest.raises(cv2.error, match="Failed to allocate 4800000000 bytes") as caught:
        cv2.resize(noise(8, 8, 3), (40000, 40000))
    assert (caught.value.code, caught.value.func) == (-4, "OutOfMemoryError")
    assert fake_bridge.opencv.calls == []


def test_engine_that_reads_arrays_wrongly_is_refused_at_once(fake_bridge):
    fake_bridge.opencv.prepare = lambda types, probe: '{"address": 1}'
    cv2._mat.Engine._current = None
    with pytest.raises(EngineError, match="this NumPy keeps"):
        cv2.blur(IMAGE, (3, 3))


def test_broken_engine_is_no_opencv_error(fake_bridge):
    fake_bridge.opencv.next_failure = {"kind": "RuntimeError", "msg": "memory access out of bounds"}
    with pytest.raises(EngineError, match="RuntimeError: memory access out of bounds"):
        cv2.blur(IMAGE, (3, 3))


def test_unknown_name_says_what_is_close():
    assert not hasattr(cv2, "resise")
    with pytest.raises(AttributeError, match="did you mean resize"):
        _ = cv2.resise


def test_missing_function_can_be_referred_to_but_not_called():
    writer = cv2.imshow
    with pytest.raises(UnsupportedInBrowser, match=r"cv2\.imshow is not available"):
        writer("window", IMAGE)


def test_what_the_loaded_engine_lacks_is_unsupported(fake_bridge, monkeypatch):
    fake_bridge.opencv._functions = "blur"
    engine_functions.cache_clear()
    try:
        monkeypatch.delitem(vars(cv2), "norm", raising=False)
        with pytest.raises(UnsupportedInBrowser, match=r"cv2\.norm"):
            cv2.norm(IMAGE)
    finally:
        engine_functions.cache_clear()
        vars(cv2).pop("norm", None)


def test_dir_lists_functions_and_constants():
    assert {"resize", "imread", "error", "COLOR_BGR2GRAY", "dnn", "__version__"} <= set(dir(cv2))


def test_constants_are_native():
    names = [name for name in dir(native) if type(getattr(native, name)) is int and not name.startswith("_")]
    assert {name: getattr(cv2, name) for name in names} == {name: getattr(native, name) for name in names}
    assert cv2.dnn.DNN_TARGET_CPU == native.dnn.DNN_TARGET_CPU


def test_star_import_brings_functions():
    namespace: dict[str, object] = {}
    exec("from pyinfer.browser.cv2 import *", namespace)
    assert "resize" in namespace
    assert "COLOR_BGR2GRAY" in namespace


HANDED_OVER = {
    "array": lambda: cv2.blur(IMAGE, (3, 3)),
    "arrays": lambda: cv2.split(IMAGE),
}


@pytest.mark.parametrize("name", HANDED_OVER)
def test_result_that_the_engine_cannot_hand_over_is_its_error(name, fake_bridge, monkeypatch):
    engine = fake_bridge.opencv
    real = engine.fetch
    monkeypatch.setattr(engine, "fetch", lambda *arrays: real(*arrays) and False)
    monkeypatch.setattr(engine, "failure", lambda: '{"kind": "std", "msg": "St9bad_alloc"}')
    cv2._mat.Engine._current = None
    with pytest.raises(cv2.error, match="std::bad_alloc"):
        HANDED_OVER[name]()


def test_an_engine_that_tells_all_fields_is_believed(fake_bridge):
    fields = {"err": "x > 0", "func": "f<(a:b)>", "file": "/io/opencv/modules/a.cpp", "line": 7}
    fake_bridge.opencv.next_failure = {"kind": "opencv", "code": -215, "msg": "anything", **fields}
    with pytest.raises(cv2.error) as caught:
        cv2.blur(IMAGE, (3, 3))
    raised = caught.value
    assert {name: getattr(raised, name) for name in fields} == fields
    assert (raised.code, raised.msg, str(raised)) == (-215, "anything", "anything")
