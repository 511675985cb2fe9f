"""A small app, built: what the tests of nginx and of `pyinfer doctor` deploy."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import brotli

from pyinfer.host.build import build_app
from pyinfer.host.bundle import Bundle
from pyinfer.host.headers import media_type_of
from pyinfer.host.offline import add_service_worker

MODEL = Path(__file__).parents[1] / "data" / "network_64.onnx"

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "ct-heart"
version = "1.0"
dependencies = ["numpy", "opencv-python-headless>=4.8"]
[tool.pyinfer]
entry = "ct_heart:locate"
models = [{ name = "network", path = "network.onnx" }]
"""
PYTHON = """
import sys
from importlib.metadata import version
import cv2, numpy as np

def locate():
    print("printed on the way")
    picture = np.full((40, 60, 3), 7, np.uint8)
    return [sys.platform, version("opencv-python-headless"), cv2.resize(picture, (30, 20)).sum().item()]
"""


def build(folder: Path) -> Path:
    """The app built below ``folder``; it has no page of its own."""
    app = folder / "app"
    (app / "ct_heart").mkdir(parents=True)
    (app / "ct_heart" / "__init__.py").write_text(PYTHON)
    (app / "pyproject.toml").write_text(PROJECT)
    shutil.copy(MODEL, app / "network.onnx")
    return quickly_compressed(build_app(app, folder / "dist", compress=False))


def without_large_files(built: Path, target: Path) -> Path:
    """A copy that names no file above a megabyte: no page would start, but servers treat it alike."""
    shutil.copytree(built, target)
    manifest = json.loads((target / "pyinfer.json").read_text())
    large = [url for url, size in manifest["sizes"].items() if size > 1e6]
    kept = f"{manifest['onnxruntime']['module'].rpartition('/')[0]}/"
    folders = {f"{url.rpartition('/')[0]}/" for url in large} - {"pyinfer/", kept}
    left_out = {url for url in manifest["sizes"] if url in large or url.startswith(tuple(folders))}
    manifest["sizes"] = {url: size for url, size in manifest["sizes"].items() if url not in left_out}
    (target / "pyinfer.json").write_text(json.dumps(manifest))
    add_service_worker(Bundle(target), manifest)
    return quickly_compressed(target)


def quickly_compressed(folder: Path) -> Path:
    """Variants as `pyinfer build` writes them, but larger: its best ones take minutes."""
    for path in [path for path in folder.rglob("*") if path.is_file() and media_type_of(path.name).compress]:
        content = path.read_bytes()
        for suffix, variant in (
            ("br", brotli.compress(content, quality=1)),
            ("gz", gzip.compress(content, 1)),
        ):
            if len(variant) < len(content) * 0.95:
                path.with_name(f"{path.name}.{suffix}").write_bytes(variant)
    return folder
