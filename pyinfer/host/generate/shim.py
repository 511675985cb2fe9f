"""What the shim itself says of each of native's names: asked in another Python, over a bridge to nowhere.

The shim looks at nothing of an engine but the names that it has, until something is called.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from types import SimpleNamespace
from typing import Any

from pyinfer.browser.cv2._unsupported import CLASS_NAMES, unsupported_function
from pyinfer.errors import BuildError, UnsupportedInBrowser

from .engine import EngineInventory
from .refinements import corrected_members
from .surface import Name

__all__ = ["Answer", "Lack", "answer", "ask_shim"]

#: How the documentation of everything ends that only raises.
_UNSUPPORTED = "is not available in a browser."


@dataclass(frozen=True)
class Lack:
    """Why a name only raises, and what comes nearest."""

    reason: str
    alternative: str | None


@dataclass(frozen=True)
class Answer:
    """What the shim has for a name.

    Attributes
    ----------
    lack : Lack or None
        None if it works.
    members : dict
        Of a class: each of native's own methods and properties, likewise.
    """

    lack: Lack | None
    members: dict[str, Lack | None]


def ask_shim(names: Iterable[Name], engine: EngineInventory) -> dict[str, Answer]:
    """Ask for each function and class.

    Raises
    ------
    BuildError
        The shim could not be asked.
    """
    question = {
        "names": {name.full: name.members for name in names if name.kind in ("function", "class")},
        "functions": [*engine.functions, *engine.classes],
        "members": {name: [*_members(engine, name)] for name in engine.classes},
    }
    done = subprocess.run(
        [sys.executable, "-c", f"import {__name__} as asked; asked.answer()"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BuildError(f"the shim could not be asked what it has: {done.stderr.strip()}")
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return {
        name: Answer(lack and Lack(*lack), {each: why and Lack(*why) for each, why in members.items()})
        for name, (lack, members) in found.items()
    }


def _members(engine: EngineInventory, name: str) -> Iterator[str]:
    found = engine.classes[name]
    yield from corrected_members(name)
    yield from (*found.methods, *found.statics, *found.properties)
    if found.base:
        yield from _members(engine, found.base)


class _Engine:
    """What the shim asks of an engine when names are looked up."""

    def __init__(self, functions: list[str], members: dict[str, list[str]]) -> None:
        self._functions = functions
        self._members = members

    def functions(self) -> str:
        return " ".join(self._functions)

    def members(self, name: str) -> str:
        return " ".join(self._members.get(name, ()))


def answer() -> None:
    """Read a question from standard input, and write the answer to standard output."""
    question = json.load(sys.stdin)
    bridge: Any = importlib.import_module("pyinfer.browser.bridge")
    bridge.set_bridge(SimpleNamespace(opencv=_Engine(question["functions"], question["members"])))
    cv2 = importlib.import_module("pyinfer.browser.cv2")
    found: dict[str, list[Any]] = {}
    for name, members in question["names"].items():
        value = reduce(getattr, name.split("."), cv2)
        owner = CLASS_NAMES.get(name, name)
        lacks = {member: _lack(getattr(value, member, None), f"{name}.{member}", owner) for member in members}
        found[name] = [_lack(value, name, owner), lacks]
    json.dump(found, sys.stdout)


def _lack(value: Any, name: str, owner: str) -> tuple[str, str | None] | None:
    if value is None:
        return "opencv.js does not have it", None
    if not str(value.__doc__).endswith(_UNSUPPORTED):
        return None
    try:
        unsupported_function(name, owner)()
    except UnsupportedInBrowser as error:
        return error.reason, error.alternative
    raise BuildError(f"{name} says that it {_UNSUPPORTED}, but does not raise")
