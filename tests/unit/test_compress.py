"""Compressed variants: right, only where they help, made once."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest

from pyinfer.host.compress import compress_folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "compressed"


def make(folder: Path) -> bytes:
    text = b"the same words again and again\n" * 100
    (folder / "sub").mkdir(parents=True)
    (folder / "page.html").write_bytes(text)
    (folder / "sub" / "engine.wasm").write_bytes(text)
    (folder / "package.whl").write_bytes(text)
    (folder / "noise.onnx").write_bytes(os.urandom(3000))
    (folder / "empty.json").write_bytes(b"")
    return text


def test_variants_unpack_to_the_file(tmp_path: Path, cache: Path) -> None:
    text = make(tmp_path / "dist")
    compress_folder(tmp_path / "dist")
    for name in ("page.html", "sub/engine.wasm"):
        assert brotli.decompress((tmp_path / "dist" / f"{name}.br").read_bytes()) == text
        assert gzip.decompress((tmp_path / "dist" / f"{name}.gz").read_bytes()) == text


def test_what_does_not_get_smaller_has_no_variant(tmp_path: Path, cache: Path) -> None:
    make(tmp_path / "dist")
    compress_folder(tmp_path / "dist")
    assert not [
        path for path in (tmp_path / "dist").iterdir() if path.name.startswith(("noise.onnx.", "empty."))
    ][1:]
    assert not (tmp_path / "dist" / "package.whl.gz").exists(), "a wheel is compressed already"


def test_the_second_time_takes_from_the_cache(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "first")
    compress_folder(tmp_path / "first")
    before = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    text = make(tmp_path / "second")
    (tmp_path / "second" / "noise.onnx").unlink()

    def refuse(*args: object, **options: object) -> bytes:
        raise AssertionError("compressed again")

    monkeypatch.setattr(brotli, "compress", refuse)
    compress_folder(tmp_path / "second")
    assert brotli.decompress((tmp_path / "second" / "page.html.br").read_bytes()) == text
    assert {path.name: path.stat().st_mtime_ns for path in cache.iterdir()} == before


def test_an_interrupted_compression_leaves_nothing_half_written(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "dist")

    def fail(*args: object, **options: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(brotli, "compress", fail)
        with pytest.raises(KeyboardInterrupt):
            compress_folder(tmp_path / "dist")
    assert not [path for path in cache.iterdir() if path.suffix != ".gz"]
    compress_folder(tmp_path / "dist")
    assert (tmp_path / "dist" / "page.html.br").exists()
