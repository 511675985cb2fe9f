"""A project's wheel: the same bytes each time, the backend's reason where there is none."""

from __future__ import annotations

import os
import re
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


README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def shipped(wheel: Path) -> list[str]:
    return sorted(name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name)


def test_the_readmes_app_ships_its_script(tmp_path: Path, offline: None) -> None:
    found = re.search(r"```toml\n(.*?)```", README.read_text("utf-8"), re.S)
    assert found
    files = {"pyproject.toml": found[1], "locator.py": "", "scans/a.png": "", "heart.onnx": "weights"}
    app = write(tmp_path / "app", files)
    before = contents(app)
    wheel = build_project_wheel(app, tmp_path)
    assert shipped(wheel) == ["locator.py"]
    assert contents(app) == before


def test_without_a_backend_modules_and_packages_are_shipped(tmp_path: Path, offline: None) -> None:
    project = '[project]\nname = "ct"\nversion = "1.0"\n[tool.pyinfer]\nmodels = [{path = "ct/heart.onnx"}]\n'
    names = ["ct/__init__.py", "ct/part/a.py", "ct/table.csv", "ct/heart.onnx", "helper.py", "src/other.py"]
    others = ["tests/__init__.py", ".venv/x.py", "scripts/make.py", "notes.txt", "a-b.py"]
    files = {"pyproject.toml": project} | dict.fromkeys(names + others, "")
    wheel = build_project_wheel(write(tmp_path / "app", files), tmp_path)
    assert shipped(wheel) == ["ct/__init__.py", "ct/part/a.py", "ct/table.csv", "helper.py", "other.py"]


def test_hatch_configuration_without_a_backend_decides(tmp_path: Path, offline: None) -> None:
    table = '[tool.hatch.build.targets.wheel]\nonly-include = ["scripts"]\n'
    files = {"pyproject.toml": f'[project]\nname = "ct"\nversion = "1.0"\n{table}', "scripts/a.py": ""}
    files["ct.py"] = ""
    assert shipped(build_project_wheel(write(tmp_path / "app", files), tmp_path)) == ["scripts/a.py"]


def test_a_project_without_modules_is_told(tmp_path: Path, offline: None) -> None:
    app = write(tmp_path / "app", {"pyproject.toml": '[project]\nname = "ct"\nversion = "1.0"\n'})
    with pytest.raises(BuildError, match="has no Python module or package"):
        build_project_wheel(app, tmp_path)


def test_a_backend_that_cannot_be_had_is_named(tmp_path: Path, offline: None) -> None:
    system = '[build-system]\nrequires = ["no-such-backend"]\nbuild-backend = "no_such_backend"\n'
    app = write(tmp_path / "app", {"pyproject.toml": system, "ct.py": ""})
    with pytest.raises(BuildError, match="No matching distribution found for no-such-backend"):
        build_project_wheel(app, tmp_path)
