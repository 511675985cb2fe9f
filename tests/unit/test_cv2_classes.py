"""The classes of the cv2 shim: their table, their structures, and what crosses for an object."""

from __future__ import annotations

import gc
import weakref

import cv2 as native
import numpy as np
import pytest

import pyinfer.browser.cv2 as cv2
from pyinfer.browser.cv2._class_spec import parse_class
from pyinfer.browser.cv2._class_table import CLASSES
from pyinfer.browser.cv2._classes import find_class
from pyinfer.browser.cv2._convert import CONVERTERS, ENGINE_CONVERTERS
from pyinfer.browser.cv2._results import READERS, STRUCTURES
from pyinfer.browser.cv2._structures import DMatch, KeyPoint, pack, unpack
from pyinfer.errors import UnsupportedInBrowser
from tests.unit.fake_bridge.opencv import FakeOpenCV


class FakeDetectors(FakeOpenCV):
    """An engine with detectors that find one point, (3.5, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[object, ...]] = []
        self.objects: set[int] = set()

    def members(self, name: str) -> str:
        return "detect detect1 setMaxFeatures" if name in ("Algorithm", "Feature2D", "ORB") else ""

    def call(self, name: str, layout: str, *flat: object) -> str | None:
        self.calls.append((name, layout))
        self.given.append(flat)
        if name == "new ORB":
            self.objects.add(len(self.calls))
            return str(len(self.calls))
        if name == "Feature2D#detect":
            return self._leave(np.frombuffer(pack(KeyPoint(3.5, 4, 31)), np.uint8).reshape(1, 28))
        return ""

    def release(self, *objects: int) -> None:
        self.objects.difference_update(objects)

    def liveCount(self) -> int:
        return super().liveCount() + len(self.objects)


@pytest.fixture
def engine(fake_bridge):
    fake_bridge.opencv = FakeDetectors()
    find_class.cache_clear()
    cached = {name: vars(cv2).pop(name) for name in ("ORB", "ORB_create", "Feature2D") if name in vars(cv2)}
    yield fake_bridge.opencv
    find_class.cache_clear()
    for name in ("ORB", "ORB_create", "Feature2D"):
        vars(cv2).pop(name, None)
    vars(cv2).update(cached)


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"TrackerMIL.Params"}))  # kept in Python
def test_every_kind_can_cross(name):
    spec = parse_class(name)
    overloads = [
        overload
        for method in (spec.init, *spec.methods.values(), *spec.statics.values())
        for overload in method.overloads
    ]
    taken = {parameter.kind for overload in overloads for parameter in overload.parameters}
    given = {p.kind for overload in overloads for p in overload.parameters if p.output}
    given |= {kind for overload in overloads for kind in overload.returns}
    properties = {each.kind for each in spec.properties}
    assert taken | properties <= CONVERTERS.keys() | ENGINE_CONVERTERS.keys()
    known = {"Mat", "Mat[]", "String", *STRUCTURES, *READERS}
    assert (given | properties) - {"int[]"} <= known


def test_object_is_released_when_it_is_collected(engine):
    detector = cv2.ORB_create(77)
    assert engine.liveCount() == 1
    seen = weakref.ref(detector)
    del detector
    gc.collect()
    assert seen() is None
    assert engine.liveCount() == 0


def test_method_crosses_once_with_its_object(engine):
    detector = cv2.ORB.create(77)
    points = detector.detect(np.zeros((5, 6), np.uint8))
    assert [point.pt for point in points] == [(3.5, 4.0)]
    assert [name for name, _ in engine.calls] == ["new ORB", "Feature2D#detect"]
    assert engine.calls[1][1] == "OaK"
    assert engine.given[1][0] == detector.identifier


def test_what_the_engine_lacks_says_so(engine):
    detector = cv2.ORB_create()
    with pytest.raises(UnsupportedInBrowser, match="compute"):
        detector.compute(np.zeros((5, 6), np.uint8), [])


def test_method_of_no_object(engine):
    with pytest.raises(cv2.error, match=r"cv2\.ORB\.create\(\)"):
        cv2.ORB().detect(np.zeros((5, 6), np.uint8))


def test_subclass_may_have_attributes_of_its_own(engine):
    class Counting(cv2.ORB):
        count = 0

    counting = Counting()
    counting.count += 1
    counting.extra = 5
    assert (counting.count, counting.extra) == (1, 5)
    with pytest.raises(AttributeError, match="object has no attribute 'extra'"):
        cv2.ORB().extra = 5


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (KeyPoint(1.1, 2, 3, 4, 0.5, 6, 7), "pt size angle response octave class_id"),
        (DMatch(1, 2, 3, 0.1), "queryIdx trainIdx imgIdx distance"),
    ],
)
def test_structures_cross_as_opencv_keeps_them(made, names):
    (again,) = unpack(type(made), np.frombuffer(pack(made), np.uint8))
    assert [getattr(again, name) for name in names.split()] == [getattr(made, name) for name in names.split()]


def test_structures_have_what_native_has():
    for made, expected in ((KeyPoint(), native.KeyPoint()), (DMatch(), native.DMatch())):
        names = [name for name in dir(expected) if not name.startswith("_")]
        assert set(names) <= set(dir(made))
        for name in names:
            if not callable(getattr(expected, name)):
                assert getattr(made, name) == getattr(expected, name)
