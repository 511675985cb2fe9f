"""What the pinned opencv.js offers, asked of the engine itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyinfer.errors import SetupError

__all__ = ["EngineInventory", "probe_engine"]

_PROBE = Path(__file__).with_name("probe_opencv.cjs")


@dataclass(frozen=True)
class EngineInventory:
    """What an opencv.js build has.

    Attributes
    ----------
    functions : dict
        Name -> the C++ types (returned value first) of each overload.
    constants : dict
        Name -> value.
    classes : list of str
    """

    functions: dict[str, list[list[str]]]
    constants: dict[str, int]
    classes: list[str]


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
    return EngineInventory(**json.loads(done.stdout))
