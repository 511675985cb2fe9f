"""``pyinfer generate``: write the tables, the stubs and the coverage page of ``pyinfer/browser/cv2`` anew,
and the list of operators that onnxruntime-web's providers have.

Four witnesses are heard: native OpenCV's headers, read by OpenCV's own binding generator (C++ order,
defaults, directions); native's stub, which must know every signature that results; the loaded
opencv.js (which overloads it has, with their types); and :mod:`.refinements`, the corrections made by
hand. Running it again changes nothing.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click

from pyinfer.browser.cv2._spec import parse_row
from pyinfer.errors import BuildError
from pyinfer.host.opencv.bindings.offered import Offers, offers
from pyinfer.host.opencv_sources import opencv_sources
from pyinfer.host.places import node_modules

from . import native
from .classes import TypeNames, class_table
from .coverage import Coverage, read_coverage
from .coverage_page import render_coverage
from .engine import EngineInventory, probe_engine
from .facts import render_facts
from .prototypes import Bindings, Prototype, read_bindings
from .provider_operators import render_provider_operators
from .refinements import REFINEMENTS
from .rows import make_row, make_signature, match_row, names_of
from .stubs import render_stubs
from .surface import native_names
from .table import Table, render, render_classes, render_full_classes, render_full_functions

__all__ = ["command", "coverage", "coverage_page", "generate"]

_PACKAGE = Path(__file__).parents[2]
_FOLDER = _PACKAGE / "browser" / "cv2"


@cache
def _witnesses() -> tuple[EngineInventory, Bindings]:
    return probe_engine(node_modules()), read_bindings(opencv_sources() / "opencv")


@cache
def _offers() -> Offers:
    engine, bindings = _witnesses()
    return offers(bindings, engine)


@cache
def _rows() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    engine, bindings = _witnesses()
    return _functions(bindings, engine)


def _full_tables() -> dict[Path, str]:
    """What our own build of opencv.js has beyond npm's."""
    engine, bindings = _witnesses()
    constants = _constants()
    bases = native.class_bases()
    functions, _ = _functions(bindings, engine, _offers())
    classes = class_table(bindings, engine, bases, constants, _offers()).classes
    known = class_table(bindings, engine, bases, constants).classes
    return {
        _FOLDER / "_full_table.py": render_full_functions(_added(functions, _rows()[0])),
        _FOLDER / "_full_class_table.py": render_full_classes(_added(classes, known)),
    }


def _added(full: dict[str, tuple[str, ...]], known: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: rows for name, rows in full.items() if rows != known.get(name)}


@cache
def _constants() -> dict[str, dict[str, int]]:
    submodules = {name: native.constants(module) for name, module in native.submodules().items()}
    return {"": native.constants(), **submodules}


def generate() -> dict[Path, str]:
    """The text of each generated file but those of :func:`coverage_page`.

    Raises
    ------
    SetupError
        The OpenCV sources, the npm packages or Node are missing.
    BuildError
        The witnesses contradict each other.
    """
    sources = opencv_sources() / "opencv"
    engine, bindings = _witnesses()
    constants = native.constants()
    namespaces = {name: native.constants(module) for name, module in native.submodules().items()}
    functions, signatures = _rows()
    classes = class_table(bindings, engine, native.class_bases(), {"": constants, **namespaces})
    rows = functions | signatures
    stubs = render_stubs(native_names(), bindings, rows, {"": constants, **namespaces})
    return {
        **{_FOLDER / name: text for name, text in stubs.items()},
        **_full_tables(),
        _PACKAGE / "host" / "model" / "provider_operators.json": render_provider_operators(node_modules()),
        _FOLDER / "_class_table.py": render_classes(classes, native.class_members(classes.others)),
        _FOLDER / "_table.py": render(
            Table(
                version=native.version(),
                functions=functions,
                signatures=signatures,
                missing=[name for name in native.function_names() if name not in {*functions, *signatures}],
                depths=native.depths(),
                channel_shift=constants["CV_8UC2"].bit_length() - 1,
                channels_max=_channels_max(sources),
                constants=constants,
                namespaces=namespaces,
                differing={
                    name: value
                    for name, value in sorted(engine.constants.items())
                    if constants.get(name, value) != value
                },
            )
        ),
    }


@cache
def coverage() -> Coverage:
    """What the shim covers, by the tables as they are written; errors are those of :func:`generate`."""
    engine, bindings = _witnesses()
    return read_coverage(native_names(), *_rows(), bindings.functions, native.class_bases(), engine)


def coverage_page() -> dict[Path, str]:
    """The coverage page, and the same for `pyinfer check` to read; errors are those of :func:`generate`."""
    functions, signatures = _rows()
    facts = render_facts(
        coverage(), native.version(), native_names(), native.class_bases(), {**functions, **signatures}
    )
    return {
        _FOLDER / "COVERAGE.md": render_coverage(coverage(), native.version()),
        _FOLDER / "coverage.json": facts,
    }


