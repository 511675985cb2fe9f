"""The wheels of the browser: who owns which module, what a resolver reads, and the same bytes each time."""

from __future__ import annotations

import email
import io
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import pyinfer
from pyinfer.errors import BuildError
from pyinfer.host import places, wheels
from pyinfer.host.pins import read_pins


def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def top_level(wheel: Path) -> set[str]:
    return {name.partition("/")[0] for name in names(wheel) if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def built() -> list[Path]:
    return wheels.build_wheels()


def test_the_browser_wheel_alone_owns_the_modules(built: list[Path]) -> None:
    """Two owners of cv2, and uninstalling either would break the other."""
    browser, *stand_ins = built
    assert top_level(browser) == {"pyinfer", "cv2", "onnxruntime"}
    assert [top_level(wheel) for wheel in stand_ins] == [set()] * 6


def test_the_host_stays_at_home(built: list[Path]) -> None:
    assert not [name for name in names(built[0]) if name.startswith(("pyinfer/host", "pyinfer/_resources"))]


def test_the_browser_wheel_holds_every_module_once(built: list[Path]) -> None:
    """A shim also left under pyinfer.browser would be a second cv2 with tables of its own."""
    package = Path(pyinfer.__file__).parent
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    expected = {
        re.sub(r"^pyinfer/browser/(cv2|onnxruntime)/", r"\1/", f"pyinfer/{module}")
        for module in modules
        if not module.startswith("host/")
    }
    assert {name for name in names(built[0]) if name.endswith(".py")} == expected
    assert {"pyinfer/errors.py", "pyinfer/browser/bridge/contract.py", "cv2/__init__.py"} <= expected


def test_metadata_of_the_browser_wheel(built: list[Path]) -> None:
    read = metadata(built[0])
    assert (read["Name"], read["Version"]) == ("pyinfer-web", pyinfer.__version__)
    assert [requirement.partition(">")[0] for requirement in read.get_all("Requires-Dist")] == [
        "numpy",
        "pillow",
    ]


def test_stand_ins_bear_the_pinned_names_and_require_the_browser_wheel(built: list[Path]) -> None:
    read = [metadata(wheel) for wheel in built[1:]]
    assert {message["Name"]: message["Version"] for message in read} == read_pins().stand_ins
    assert all("pyinfer-web" in message.get_all("Requires-Dist") for message in read)
    assert all(any(r.startswith("numpy") for r in message.get_all("Requires-Dist")) for message in read)


def test_a_resolver_is_satisfied(built: list[Path], tmp_path: Path) -> None:
    """A package that requires OpenCV and ONNX Runtime installs, and fetches neither."""
    for wheel in built:
        shutil.copy(wheel, tmp_path)
    dependent = tmp_path / "dependent-1.0-py3-none-any.whl"
    with zipfile.ZipFile(dependent, "w") as archive:
        requirements = "Requires-Dist: opencv-contrib-python>=4.5\nRequires-Dist: onnxruntime-gpu>=1.20\n"
        head = "Metadata-Version: 2.1\nName: dependent\nVersion: 1.0\n"
        archive.writestr("dependent-1.0.dist-info/METADATA", head + requirements)
        archive.writestr("dependent-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
    install = [sys.executable, "-m", "pip", "install", "--isolated", "--dry-run", "--no-index"]
    result = subprocess.run(
        [*install, "--find-links", str(tmp_path), str(dependent)], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "opencv-contrib-python-5.0.0.93" in result.stdout
    assert "onnxruntime-gpu-1.30.0" in result.stdout


def test_same_tree_same_bytes(built: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles are named after their content: a rebuild that changed bytes would be downloaded again."""
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "another cache"))
    again = wheels.build_wheels()
    assert [path.name for path in again] == [path.name for path in built]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]


def test_unchanged_tree_is_not_built_again(built: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*args: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(wheels, "_build_anew", build)
    assert wheels.build_wheels() == built


def test_failing_build_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    recipe = tmp_path / "wheels" / "browser" / "pyproject.toml"
    recipe.parent.mkdir(parents=True)
    backend = '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n'
    recipe.write_text(backend + '[project]\nname = "no-version"\n')
    monkeypatch.setattr(places, "_PACKAGE", tmp_path / "pyinfer")
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    with pytest.raises(BuildError, match="a wheel could not be built: ValueError"):
        wheels.browser_wheel()
    assert list((tmp_path / "cache" / "built").iterdir()) == []


def test_installed_wheel_finds_its_resources(tmp_path: Path) -> None:
    """`pip install pyinfer-web` without a checkout still has the pins, the JavaScript and the recipes."""
    root = places.resource("js_bridge").parent
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(root)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(io.BytesIO(wheel.read_bytes())).extractall(installed)
    code = (
        "from pyinfer.host import places, pins; "
        "print(places.resource('js_bridge/package-lock.json'), len(pins.read_pins().stand_ins))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=installed, capture_output=True, text=True, check=True
    )
    assert found.stdout == f"{installed}/pyinfer/_resources/js_bridge/package-lock.json 6\n"
    assert not [name for name in names(wheel) if "node_modules" in name]
