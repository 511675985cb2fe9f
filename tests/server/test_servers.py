"""What a browser gets from a built folder, the same from both servers."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest

from tests.server.servers import WASM, Site, ask

PAGES = ("/", "/index.html", "/pyinfer.js", "/pyinfer.json", "/sub/")
ISOLATION = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}
READER = "https://reader.example"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_asked_for_each_time(server: str, path: str) -> None:
    response = ask(server, path)
    assert response.status == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["worker.js", "page.css", "engine.wasm", "noise.onnx", "wheel", "module"])
def test_hashed_files_are_never_asked_for_again(server: str, site: Site, name: str) -> None:
    response = ask(server, site.hashed[name])
    assert response.status == 200
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_every_answer_keeps_the_page_isolated(server: str, site: Site) -> None:
    for path in (*PAGES, *site.hashed.values(), "/missing", "/pyinfer/missing.0123456789abcdef.js"):
        headers = ask(server, path).headers
        assert {name: headers.get(name) for name in ISOLATION} == ISOLATION, path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["content-security-policy"].startswith("default-src 'none'; "), path


def test_only_the_worker_and_its_threads_may_make_code(server: str, site: Site) -> None:
    allowed = {
        site.hashed["worker.js"]: "script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'",
        site.hashed["threads"]: "script-src 'self' 'wasm-unsafe-eval'",
    }
    for path in ("/", *site.hashed.values()):
        policy = ask(server, path).headers["content-security-policy"].split("; ")
        assert allowed.get(path, "script-src 'self'") in policy, path


@pytest.mark.parametrize("origin", [None, "https://stranger.example", "null", f"{READER}.stranger.example"])
def test_other_sites_may_not_load_from_here(server: str, site: Site, origin: str | None) -> None:
    for method in ("GET", "OPTIONS"):
        headers = ask(
            server, site.hashed["worker.js"], method, **({"Origin": origin} if origin else {})
        ).headers
        assert not [name for name in headers if name.startswith("access-control")]
        assert "origin" in headers["vary"].lower(), "a cache would give one site the answer to another"


def test_a_site_that_is_named_may(server: str, site: Site) -> None:
    headers = ask(server, site.hashed["engine.wasm"], Origin=READER, Accept_Encoding="gzip").headers
    assert headers["access-control-allow-origin"] == READER
    assert {"content-range", "etag"} <= set(headers["access-control-expose-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in headers
    assert {"origin", "accept-encoding"} == set(headers["vary"].lower().split(", "))
    preflight = ask(
        server,
        site.hashed["engine.wasm"],
        "OPTIONS",
        Origin=READER,
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range",
    )
    assert (preflight.status, preflight.body) == (204, b"")
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "range" in preflight.headers["access-control-allow-headers"].lower().split(", ")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("worker.js", "text/javascript; charset=utf-8"),
        ("module", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("engine.wasm", "application/wasm"),
        ("noise.onnx", "application/octet-stream"),
        ("wheel", "application/zip"),
    ],
)
@pytest.mark.parametrize("accepted", ["identity", "gzip, deflate, br, zstd"])
def test_media_types(server: str, site: Site, name: str, content_type: str, accepted: str) -> None:
    # WebAssembly compiles while it streams, and a module runs, only under its right type.
    assert ask(server, site.hashed[name], Accept_Encoding=accepted).headers["content-type"] == content_type


def test_the_page_is_html_and_the_manifest_json(server: str) -> None:
    assert ask(server, "/").headers["content-type"] == "text/html; charset=utf-8"
    assert ask(server, "/pyinfer.json").headers["content-type"] == "application/json"


def test_precompressed_variants(server: str, site: Site, best_encoding: str) -> None:
    path = site.hashed["engine.wasm"]
    plain = ask(server, path)
    assert plain.body == WASM
    assert "content-encoding" not in plain.headers
    zipped = ask(server, path, Accept_Encoding="gzip, deflate")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == WASM
    best = ask(server, path, Accept_Encoding="gzip, deflate, br, zstd")
    assert best.headers["content-encoding"] == best_encoding
    assert {"br": brotli, "gzip": gzip}[best_encoding].decompress(best.body) == WASM
    assert len(best.body) < len(WASM) / 4
    for answer in (plain, zipped, best):
        assert "accept-encoding" in answer.headers["vary"].lower(), "a cache would mix the variants up"


def test_what_does_not_compress_comes_as_it_is(server: str, site: Site) -> None:
    for name in ("noise.onnx", "wheel"):
        response = ask(server, site.hashed[name], Accept_Encoding="gzip, br")
        assert "content-encoding" not in response.headers
        assert response.body == (site.root / site.hashed[name][1:]).read_bytes()


def test_head_has_the_headers_and_no_body(server: str, site: Site) -> None:
    for path in ("/", site.hashed["engine.wasm"]):
        get, head = ask(server, path), ask(server, path, "HEAD")
        assert head.status == 200
        assert head.body == b""
        for name in ("content-length", "content-type", "cache-control", "etag"):
            assert head.headers[name] == get.headers[name]


def test_ranges(server: str, site: Site) -> None:
    path = site.hashed["noise.onnx"]
    whole = ask(server, path).body
    part = ask(server, path, Range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert ask(server, path, Range="bytes=1990-").body == whole[1990:]
    assert ask(server, path, Range="bytes=5000-6000").status == 416


def test_an_unchanged_page_is_not_sent_again(server: str) -> None:
    first = ask(server, "/")
    by_tag = ask(server, "/", If_None_Match=first.headers["etag"])
    by_date = ask(server, "/", If_Modified_Since=first.headers["last-modified"])
    for again in (by_tag, by_date):
        assert (again.status, again.body) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"
    assert ask(server, "/", If_None_Match='"another"').status == 200


def test_what_is_missing_is_not_remembered(server: str) -> None:
    for path in ("/missing.html", "/pyinfer/worker.0123456789abcdef.js"):
        response = ask(server, path)
        assert response.status == 404
        assert "immutable" not in response.headers.get("cache-control", "")


def test_nothing_outside_the_folder_is_served(server: str, site: Site) -> None:
    (site.root.parent / "secret.txt").write_text("secret")
    paths = ("../", "%2e%2e/", "sub/../../", "sub/..%2f../", "/../", "..%5c", "sub/%00/../../", "....//")
    for path in paths:
        response = ask(server, f"/{path}secret.txt")
        assert response.status in (400, 404), path
        assert b"secret" not in response.body


def test_a_folder_leads_to_its_page(server: str) -> None:
    response = ask(server, "/sub")
    assert response.status in (301, 302)
    assert response.headers["location"].endswith("sub/")


def test_nothing_can_be_written(server: str) -> None:
    for path, method in (("/", "POST"), ("/pyinfer.js", "DELETE"), ("/new.html", "PUT"), ("/", "PROPFIND")):
        response = ask(server, path, method)
        assert response.status == 405
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


def test_what_is_hidden_stays_so(server: str) -> None:
    for path in ("/.git/config", "/%2egit/config", "/sub/../.git/config", "/.well-known/../.git/config"):
        assert ask(server, path).status == 404, path
    assert ask(server, "/.well-known/security.txt").body == b"shown"


def test_folders_are_not_listed(server: str) -> None:
    for path in ("/empty/", "/empty/below/", "/pyinfer/"):
        response = ask(server, path)
        assert response.status in (403, 404)
        assert b"below" not in response.body
        assert b"file.txt" not in response.body


def test_no_answer_tells_which_version_of_a_server_this_is(server: str) -> None:
    for path in ("/", "/missing"):
        response = ask(server, path)
        assert not re.search(r"\d", response.headers.get("server", ""))
        assert not re.search(rb"nginx/|\d\.\d", response.body.partition(b"/*")[0])
