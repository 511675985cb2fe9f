"""One table of headers: nginx's files are what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.host.bundle import Bundle
from pyinfer.host.headers import (
    headers_for,
    is_immutable,
    media_type_of,
    nginx_brotli_configuration,
    nginx_configuration,
)
from pyinfer.host.places import resource


def test_writing_the_nginx_files_again_changes_nothing() -> None:
    assert resource("nginx/pyinfer.conf").read_text("utf-8") == nginx_configuration()
    assert resource("nginx/pyinfer-brotli.conf").read_text("utf-8") == nginx_brotli_configuration()


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/pyinfer.js", "/pyinfer.json", "/a.0123456789abcde.js"]
)
def test_what_has_no_hash_is_never_immutable(path: str) -> None:
    assert not is_immutable(path)
    assert headers_for(path)["Cache-Control"] == "no-cache"


def test_whatever_a_bundle_hashes_is_immutable(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path)
    folder = bundle.add_folder("pyinfer/pyodide", {"pyodide.mjs": b"1"})
    urls = [bundle.add("pyinfer/worker.js", b"1"), bundle.add_below_hash("pyinfer/wheels", "a-1.whl", b"1")]
    for url in (*urls, f"{folder}pyodide.mjs", bundle.add("main.js", b"1")):
        assert is_immutable(f"/{url}"), url


def test_without_isolation_only_its_two_headers_are_missing() -> None:
    missing = set(headers_for("/")) - set(headers_for("/", isolated=False))
    assert missing == {"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"}


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.wasm", "application/wasm"),
        ("a.b.MJS", "text/javascript; charset=utf-8"),
        ("a.unknown", "application/octet-stream"),
        ("Makefile", "application/octet-stream"),
    ],
)
def test_media_types(name: str, content_type: str) -> None:
    assert media_type_of(name).content_type == content_type
