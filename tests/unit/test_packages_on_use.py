"""Modules that were left out of the start come with their first import."""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import pkgutil
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyinfer.browser import packages_on_use
from pyinfer.browser.bridge import set_bridge
from tests.unit.fake_bridge import FakeBridge

REST = {
    "halved/second.py": "from halved import first\nword = first.word + ' second'",
    "halved/inner/__init__.py": "",
    "halved/inner/deep.py": "word = 'deep'",
    "alone.py": "word = 'alone'",
    "empty/": "",
}
MODULES = ["halved.second", "halved.inner", "halved.inner.deep", "alone"]
URL = "https://bundle.example/rest.zip"


def archive(files: dict[str, str], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as rest:
        for name, text in files.items():
            rest.writestr(name, text)
        rest.comment = b"a comment"
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_bridge: FakeBridge) -> Iterator[Path]:
    """Where the rest goes; the package has begun in another folder, and one of its files is here already."""
    begun, folder = tmp_path / "begun", tmp_path / "folder"
    (begun / "halved").mkdir(parents=True)
    (begun / "halved" / "__init__.py").write_text("")
    (begun / "halved" / "first.py").write_text("word = 'first'")
    monkeypatch.syspath_prepend(str(begun))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    fake_bridge.served[URL] = archive(REST)
    yield folder
    for name in ["halved", "halved.first", *MODULES]:
        sys.modules.pop(name, None)


@pytest.fixture
def install(folder: Path) -> Callable[[], None]:
    rest = {"modules": MODULES, "archive": URL, "folder": str(folder)}
    return lambda: packages_on_use.install(json.dumps([rest]))


def word(name: str) -> str:
    return str(importlib.import_module(name).word)


def test_modules_come_with_their_archive_once(install: Callable[[], None], fake_bridge: FakeBridge) -> None:
    install()
    assert word("halved.second") == "first second"
    del fake_bridge.served[URL]
    assert word("halved.inner.deep") == "deep"
    assert word("alone") == "alone"


def test_a_second_import_after_the_package_was_forgotten_finds_it_too(install: Callable[[], None]) -> None:
    install()
    assert word("halved.second") == "first second"
    for name in ("halved", "halved.second"):
        del sys.modules[name]
    assert word("halved.second") == "first second"


def test_nothing_is_fetched_for_what_is_there(install: Callable[[], None], fake_bridge: FakeBridge) -> None:
    fake_bridge.served.clear()
    install()
    assert word("halved.first") == "first"
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'halved\.third'"):
        importlib.import_module("halved.third")


def test_files_that_exist_stay_as_they_are(install: Callable[[], None], folder: Path) -> None:
    folder.mkdir()
    (folder / "alone.py").write_text("word = 'changed'")
    install()
    assert word("alone") == "changed"


def test_an_archive_that_does_not_come_can_come_later(
    install: Callable[[], None], fake_bridge: FakeBridge
) -> None:
    served = dict(fake_bridge.served)
    fake_bridge.served.clear()
    install()
    with pytest.raises(
        ImportError, match=rf"module 'halved\.second' lies in {URL}.*no answer from the server"
    ) as raised:
        importlib.import_module("halved.second")
    assert raised.value.name == "halved.second"
    fake_bridge.served.update(served)
    assert word("halved.second") == "first second"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html>", "no zip archive"),
        (archive({"alone.py": "a" * 99}, zipfile.ZIP_DEFLATED), r"alone\.py is compressed"),
    ],
    ids=["page", "compressed"],
)
def test_what_is_no_archive_is_said(
    content: bytes, reason: str, install: Callable[[], None], fake_bridge: FakeBridge
) -> None:
    fake_bridge.served[URL] = content
    install()
    with pytest.raises(ImportError, match=f"module 'alone' lies in {URL}.*{reason}"):
        importlib.import_module("alone")


def test_before_there_are_engines_an_import_fails_and_later_does_not(install: Callable[[], None]) -> None:
    install()
    bridge = set_bridge(None)
    try:
        with pytest.raises(ImportError, match=f"module 'alone' lies in {URL}.*no engines here yet"):
            importlib.import_module("alone")
    finally:
        set_bridge(bridge)
    assert word("alone") == "alone"


def test_a_module_can_be_looked_for(install: Callable[[], None], folder: Path) -> None:
    install()
    spec = importlib.util.find_spec("halved.inner")
    assert spec is not None
    assert spec.origin == str(folder / "halved" / "inner" / "__init__.py")
    assert "halved.inner" not in sys.modules


def test_a_package_lists_all_of_its_modules(install: Callable[[], None]) -> None:
    install()
    package = importlib.import_module("halved")
    word("halved.second")
    assert [module.name for module in pkgutil.iter_modules(package.__path__)] == ["first", "inner", "second"]


def test_a_program_s_own_module_of_a_package_s_name_does_no_harm(install: Callable[[], None]) -> None:
    install()
    sys.modules["halved"] = types.ModuleType("halved")
    assert word("alone") == "alone"
