"""A project's wheel: the same bytes each time, the backend's reason where there is none."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.project_wheel import build_project_wheel

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "ct-heart"
requires-python = ">=3.11"
"""


def make_project(folder: Path, text: str) -> Path:
    (folder / "ct_heart").mkdir(parents=True)
    (folder / "ct_heart" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_the_wheel_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    app = make_project(tmp_path / "app", PROJECT + 'version = "1.0"\n')
    wheels = []
    for number in range(2):
        os.utime(app / "ct_heart" / "__init__.py", (number * 10**8, number * 10**8))
        (tmp_path / str(number)).mkdir()
        wheels.append(build_project_wheel(app, tmp_path / str(number)))
    assert wheels[0].name == "ct_heart-1.0-py3-none-any.whl"
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    assert "ct_heart/__init__.py" in zipfile.ZipFile(wheels[0]).namelist()


def test_a_wheel_that_cannot_be_built_gives_the_backends_reason(tmp_path: Path) -> None:
    app = make_project(tmp_path / "app", PROJECT)
    with pytest.raises(BuildError, match="version") as raised:
        build_project_wheel(app, tmp_path)
    assert "\n" not in str(raised.value)
