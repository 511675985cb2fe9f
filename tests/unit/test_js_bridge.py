"""JavaScript's side of the bridge, and modules of the site, by themselves in Node.js."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TESTS = [
    path
    for folder in ("js_bridge", "site")
    for path in sorted(Path(__file__).parent.glob(f"{folder}/*.test.mjs"))
]


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_in_node(path: Path) -> None:
    """Each file of tests, whose report is printed if one fails."""
    done = subprocess.run(["node", "--test", path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
