"""``cv2.KeyPoint``, ``cv2.DMatch`` and ``cv2.TrackerMIL.Params``: plain structures, kept in Python.

The first two cross as OpenCV keeps them, many at a time: the bytes of a vector's elements.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import numpy.typing as npt

from ._bind import bind
from ._convert import CONVERTERS
from ._convert_arrays import Call
from ._errors import Mismatch, no_overload
from ._spec import Overload, Parameter, parse_row

__all__ = ["DMatch", "Field", "KeyPoint", "Structure", "TrackerParameters", "pack", "single", "unpack"]

Array = npt.NDArray[Any]
_S = TypeVar("_S", bound="Structure")


def single(value: float) -> float:
    """The value as a C++ float keeps it."""
    return array("f", (value,))[0]


def convert(kind: str, value: Any, name: str = "value") -> tuple[Any, ...]:
    """The numbers that a Python value becomes as a C++ ``kind``.

    Raises
    ------
    Mismatch
        Native does not take it.
    """
    call = Call()
    CONVERTERS[kind](call, Parameter(name, kind, True, False, True, None), value)
    numbers = call.flat
    return tuple(map(single, numbers)) if kind in ("float", "Point2f") else tuple(numbers)


class Field:
    """An attribute: some of a structure's numbers.

    Parameters
    ----------
    kind : str
        As in a row.
    at : int
        The first one's place.
    """

    def __init__(self, kind: str, at: int) -> None:
        self._kind = kind
        self._at = at

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, structure: Any, owner: type) -> Any:
        if structure is None:
            return self
        if self._kind == "Point2f":
            return structure._numbers[self._at : self._at + 2]
        return structure._numbers[self._at]

    def __set__(self, structure: Any, value: Any) -> None:
        if value is None:
            return
        try:
            converted = convert(self._kind, value)
        except Mismatch as mismatch:
            # An integer that is too large is natively another error, and only here.
            raise (ValueError if "won't fit" in str(mismatch) else TypeError)(str(mismatch)) from None
        numbers = structure._numbers
        structure._numbers = numbers[: self._at] + converted + numbers[self._at + len(converted) :]

    def __delete__(self, structure: Any) -> None:
        raise TypeError(f"Cannot delete the {self._name} attribute")


class Structure:
    """What is common to both.

    Attributes
    ----------
    item : struct.Struct
        How OpenCV keeps it.
    """

    __slots__ = ("_numbers",)

    item: struct.Struct
    _name: str
    _overloads: tuple[Overload, ...] = ()
    _initial: tuple[float, ...]
    _numbers: tuple[Any, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._numbers = self._initial
        if not args and not kwargs:
            return
        name = self._name
        if not self._overloads:
            raise SystemError(f"<class 'cv2.{name}'> returned NULL without setting an exception")
        reasons = []
        for overload in self._overloads:
            try:
                values = bind(name, overload, args, kwargs)
                numbers: list[Any] = []
                for parameter, value in zip(overload.parameters, values, strict=True):
                    default = parameter.default or 0
                    numbers += convert(parameter.kind, default if value is None else value, parameter.name)
            except Mismatch as mismatch:
                reasons.append(str(mismatch))
            else:
                self._numbers = self._arranged(numbers)
                return
        raise no_overload(name, reasons)

    def _arranged(self, numbers: list[Any]) -> tuple[Any, ...]:
        """The numbers of the constructor's arguments in the order in which they are kept."""
        return tuple(numbers)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or hasattr(self, "__dict__"):
            object.__setattr__(self, name, value)
        else:
            self.__getattr__(name)

    def __repr__(self) -> str:
        return f"< cv2.{self._name} {id(self):#x}>"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'cv2.{self._name}' object has no attribute '{name}'", name=name, obj=self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"cannot pickle 'cv2.{self._name}' object")