def _functions(
    bindings: Bindings, engine: EngineInventory, offered: Offers | None = None
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The rows of what opencv.js has; and of what it lacks, for their signatures."""
    by_hand = {refinement.name: refinement.rows for refinement in REFINEMENTS}
    documented = native.stub_signatures()
    prototypes = bindings.functions
    constants = _constants()
    # Natively a class's static methods are functions too: ORB_create.
    methods = class_table(bindings, engine, native.class_bases(), constants, offered).static_rows()
    by_hand |= methods
    # CUDA's never come to a browser, and take arrays of a kind of their own.
    native_names = [name for name in native.function_names() if not name.startswith("cuda.")]
    classes = {each.id: each.name for each in bindings.classes.values()}
    functions: dict[str, tuple[str, ...]] = {}
    signatures: dict[str, tuple[str, ...]] = {}
    for name in sorted({*prototypes, *by_hand} & set(native_names)):
        module = name.rpartition(".")[0]
        known = constants[""] | constants.get(module, {})
        rows = by_hand.get(name, ())
        if name not in by_hand:
            types = TypeNames(classes, engine, module.replace(".", "_"))
            rows = _engine_rows(name, prototypes[name], types, known, native_names)
        if offered and len(rows) < len(prototypes.get(name, ())):
            rows = _full_rows(rows, prototypes[name], known, offered)
        if not rows:
            signatures[name] = tuple(make_signature(each, known) for each in prototypes[name])
        else:
            functions[name] = rows
        for row in rows or signatures[name]:
            arguments = parse_row(row).names
            # The stubs leave out what is there for older programs: `ORB_create`, beside `ORB.create`.
            undocumented = name in {**methods, **signatures} or offered
            if arguments not in documented.get(name, (arguments,) if undocumented else ()):
                raise BuildError(f"{name}({', '.join(arguments)}) is not in native's stub")
    return functions, signatures


def _engine_rows(
    name: str,
    prototypes: list[Prototype],
    types: TypeNames,
    constants: dict[str, int],
    native_names: list[str],
) -> tuple[str, ...]:
    module, _, short = name.rpartition(".")
    candidates = [name.replace(".", "_")]
    if module and short not in native_names:
        candidates.append(short)
    engine = types.engine.functions
    for candidate in candidates:
        made = (make_row(candidate, prototype, engine, constants, types.kind) for prototype in prototypes)
        rows = tuple(row for row in made if row)
        if rows:
            return rows
    # What makes an object in C++ is its class's constructor in opencv.js: `createCLAHE`.
    made = (
        match_row(prototype, types.makers(prototype.returns), constants, types.kind)
        for prototype in prototypes
    )
    return tuple(row for row in made if row)


def _full_rows(
    rows: tuple[str, ...], prototypes: list[Prototype], constants: dict[str, int], offered: Offers
) -> tuple[str, ...]:
    """The engine's rows with those of our own bindings, in native's order."""
    there = {parse_row(row).names: row for row in rows}
    ours = (offered.row(prototype, constants) for prototype in prototypes)
    made = (row or there.get(names_of(prototype)) for row, prototype in zip(ours, prototypes, strict=True))
    found = tuple(dict.fromkeys(row for row in made if row))
    return found if len(found) >= len(rows) else rows


def _channels_max(sources: Path) -> int:
    header = sources / "modules" / "core" / "include" / "opencv2" / "core" / "hal" / "interface.h"
    match = re.search(r"#define CV_CN_MAX\s+(\d+)", header.read_text(encoding="utf-8"))
    if match is None:
        raise BuildError(f"{header.name} does not define CV_CN_MAX")
    return int(match[1])


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file would change.")
def command(*, check: bool) -> int:
    """For those who develop pyinfer: from OpenCV's sources, which `pyinfer setup --develop` fetches."""
    status = 0
    # The page tells what there is, so that the rest must be written before.
    for make in (generate, coverage_page):
        for path, text in make().items():
            status |= _write(path, text, check)
    if unproven := coverage().unproven():
        print(f"no test compares {len(unproven)} names, {unproven[0]} among them: COVERAGE.md lists all")
    return status


def _write(path: Path, text: str, check: bool) -> bool:
    """Write a file, or look whether it would change; returns whether it is out of date."""
    changed = not path.is_file() or path.read_text(encoding="utf-8") != text
    name = path.relative_to(_PACKAGE).as_posix()
    if check:
        print(f"{name} {'is out of date' if changed else 'is up to date'}")
        return changed
    if changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{name} {'written' if changed else 'unchanged'}")
    return False
