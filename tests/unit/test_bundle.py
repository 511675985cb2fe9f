"""A bundle's names follow its content, and its folder changes as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash, replacing


def test_the_same_content_has_the_same_name_and_other_content_another(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path)
    first = bundle.add("pyinfer/worker.js", b"1")
    assert first == f"pyinfer/worker.{content_hash(b'1')}.js"
    assert bundle.add("pyinfer/worker.js", b"1") == first
    assert bundle.add("pyinfer/worker.js", b"2") != first
    assert bundle.sizes[first] == 1
    assert (tmp_path / first).read_bytes() == b"1"


def test_a_folders_name_follows_each_name_and_content_in_it(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path)
    folders = {
        bundle.add_folder("x", files)
        for files in ({"a": b"1", "b": b"2"}, {"a": b"2", "b": b"1"}, {"a": b"12", "b": b""}, {"ab": b"12"})
    }
    assert len(folders) == 4
    assert bundle.add_folder("x", {"b": b"2", "a": b"1"}) in folders


def test_pages_have_no_size_to_wait_for(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path)
    bundle.add_page("index.html", b"page")
    assert bundle.sizes == {}


def test_a_failed_build_leaves_the_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    with replacing(target) as folder:
        (folder / MANIFEST_NAME).write_text("first")
    with pytest.raises(RuntimeError, match="half way"), replacing(target) as folder:
        (folder / MANIFEST_NAME).write_text("second")
        raise RuntimeError("half way")
    assert (target / MANIFEST_NAME).read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_build_left_is_mended_by_the_next(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    for name in (".dist.new", ".dist.old"):  # killed between the two renames
        (tmp_path / name).mkdir()
        (tmp_path / name / MANIFEST_NAME).write_text(name)
    with pytest.raises(RuntimeError), replacing(target):
        assert (target / MANIFEST_NAME).read_text() == ".dist.old"
        raise RuntimeError
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_build_leaves_nothing_of_the_earlier_one(tmp_path: Path) -> None:
    target = tmp_path / "new" / "dist"
    for name in ("old.js", "new.js"):
        with replacing(target) as folder:
            (folder / MANIFEST_NAME).touch()
            (folder / name).touch()
    assert sorted(path.name for path in target.iterdir()) == ["new.js", MANIFEST_NAME]
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_with_somebodys_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(BuildError, match="not empty and no earlier bundle"), replacing(tmp_path):
        pass
    with pytest.raises(BuildError, match="is a file"), replacing(tmp_path / "thesis.tex"):
        pass
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