@cache
def _function(name: str) -> Callable[..., Any]:
    # Imported here since it knows the structures.
    from ._substitute import substitute

    return substitute(f"KeyPoint_{name}", name, f"KeyPoint.{name}")[1]


class KeyPoint(Structure):
    """A point that a feature detector found.

    Attributes
    ----------
    pt : (float, float)
    size, angle, response : float
    octave, class_id : int
    """

    __slots__ = ()

    item = struct.Struct("<5f2i")
    _name = "KeyPoint"
    _overloads = (
        parse_row(
            "KeyPoint(float x, float y, float size, "
            "float angle=-1, float response=0, int octave=0, int class_id=-1)"
        ),
    )
    _initial = (0.0, 0.0, 0.0, -1.0, 0.0, 0, -1)

    pt = Field("Point2f", 0)
    size = Field("float", 2)
    angle = Field("float", 3)
    response = Field("float", 4)
    octave = Field("int", 5)
    class_id = Field("int", 6)

    @staticmethod
    def convert(*args: Any, **kwargs: Any) -> Any:
        """Key points to an array of their points, or points to key points."""
        return _function("convert")(*args, **kwargs)

    @staticmethod
    def overlap(*args: Any, **kwargs: Any) -> Any:
        """How much of their areas two key points share."""
        return _function("overlap")(*args, **kwargs)


class DMatch(Structure):
    """A match of two descriptors.

    Attributes
    ----------
    queryIdx, trainIdx, imgIdx : int
    distance : float
    """

    __slots__ = ()

    item = struct.Struct("<3if")
    _name = "DMatch"
    _overloads = (
        parse_row("DMatch(int _queryIdx, int _trainIdx, float _distance)"),
        parse_row("DMatch(int _queryIdx, int _trainIdx, int _imgIdx, float _distance)"),
    )
    _initial = (-1, -1, -1, 3.4028234663852886e38)

    queryIdx = Field("int", 0)
    trainIdx = Field("int", 1)
    imgIdx = Field("int", 2)
    distance = Field("float", 3)

    def _arranged(self, numbers: list[Any]) -> tuple[Any, ...]:
        if len(numbers) == 3:
            numbers.insert(2, -1)
        return tuple(numbers)


class TrackerParameters(Structure):
    """The settings of a ``cv2.TrackerMIL``.

    Attributes
    ----------
    samplerInitInRadius, samplerSearchWinSize, samplerTrackInRadius : float
    samplerInitMaxNegNum, samplerTrackMaxPosNum, samplerTrackMaxNegNum, featureSetNumFeatures : int
    """

    __slots__ = ()

    item = struct.Struct("<fi2f3i")
    _name = "TrackerMIL.Params"
    _initial = (3.0, 65, 25.0, 4.0, 100000, 65, 250)

    samplerInitInRadius = Field("float", 0)
    samplerInitMaxNegNum = Field("int", 1)
    samplerSearchWinSize = Field("float", 2)
    samplerTrackInRadius = Field("float", 3)
    samplerTrackMaxPosNum = Field("int", 4)
    samplerTrackMaxNegNum = Field("int", 5)
    featureSetNumFeatures = Field("int", 6)

    def is_initial(self) -> bool:
        """Whether nothing was changed."""
        return self._numbers == self._initial


for _class in (KeyPoint, DMatch):
    _class.__module__ = "cv2"
TrackerParameters.__module__ = "cv2.TrackerMIL"
TrackerParameters.__name__ = TrackerParameters.__qualname__ = "Params"


def pack(structure: Structure) -> bytes:
    """Its bytes, as OpenCV keeps it."""
    return structure.item.pack(*structure._numbers)


def unpack(cls: type[_S], packed: Array | None) -> tuple[_S, ...]:
    """The structures whose bytes these are; none if there are none."""
    if packed is None:
        return ()
    found = []
    for numbers in cls.item.iter_unpack(packed.data):
        structure = cls.__new__(cls)
        structure._numbers = numbers
        found.append(structure)
    return tuple(found)
