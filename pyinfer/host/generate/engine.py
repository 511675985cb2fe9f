"""What the pinned opencv.js offers, asked of the engine itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyinfer.errors import SetupError

__all__ = ["EngineClass", "EngineInventory", "probe_engine"]

_PROBE = Path(__file__).with_name("probe_opencv.cjs")


@dataclass(frozen=True)
class EngineClass:
    """A class of opencv.js's. Types are C++'s, of an overload the returned value's first.

    Attributes
    ----------
    base : str
        Empty if it has none.
    constructors : list of list of str
    methods, statics : dict
        Name -> overloads.
    properties : dict
        Name -> the type that is read and the one that is written, empty if it is only read.
    """

    base: str
    constructors: list[list[str]]
    methods: dict[str, list[list[str]]]
    statics: dict[str, list[list[str]]]
    properties: dict[str, list[str]]


@dataclass(frozen=True)
class EngineInventory:
    """What an opencv.js build has.

    Attributes
    ----------
    functions : dict
        Name -> the C++ types (returned value first) of each overload.
    constants : dict
        Name -> value.
    classes : dict
        Name -> class.
    """

    functions: dict[str, list[list[str]]]
    constants: dict[str, int]
    classes: dict[str, EngineClass]

    def types(self) -> set[str]:
        """The names of all types that methods take or return."""
        return {
            name
            for each in self.classes.values()
            for overloads in (each.constructors, *each.methods.values())
            for overload in overloads
            for name in overload
        }


def probe_engine(node_modules: Path) -> EngineInventory:
    """Load opencv.js in Node and list what it registers.

    Raises
    ------
    SetupError
        Node is missing, or opencv.js does not load.
    """
    node = shutil.which("node")
    if node is None:
        raise SetupError("node is missing: `pyinfer generate` asks opencv.js itself what it has")
    script = node_modules / "@techstark" / "opencv-js" / "dist" / "opencv.js"
    done = subprocess.run([node, str(_PROBE), str(script)], capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"opencv.js could not be asked what it has: {done.stderr.strip().splitlines()[-1]}")
    found = json.loads(done.stdout)
    found["classes"] = {name: EngineClass(**content) for name, content in found["classes"].items()}
    return EngineInventory(**found)
