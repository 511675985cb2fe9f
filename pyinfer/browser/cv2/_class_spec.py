"""Lines of the table of classes, and what is read in them.

The first line names the class and its base; each of the others says one thing that the class has::

    class aruco.GridBoard(aruco.Board)
    init new aruco_GridBoard(Size size, float markerLength, ...) -> aruco.GridBoard
    static create new ORB(int nfeatures=500, ...) -> ORB
    def detect Feature2D#detect1(Mat[] images, out KeyPoint[][] keypoints, Mat[] masks=None)
    property float thresholdStep
    lacks def getScoreType() -> enum

What follows ``init``, or a method's name, is a row (see _spec.py), named as the engine is asked for it:
``new`` calls a constructor, ``#`` a method, ``.`` a static method. What native has and opencv.js ``lacks``
is given by native's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ._class_table import CLASSES
from ._engine_tables import class_lines
from ._spec import Overload, parse_row

__all__ = ["ClassSpec", "Method", "Property", "parse_class", "parse_npm_class"]


@dataclass(slots=True)
class Method:
    """A constructor, method or static method.

    Attributes
    ----------
    overloads : list of Overload
        What the engine has.
    lacking : list of Overload
        What it lacks.
    ordered : list of Overload
        Both, in native's order.
    """

    overloads: list[Overload] = field(default_factory=list)
    lacking: list[Overload] = field(default_factory=list)
    ordered: list[Overload] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Property:
    """An attribute of the objects."""

    name: str
    kind: str
    readonly: bool


@dataclass(slots=True)
class ClassSpec:
    """A class.

    Attributes
    ----------
    name : str
        Python's name below ``cv2``.
    base : str
        The base class's, empty if it has none.
    engine_name : str
        opencv.js's.
    init : Method
    methods, statics : dict
        By name.
    properties : list of Property
    """

    name: str
    base: str
    engine_name: str
    init: Method = field(default_factory=Method)
    methods: dict[str, Method] = field(default_factory=dict)
    statics: dict[str, Method] = field(default_factory=dict)
    properties: list[Property] = field(default_factory=list)


def parse_class(name: str) -> ClassSpec:
    """Read the lines of a class, as the loaded engine has it."""
    return _parse(name, class_lines()[name])


def parse_npm_class(name: str) -> ClassSpec:
    """The same as npm's build has it, whatever is loaded."""
    return _parse(name, CLASSES[name])


def _parse(name: str, all_lines: tuple[str, ...]) -> ClassSpec:
    heading, *lines = all_lines
    base = heading.removesuffix(")").partition("(")[2]
    spec = ClassSpec(name, base, name.replace(".", "_"))
    for line in lines:
        _parse_line(spec, line)
    return spec


def _parse_line(spec: ClassSpec, line: str) -> None:
    words = line.split(" ", 1)
    lacks = words[0] == "lacks"
    if lacks:
        words = words[1].split(" ", 1)
    word, rest = words
    if word == "property":
        *modifiers, kind, name = rest.split()
        if not lacks:
            spec.properties.append(Property(name, kind, "readonly" in modifiers))
        return
    if word == "init":
        method = spec.init
    else:
        name = rest.partition("(" if lacks else " ")[0]
        if not lacks:
            rest = rest.removeprefix(f"{name} ")
        found = spec.statics if word == "static" else spec.methods
        method = found.setdefault(name, Method())
    overload = parse_row(rest)
    method.ordered.append(overload)
    (method.lacking if lacks else method.overloads).append(overload)
