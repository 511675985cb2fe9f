"""The npm package and the Python package are one thing in two registries."""

from __future__ import annotations

import json
from pathlib import Path

import pyinfer

ROOT = Path(__file__).resolve().parents[2]


def test_all_parts_bear_one_version() -> None:
    """The npm package refuses bundles of other versions, so one that is forgotten would refuse all."""
    package = json.loads((ROOT / "js_bridge" / "package.json").read_text("utf-8"))
    example = json.loads((ROOT / "site" / "examples" / "vite" / "package.json").read_text("utf-8"))
    assert package["version"] == pyinfer.__version__
    assert example["dependencies"] == {"pyinfer": pyinfer.__version__}
    assert f'VERSION = "{pyinfer.__version__}"' in (ROOT / "js_bridge" / "version.js").read_text("utf-8")
    assert example["devDependencies"]["vite"] == package["devDependencies"]["vite"]
