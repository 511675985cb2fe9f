"""The npm package, as `npm pack` makes it and `npm install` takes it; no network is asked."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from pyinfer.host.places import node_modules

__all__ = ["install_package", "pack"]

ROOT = Path(__file__).resolve().parents[1]


def pack(folder: Path) -> Path:
    """Run `npm pack` in a copy of ``js_bridge`` below ``folder``; the tarball."""
    sources = folder / "js_bridge"
    shutil.copytree(ROOT / "js_bridge", sources, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (sources / "node_modules").symlink_to(node_modules())
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    _npm(sources, "pack", "--pack-destination", str(folder))
    (tarball,) = folder.glob("*.tgz")
    return tarball


def install_package(tarball: Path, project: Path, name: str = "pyinfer") -> Path:
    """Install the tarball into a project that has nothing else; where it lies then."""
    _npm(project, "install", "--offline", "--no-audit", "--no-fund", str(tarball))
    return project / "node_modules" / name


def _npm(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
