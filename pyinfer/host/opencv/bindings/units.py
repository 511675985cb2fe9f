"""Writes the bindings' translation units: what OpenCV's own generator makes, guarded, and ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyinfer.host.generate.engine import probe_engine
from pyinfer.host.generate.prototypes import read_bindings
from pyinfer.host.places import node_modules

from .guards import guard
from .offered import offers
from .parts import OPENCV, is_in, later_source, registrations_of
from .source import Binding, class_source, unit_source

__all__ = ["translation_units"]

#: Functions in one of our units: as many as a compiler gets done in some seconds.
_PER_UNIT = 150

_HEADERS = (
    "opencv2/opencv.hpp",
    "opencv2/imgproc/bindings.hpp",
    "opencv2/ptcloud.hpp",
    "opencv2/stitching.hpp",
)

#: Modules whose headers that one includes in part.
_MODULES_WITH_MORE = (
    "calib",
    "features",
    "geometry",
    "objdetect",
    "photo",
    "ptcloud",
    "stereo",
    "stitching/detail",
)


#: OpenCV's own, not for programs.
_LEFT_OUT = frozenset({"detection_based_tracker.hpp", "matchers_inl.hpp", "util_inl.hpp", "warpers_inl.hpp"})


def translation_units(sources: Path, generated: Path, part: str) -> dict[str, str]:
    """The C++ files of a part by name.

    Parameters
    ----------
    sources : Path
        The folder that has ``opencv``.
    generated : Path
        What OpenCV's own generator for JavaScript wrote.
    part : str
        One of `PARTS`.

    Raises
    ------
    BuildError
        That is not what is known.
    SetupError
        npm's opencv.js, which tells what OpenCV's generator has, is missing.
    """
    bindings = read_bindings(sources / "opencv")
    offered = offers(bindings, probe_engine(node_modules()))
    headers = [*_HEADERS, *_more_headers(sources / "opencv" / "modules")]
    cpp = {each.id: each.cpp for each in bindings.classes.values()}
    registrations = "".join(
        class_source(each.cpp, each.id, cpp.get(each.base, ""))
        for each in offered.classes
        if is_in(part, each.id)
    )
    properties = [each for each in offered.properties.values() if is_in(part, each.owner)]
    functions = [each for each in offered.bindings.values() if is_in(part, each.name)]
    text = generated.read_text("utf-8")
    units = {
        "bindings.cpp": guard(registrations_of(text, part), sources),
        "classes.cpp": unit_source("pyinfer_classes", headers, (), properties, registrations),
    }
    for number, some in enumerate(_batches(functions)):
        units[f"functions_{number}.cpp"] = unit_source(f"pyinfer_functions_{number}", headers, some)
    if part == OPENCV:
        units["later.cpp"] = later_source(text, offered.bindings, {each.id for each in offered.classes})
    return units


def _more_headers(modules: Path) -> Iterator[str]:
    for name in _MODULES_WITH_MORE:
        include = modules / name.partition("/")[0] / "include"
        for header in sorted((include / "opencv2" / name).glob("*.hpp")):
            if header.name not in _LEFT_OUT:
                yield str(header.relative_to(include))


def _batches(bindings: list[Binding]) -> Iterator[list[Binding]]:
    for first in range(0, len(bindings), _PER_UNIT):
        yield bindings[first : first + _PER_UNIT]
