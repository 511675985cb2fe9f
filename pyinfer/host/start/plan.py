"""What a start reads: found out by doing its imports, with the pinned Pyodide in Node."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyinfer.host.bundle import content_hash
from pyinfer.host.places import cache_dir
from pyinfer.host.whole_file import write_whole

from .browser_folders import SHARED_LIBRARIES, SITE_PACKAGES
from .distribution import Distribution
from .linking import linking_order
from .pyodide_in_node import pyodide_version, run_with_pyodide

__all__ = ["Plan", "make_plan"]

_SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class Plan:
    """What Python reads.

    Attributes
    ----------
    imports : tuple of str
        The modules that can be imported before there is a page.
    files : frozenset of str
        Where the modules that are loaded then lie.
    libraries : tuple of str
        Where the extension modules and shared libraries among them lie, in the order of linking.
    failures : dict of str to str
        The modules that could not be imported, each with its reason.
    """

    imports: tuple[str, ...]
    files: frozenset[str]
    libraries: tuple[str, ...]
    failures: dict[str, str]


def make_plan(
    distributions: Sequence[Distribution], imports: Sequence[str], readies: Sequence[str] = ()
) -> Plan:
    """Import modules and see what is read for them.

    The same distributions and imports are tried once a machine.

    Parameters
    ----------
    distributions : sequence of Distribution
        What is there to be imported, besides the standard library.
    imports : sequence of str
        Modules that a page imports at once.
    readies : sequence of str
        Modules that it imports somewhat later, but needs in any case.

    Raises
    ------
    SetupError
        Node or Pyodide is not there.
    BuildError
        Pyodide does not start.
    """
    # The order is part of the work, too: the one in which extension modules are loaded.
    work: list[bytes] = [_SCRIPT.read_bytes(), pyodide_version().encode()]
    work += [json.dumps([list(imports), list(readies)]).encode()]
    for each in distributions:
        for place, content in sorted(_files(each).items()):
            work += [place.encode(), content]
    record = cache_dir() / "plans" / f"{content_hash(*work)}.json"
    if not record.is_file():
        record.parent.mkdir(parents=True, exist_ok=True)
        write_whole(record, _try(distributions, imports, readies).encode())
    found = json.loads(record.read_text("utf-8"))
    shared = {
        path: each.place(path)
        for each in distributions
        if each.folder == SHARED_LIBRARIES
        for path in each.files
    }
    opened = dict.fromkeys(shared.get(Path(name).name, name) for name in found["libraries"])
    contents = {place: content for each in distributions for place, content in _files(each).items()}
    return Plan(
        imports=tuple(name for name in imports if name not in found["failures"]),
        files=frozenset(found["modules"].values()),
        libraries=tuple(linking_order({place: contents[place] for place in opened if place in contents})),
        failures=found["failures"],
    )


def _try(distributions: Sequence[Distribution], imports: Sequence[str], readies: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory() as tree:
        for each in distributions:
            for place, content in _files(each).items():
                path = Path(tree, place.lstrip("/"))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return run_with_pyodide(_SCRIPT, {"tree": tree, "imports": [*imports], "readies": [*readies]})


def _files(distribution: Distribution) -> dict[str, bytes]:
    """Its files by place, the metadata too: many packages look up their own version."""
    info = {f"{SITE_PACKAGES}/{path}": content for path, content in distribution.info.items()}
    return {**info, **{distribution.place(path): content for path, content in distribution.files.items()}}
