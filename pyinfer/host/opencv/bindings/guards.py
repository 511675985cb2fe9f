"""Guards what OpenCV's own generator binds: no C++ exception of it reaches JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

from pyinfer.errors import BuildError

__all__ = ["guard"]

_WRAPPER = re.compile(r"(?m)^(    [^\n{}]*\([^\n{}]*\) *\{\n)        return ([^\n]*);\n    \}$")
_HELPER = re.compile(r"select_overload<([^\n]*?\))>\(&(binding_utils::\w+)\)")
_CLASS = re.compile(r"class_<\s*([\w:]+)")
_FAMILY = re.compile(r'class_<(cv::[\w:]+) ,base<Algorithm>>\("(\w+)"\)')
_CONSTRUCTOR = re.compile(r"\.constructor<([^()\n]*)>\(\)")
_POINT3 = "EMSCRIPTEN_CV_POINT(Point3f)\n"
_PARALLEL = "../../../modules/core/src/parallel_impl.hpp"


def guard(text: str, sources: Path) -> str:
    """The bindings, each of whose calls is guarded.

    Parameters
    ----------
    text : str
        What the generator wrote.
    sources : Path
        The folder that has ``opencv``.

    Raises
    ------
    BuildError
        The text is not what is known.
    """
    text = _replaced(text, _PARALLEL, str(sources / "opencv/modules/core/src/parallel_impl.hpp"))
    # Its macro knows two fields.
    point = 'emscripten::value_object<Point3f>("Point3f").field("x", &Point3f::x).field("y", &Point3f::y)'
    text = _replaced(text, _POINT3, f'{point}.field("z", &Point3f::z);\n')
    text = _replaced(
        text, "using namespace emscripten;\n", '#include "support.hpp"\nusing namespace emscripten;\n'
    )
    text, wrappers = _WRAPPER.subn(
        r"\1        return pyinfer::guarded([&]() -> decltype(auto) { return \2; });\n    }", text
    )
    text, helpers = _HELPER.subn(r"&pyinfer::Guarded<\1, &\2>::call", text)
    if not wrappers or not helpers:
        raise BuildError("OpenCV's generator for JavaScript wrote other code than is known")
    return _with_guarded_constructors(_FAMILY.sub(_with_shared_pointers, text))


def _with_shared_pointers(match: re.Match[str]) -> str:
    """Functions of ours return what is the base of a family: `createTonemap`."""
    statement = match.string[match.start() : match.string.index(";", match.end())]
    if ".smart_ptr<" in statement:
        return match[0]
    return f'{match[0]}.smart_ptr<Ptr<{match[1]}>>("Ptr<{match[2]}>")'


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise BuildError(f"OpenCV's generator for JavaScript wrote no {old.strip()!r}, or more than one")
    return text.replace(old, new)


def _with_guarded_constructors(text: str) -> str:
    parts = []
    end = 0
    owner = ""
    for match in re.finditer(f"{_CLASS.pattern}|{_CONSTRUCTOR.pattern}", text):
        if match[1]:
            owner = match[1]
            continue
        arguments = f", {match[2]}" if match[2] else ""
        made = f".constructor(&pyinfer::constructed<{owner}{arguments}>, allow_raw_pointers())"
        parts += [text[end : match.start()], made]
        end = match.end()
    return "".join([*parts, text[end:]])
