"""The lean parts of a start.

Pyodide would load the standard library as a whole and then each wheel, unpacked and compiled in the
browser. ``pyinfer build`` writes instead what a start reads, compiled and ready to be put into place,
and apart from it what is fetched when something else is imported:

- :mod:`.distribution` reads wheels and the standard library, without what :mod:`.left_out` names;
- :mod:`.program` says what the app imports, and which engines it can want;
- :mod:`.plan` does these imports in Node and sees what is read;
- :mod:`.split` parts each distribution by that, :mod:`.rest` joins what belongs together;
- :mod:`.parts` writes the parts into the bundle, with :mod:`.bytecode` and :mod:`.metadata`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfer.host.bundle import Bundle, content_hash

from .distribution import Distribution, read_libraries, read_standard_library, read_wheel
from .parts import PartsWriter
from .plan import make_plan
from .program import ENGINES, Program, handles_image_files, wanted_engines, wanted_imports
from .pyodide_in_node import pyodide_folder, pyodide_version
from .rest import rests
from .split import module_names, split

__all__ = ["ENGINES", "Carried", "Program", "add_start"]

#: What a page imports at once, whatever it runs.
_IMPORTS = (
    "pyinfer.browser.packages_on_use",
    "pyinfer.browser.reseed",
    "numpy",
    "pyinfer.browser.runtime",
    "pyinfer.browser.bridge.pyodide_bridge",
)
_SHIMS = {"opencv": "cv2", "onnxruntime": "onnxruntime"}
#: What the shim imports when an image is read or written by npm's opencv.js, and Pillow with it; and what it
#: imports of our own, which has codecs.
_IMAGE_FILES = "cv2._image_io"
_OWN_TABLES = ("cv2._full_kinds", "cv2._full_table", "cv2._image_files")
#: What our own code or most scripts import at some time; each would bring the rest of the standard library.
_COMMON = (
    *("argparse", "calendar", "colorsys", "csv", "difflib", "hmac", "html", "_strptime", "pprint", "queue"),
    *("secrets", "urllib.parse", "uuid"),
)
#: What `pyinfer run` calls then.
_CALLED_FOR_SCRIPTS = ("pyinfer.browser.script",)


@dataclass(frozen=True)
class Carried:
    """A distribution of the bundle.

    Attributes
    ----------
    path : Path
        Its wheel, or the archive of shared libraries.
    entry : dict
        Its entry in the lock file.
    is_foreign : bool
        Whether not every bundle has it, so that it is not known which engines it uses.
    """

    path: Path
    entry: dict[str, Any]
    is_foreign: bool = False


def add_start(
    bundle: Bundle,
    carried: Mapping[str, Carried],
    program: Program | None,
    *,
    own_opencv: bool,
    has_sources: bool = False,
) -> dict[str, Any]:
    """Write the parts of a start.

    Parameters
    ----------
    bundle : Bundle
        Where to.
    carried : mapping of str to Carried
        All distributions of the bundle, by canonical name.
    program : Program or None
        The app; None if anything may be run.
    own_opencv : bool
        Whether opencv.js is our own build, not npm's.
    has_sources : bool
        Whether what a start reads stays as sources.

    Returns
    -------
    dict
        What pyinfer.json says under ``start``.

    Raises
    ------
    SetupError
        Node or Pyodide is not there.
    BuildError
        Pyodide does not start there.
    """
    own = program.distribution if program else None
    standard = read_standard_library(pyodide_folder() / "python_stdlib.zip", pyodide_version())
    distributions = [_read(name, each, own) for name, each in sorted(carried.items())]
    foreign = [each for each in distributions if carried[each.name].is_foreign and each.name != own]
    engines = wanted_engines(program, _texts(foreign), has_codecs=own_opencv)

    imports = [*_IMPORTS, *(shim for engine, shim in _SHIMS.items() if engine in engines)]
    readies = [*_COMMON, *(() if program else _CALLED_FOR_SCRIPTS)]
    if program:
        others = [each for each in (standard, *distributions) if each.name != own]
        wanted = wanted_imports(program, {name for each in others for name in module_names(each.files)})
        imports += wanted.at_import
        readies += wanted.by_attribute
        if "opencv" in engines and handles_image_files(program) and not own_opencv:
            readies.append(_IMAGE_FILES)
    if "opencv" in engines and own_opencv:
        readies += _OWN_TABLES
    plan = make_plan(distributions, list(dict.fromkeys(imports)), readies)

    splits = [(each, split(each, plan)) for each in (standard, *distributions)]
    writer = PartsWriter(bundle, splits, has_sources=has_sources)
    libraries = {each.place(path): (each, path) for each, parts in splits for path in parts.libraries}
    archives = [writer.first_archive(each, parts) for each, parts in splits]
    depends = {name: each.entry["depends"] for name, each in carried.items()}
    content = {
        "standard": archives[0],
        "archives": [*filter(None, archives[1:]), writer.metadata_archive(splits)],
        "libraries": [writer.library(*libraries[place]) for place in plan.libraries if place in libraries],
        "onUse": [writer.rest(rest) for rest in rests(splits, depends)],
        "imports": list(plan.imports),
        "packages": {each.name: each.version for each in distributions if each.info},
        "engines": engines,
    }
    key = content_hash(json.dumps(content, sort_keys=True).encode(), pyodide_version().encode())
    return {"key": key, **content}


def _read(name: str, carried: Carried, own: str | None) -> Distribution:
    version = carried.entry["version"]
    if _is_library(carried):
        return read_libraries(carried.path, name, version)
    return read_wheel(carried.path, name, version, is_whole=name == own)


def _is_library(carried: Carried) -> bool:
    return bool(carried.entry["package_type"] == "shared_library")


def _texts(distributions: Iterable[Distribution]) -> Iterator[str]:
    for each in distributions:
        for path, content in each.files.items():
            if path.endswith(".py"):
                yield content.decode(errors="replace")
