"""A damaged pins file is refused with the name of the value, before anything is fetched on its word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pyinfer.errors import ManifestError
from pyinfer.host.pins import read_pins
from pyinfer.host.places import resource


def test_the_committed_pins_are_complete() -> None:
    pins = read_pins()
    assert {"numpy", "pillow", "micropip"} <= set(pins.packages)
    assert pins.index_wheel.file_name.startswith("open_webui-")
    assert pins.opencv_sources.version == pins.stand_ins["opencv-python"]
    assert len(pins.stand_ins) == 6


def drop_lock(document: Any) -> None:
    del document["pyodide"]["lock"]


def shorten_hash(document: Any) -> None:
    document["opencv_sources"]["sha256"] = "abc"


def unend_folder(document: Any) -> None:
    document["pyodide"]["cdn"] = "https://example.org/full"


def number_packages(document: Any) -> None:
    document["pyodide"]["packages"] = [1]


def number_version(document: Any) -> None:
    document["stand_ins"]["opencv-python"] = 5.0


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (drop_lock, "pyodide.lock.npm must be a non-empty string"),
        (shorten_hash, "opencv_sources.sha256 must be 64 lower-case hexadecimal digits"),
        (unend_folder, "pyodide.cdn must end in a slash"),
        (number_packages, "pyodide.packages must hold strings only"),
        (number_version, "stand_ins.opencv-python must be a non-empty string"),
    ],
)
def test_damage_is_named(tmp_path: Path, damage: Callable[[Any], None], message: str) -> None:
    document = json.loads(resource("wheels/pins.json").read_text("utf-8"))
    damage(document)
    path = tmp_path / "pins.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ManifestError) as caught:
        read_pins(path)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_no_pins_file_at_all(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "pins.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ManifestError, match=r"pins\.json"):
        read_pins(path)
