"""What an app requires: found in the browser's world, pinned, and refused where a browser can't have it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pyinfer.errors import BuildError, RequirementError
from pyinfer.host.app import read_app
from pyinfer.host.app_lock import LOCK_NAME, AppLock
from pyinfer.host.app_packages import app_packages
from pyinfer.host.build import build_app
from pyinfer.host.requirements import Found

Index = Callable[..., Path]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Makes wheels that pip finds as it finds those of the package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))

    def make(name: str, version: str, *requires: str, tag: str = "py3-none-any", python: str = "") -> Path:
        wheel = folder / f"{name}-{version}-{tag}.whl"
        metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
        metadata += [f"Requires-Dist: {line}" for line in requires]
        metadata += [f"Requires-Python: {python}"] if python else []
        about = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}/__init__.py", f"version = {version!r}\n")
            archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(metadata) + "\n")
            archive.writestr(f"{name}-{version}.dist-info/WHEEL", about)
            archive.writestr(f"{name}-{version}.dist-info/RECORD", "")
        return wheel

    return make


@pytest.fixture
def find(tmp_path: Path) -> Callable[..., Found]:
    """What is found for an app with these requirements."""
    app = tmp_path / "app"
    app.mkdir()

    def find(*requirements: str, wheels: tuple[Path, ...] = (), **choice: bool) -> Found:
        (app / "pyproject.toml").write_text(f"[tool.pyinfer]\nrequirements = {json.dumps(requirements)}\n")
        return app_packages(read_app(app), wheels, AppLock(app, **choice))

    return find


def names(found: Found) -> list[str]:
    return sorted(wheel.name for wheel in found.wheels.values())


def test_what_the_browser_has_needs_no_index_and_no_lock(find, tmp_path: Path) -> None:
    found = find("numpy>=2", "opencv-python-headless", "onnxruntime", "torch; sys_platform == 'linux'")
    assert found == Found([], [], {})
    assert not (tmp_path / "app" / LOCK_NAME).exists()


def test_wheels_of_the_index_stay_until_somebody_upgrades(index: Index, find, tmp_path: Path) -> None:
    index("pyinfer_test_one", "1.0", "pyinfer_test_two")
    index("pyinfer_test_two", "1.0", "pyinfer_test_one", "numpy")  # in a circle, as some really do
    first = find("pyinfer-test-one")
    assert names(first) == ["pyinfer_test_one-1.0-py3-none-any.whl", "pyinfer_test_two-1.0-py3-none-any.whl"]
    lock = tmp_path / "app" / LOCK_NAME
    text = lock.read_text()
    assert "://" not in text
    assert str(tmp_path) not in text
    index("pyinfer_test_two", "2.0")
    assert find("pyinfer-test-one", locked=True) == first
    assert lock.read_text() == text
    assert "pyinfer_test_two-2.0-py3-none-any.whl" in names(find("pyinfer-test-one", upgrade=True))
    with pytest.raises(BuildError, match="does not fit the requirements: build without --locked"):
        find("pyinfer-test-one", "pyinfer-test-two<2", locked=True)
    assert "pyinfer_test_two-1.0-py3-none-any.whl" in names(find("pyinfer-test-one", "pyinfer-test-two<2"))


def test_a_broken_lock_file_is_named(index: Index, find, tmp_path: Path) -> None:
    index("pyinfer_test_one", "1.0")
    for content in ("{", "[]", '{"wheels": [{"file_name": "x", "sha256": "y"}]}'):
        (tmp_path / "app" / LOCK_NAME).write_text(content)
        with pytest.raises(BuildError, match=f"{LOCK_NAME} is no lock file .*: delete it"):
            find("pyinfer-test-one")


def test_what_cannot_be_met_is_named(index: Index, find) -> None:
    index("pyinfer_test_one", "1.0", "pyinfer_test_two>=3")
    index("pyinfer_test_two", "1.0")
    for requirements, message in (
        (("numpy<2",), "numpy<2: the browser has numpy 2.4.3 and no other"),
        (("not a name",), "not a name: neither a wheel file nor a requirement"),
        (("pyinfer-test-one",), "no pure-Python wheel of pyinfer_test_two>=3"),
    ):
        with pytest.raises(RequirementError, match=message):
            find(*requirements)


def test_wheels_for_other_platforms_and_pythons_are_refused(index: Index, find) -> None:
    for tag, python, message in (
        ("cp314-cp314-manylinux_2_28_x86_64", "", "is for another platform"),
        ("cp313-cp313-pyodide_2025_0_wasm32", "", "makes for Pyodide's ABI 2026_0"),
        ("py3-none-any", "<3.13", "requires Python <3.13, and the browser has 3.14"),
    ):
        with pytest.raises(BuildError, match=message):
            find(wheels=(index("pyinfer_test_one", "1.0", tag=tag, python=python),))
    own = index("pyinfer_test_one", "1.0", tag="cp314-cp314-pyemscripten_2026_0_wasm32")
    other = index("pyinfer_test_two", "1.0", "pyinfer_test_one")
    assert find(wheels=(own, other)).wheels == {}, "they are the app's own, and none is looked for"


def test_an_app_with_c_extensions_says_what_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "pyproject.toml").write_text(
        """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "native"
        version = "1.0"
        [tool.hatch.build.targets.wheel]
        include = ["native.py"]
        [tool.hatch.build.targets.wheel.hooks.custom]
        [tool.pyinfer]
        """
    )
    (app / "native.py").touch()
    (app / "hatch_build.py").write_text(
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Native(BuildHookInterface):\n"
        "    def initialize(self, version, build_data):\n"
        "        build_data |= {'pure_python': False, 'infer_tag': True}\n"
    )
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"has C extensions.*pyinfer-web\[native\] with Python 3\.12"):
        build_app(app, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()
