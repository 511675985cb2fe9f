"""Our lock file: what is asked for and what it needs, the shims in place of the real thing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.lock_file import lock_file, locked_packages, wheel_entry, wheel_requirements

LOCK = {
    "packages": {
        "numpy": {"depends": []},
        "scipy": {"depends": ["numpy", "openblas"]},
        "openblas": {"depends": []},
        "opencv-python": {"depends": ["numpy"]},
        "imgaug": {"depends": ["opencv-python", "scipy"]},
    }
}


def make_wheel(path: Path, requirements: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> Path:
    name, version = path.name.split("-")[:2]
    with zipfile.ZipFile(path, "w") as archive:
        lines = [f"Name: {name.replace('_', '-')}", f"Version: {version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n")
        for file in files:
            archive.writestr(file, "")
    return path


def test_dependencies_come_along() -> None:
    assert list(locked_packages(LOCK, ["SciPy"])) == ["numpy", "openblas", "scipy"]


def test_the_real_opencv_never_gets_in() -> None:
    assert "opencv-python" not in locked_packages(LOCK, ["opencv-python", "imgaug"])


def test_an_unknown_package_is_named() -> None:
    with pytest.raises(BuildError, match="has no package torch"):
        locked_packages(LOCK, ["Torch"])


def test_requirements_are_those_of_the_browser(tmp_path: Path) -> None:
    wheel = make_wheel(
        tmp_path / "app-1.0-py3-none-any.whl",
        (
            "NumPy>=2",
            "opencv_python; sys_platform == 'emscripten'",
            "pywin32; sys_platform == 'win32'",
            "pytest; extra == 'test'",
        ),
    )
    assert wheel_requirements(wheel) == ["numpy", "opencv-python"]


def test_an_entry_says_what_pyodide_asks(tmp_path: Path) -> None:
    wheel = make_wheel(
        tmp_path / "my_app-1.0-py3-none-any.whl",
        ("numpy",),
        ("my_app/a.py", "single.py", "my_app-1.0.data/x.py"),
    )
    entry = wheel_entry(wheel, "abc/my_app-1.0-py3-none-any.whl")
    assert len(entry.pop("sha256")) == 64
    assert entry == {
        "depends": ["numpy"],
        "file_name": "abc/my_app-1.0-py3-none-any.whl",
        "imports": ["my_app", "single"],
        "install_dir": "site",
        "name": "my-app",
        "package_type": "package",
        "unvendored_tests": False,
        "version": "1.0",
    }


def test_what_is_no_wheel_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_text("text")
    with pytest.raises(BuildError, match=r"a\.whl is not a wheel"):
        wheel_requirements(tmp_path / "a.whl")
    with zipfile.ZipFile(tmp_path / "b.whl", "w") as archive:
        archive.writestr("a.py", "")
    with pytest.raises(BuildError, match="no METADATA"):
        wheel_requirements(tmp_path / "b.whl")


def test_the_order_of_entries_does_not_matter() -> None:
    a, b = {"name": "a"}, {"name": "b"}
    assert lock_file({}, {"a": a, "b": b}) == lock_file({}, {"b": b, "a": a})
    assert json.loads(lock_file({"arch": "wasm32"}, {"a": a})) == {
        "info": {"arch": "wasm32"},
        "packages": {"a": a},
    }
