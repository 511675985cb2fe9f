"""An app's pyproject.toml: read whole, or refused with the reason."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pyinfer.errors import ManifestError
from pyinfer.host.app import read_app

BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
PROJECT = f'{BUILD}[project]\nname = "ct-heart"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
SHA256 = hashlib.sha256(b"weights").hexdigest()


def make_app(folder: Path, table: str, project: str = PROJECT) -> Path:
    (folder / "ct_heart").mkdir(parents=True)
    (folder / "ct_heart" / "__init__.py").write_text("def locate(): ...\n")
    (folder / "heart.onnx").write_bytes(b"weights")
    (folder / "labels" / "deep").mkdir(parents=True)
    for name in ("a b.txt", ".hidden", "deep/é.txt"):
        (folder / "labels" / name).touch()
    (folder / "x-1.0-py3-none-any.whl").touch()
    (folder / "pyproject.toml").write_text(f"{project}[tool.pyinfer]\n{table}")
    return folder


def test_a_table_with_everything(tmp_path: Path) -> None:
    app = read_app(
        make_app(
            tmp_path,
            f"""
            entry = "ct_heart:locate"
            requirements = ["scipy"]
            assets = ["labels/", "x*.whl"]
            wheels = ["x-1.0-py3-none-any.whl"]
            [[tool.pyinfer.models]]
            path = "heart.onnx"
            sha256 = "{SHA256}"
            shard_size = 3
            [[tool.pyinfer.models]]
            name = "far"
            url = "https://models.example/far.onnx"
            sha256 = "{SHA256}"
            size = 7
            """,
        )
    )
    assert (app.name, app.entry, app.requirements) == ("ct-heart", "ct_heart:locate", ("scipy",))
    assert [path.relative_to(tmp_path).as_posix() for path in app.assets] == [
        "labels/a b.txt",
        "labels/deep/é.txt",
        "x-1.0-py3-none-any.whl",
    ]
    assert app.wheels == (tmp_path / "x-1.0-py3-none-any.whl",)
    (local,) = app.local_models
    assert (local.name, local.content, local.sha256) == ("heart", b"weights", SHA256)
    assert local.shard_size == 3
    (remote,) = app.remote_models
    assert (remote.name, remote.url, remote.size) == ("far", "https://models.example/far.onnx", 7)


def test_an_app_need_not_be_a_package(tmp_path: Path) -> None:
    assert read_app(make_app(tmp_path, "", project="")).name is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('entyr = "x"', "no key 'entyr'; known are assets, entry, models, requirements, wheels"),
        ("requirements = [1]", "requirements must be a list of strings"),
        ('wheels = ["none.whl"]', r"names none\.whl, which is no file"),
        ('assets = ["none/*.txt"]', r"names none/\*\.txt, which is no file"),
        ('assets = ["../heart.onnx"]', "assets must be below its folder"),
        ('models = ["heart.onnx"]', r"each under \[\[tool\.pyinfer\.models\]\]"),
        ('[[tool.pyinfer.models]]\npath = "none.onnx"', r"names none\.onnx, which is no file"),
        ('[[tool.pyinfer.models]]\npath = "heart.onnx"\nurl = "x"', "no key 'url'"),
        (f'[[tool.pyinfer.models]]\npath = "heart.onnx"\nsha256 = "{"0" * 64}"', f"got {SHA256}"),
        ('[[tool.pyinfer.models]]\nname = "a"\nurl = "x"', "must have sha256"),
        ('[[tool.pyinfer.models]]\npath = "heart.onnx"\nshard_size = 0', "must be a number of bytes, not 0"),
        ('[[tool.pyinfer.models]]\npath = "heart.onnx"\nshard_size = true', "not True"),
        ("entry = ", "pyproject.toml: "),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        read_app(make_app(tmp_path, table))


def test_a_folder_that_is_no_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"is no app: it has no pyproject\.toml"):
        read_app(tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    with pytest.raises(ManifestError, match=r"has no \[tool\.pyinfer\] table"):
        read_app(tmp_path)
