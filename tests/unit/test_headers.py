"""One table of headers: nginx's files are what it says, and `pyinfer serve` names where models come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyinfer.host.bundle import Bundle
from pyinfer.host.content_security_policy import policy_of
from pyinfer.host.headers import ResponseHeaders, is_immutable, media_type_of
from pyinfer.host.nginx_configuration import http_configuration, server_configuration
from pyinfer.host.places import resource
from pyinfer.host.serve import headers_of_app


def test_writing_the_nginx_files_again_changes_nothing() -> None:
    assert resource("nginx/pyinfer-http.conf").read_text("utf-8") == http_configuration()
    assert resource("nginx/pyinfer.conf").read_text("utf-8") == server_configuration()


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/pyinfer.js", "/pyinfer.json", "/a.0123456789abcde.js"]
)
def test_what_has_no_hash_is_never_immutable(path: str) -> None:
    assert not is_immutable(path)
    assert ResponseHeaders().of(path)["Cache-Control"] == "no-cache"


def test_whatever_a_bundle_hashes_is_immutable(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path)
    folder = bundle.add_folder("pyinfer/pyodide", {"pyodide.mjs": b"1"})
    urls = [bundle.add("pyinfer/worker.js", b"1"), bundle.add_below_hash("pyinfer/wheels", "a-1.whl", b"1")]
    for url in (*urls, f"{folder}pyodide.mjs", bundle.add("main.js", b"1")):
        assert is_immutable(f"/{url}"), url


def test_without_isolation_only_its_two_headers_are_missing() -> None:
    missing = set(ResponseHeaders().of("/")) - set(ResponseHeaders(isolated=False).of("/"))
    assert missing == {"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"}


def test_pages_may_fetch_from_where_their_models_come_from(tmp_path: Path) -> None:
    shards = [{"url": "https://b.example:8443/1.bin"}, {"url": "app/2.bin", "mirrors": ["http://c.example/"]}]
    models = [{"url": "app/own.onnx"}, {"url": "https://a.example/x.onnx", "external_data": shards}]
    Bundle(tmp_path).add_page("pyinfer.json", json.dumps({"app": {"models": models}}).encode())
    policy = headers_of_app(tmp_path).of("/pyinfer/worker.0123456789abcdef.js")["Content-Security-Policy"]
    wanted = "connect-src 'self' http://c.example https://a.example https://b.example:8443"
    assert wanted in policy.split("; ")


@pytest.mark.parametrize(
    ("script", "like"),
    [
        ("speed/by_hand.wasm-worker", "pyinfer/strict-worker"),
        ("speed/by_hand.eval-worker", "pyinfer/worker"),
        ("speed/by_hand.worker", "speed/by_hand"),
        ("speed/by_hand-eval-worker", "speed/by_hand"),
    ],
)
def test_app_s_own_workers_may_do_what_their_names_say(script: str, like: str) -> None:
    given, expected = (policy_of(f"/{name}.0123456789abcdef.js") for name in (script, like))
    assert given == expected


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
