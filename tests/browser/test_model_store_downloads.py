"""Models arrive whole and right, of a real server, on from where they broke off if that is safe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfer.host.serve import serving
from tests.browser.conftest import blank_page
from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import BYTES, SHA256, ModelVisitor, content_of, digest

SIZE = len(BYTES)
BROKEN = 300_000
OTHER = content_of(9)

#: The model in three shards, as two kinds of programs name them.
SHARDS = [BYTES[:400_000], BYTES[400_000:800_000], BYTES[800_000:]]
STYLES = {
    "grouped": ["group1-shard1of3.bin", "group1-shard2of3.bin", "group1-shard3of3.bin"],
    "listed": ["net.onnx.part0", "net.onnx.part1", "net.onnx.part2"],
}


@pytest.fixture(scope="module")
def model_app(model_url: str) -> dict[str, Any]:
    def piece(name: str, content: bytes) -> dict[str, Any]:
        return {"url": f"{model_url}/served/{name}", "sha256": digest(content), "size": len(content)}

    whole = piece("net.onnx", BYTES)
    models: list[dict[str, Any]] = [
        {**whole, "name": style, "shards": [piece(n, c) for n, c in zip(names, SHARDS, strict=True)]}
        for style, names in STYLES.items()
    ]
    models.append({**whole, "name": "mirrored", "mirrors": [f"{model_url}/served/mirror.onnx"]})
    weights = {**piece("net.onnx.data", OTHER), "path": "net.onnx.data"}
    models.append({**whole, "name": "weighty", "external_data": [weights]})
    return {"name": "test", "models": models}


def test_a_server_that_stops_in_the_middle_is_continued(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(BYTES)]
    room = visitor.visit()
    assert room.read(room.fetch_with_a_break(first, sha256=SHA256, size=SIZE)) == SHA256
    assert model_server.downloads() == [("net.onnx", ""), ("net.onnx", f"bytes={BROKEN}-")]


def test_a_download_that_was_given_up_goes_on_at_the_next_visit(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(status="403 Forbidden")]
    error = visitor.visit().fetch_with_a_break(first, sha256=SHA256)
    assert error["type"] == "pyinfer.errors.ModelDownloadError" and "403" in error["message"]
    room = visitor.come_back()
    model_server.served["net.onnx"] = Served(BYTES)
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert model_server.downloads()[2:] == [("net.onnx", f"bytes={BROKEN}-")]


@pytest.mark.parametrize("pinned", [True, False])
def test_a_server_that_names_no_version_is_continued_only_if_the_hash_will_tell(
    visitor: ModelVisitor, model_server: ModelServer, pinned: bool
) -> None:
    first = Served(BYTES, tag="", breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(BYTES, tag="")]
    room = visitor.visit()
    assert room.read(room.fetch_with_a_break(first, **{"sha256": SHA256} if pinned else {})) == SHA256
    assert model_server.downloads()[1:] == [("net.onnx", f"bytes={BROKEN}-" if pinned else "")]


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize(
    "second",
    [
        Served(BYTES, ranges=False),
        Served(BYTES, starts_off=1),
        Served(BYTES, total=SIZE + 1),
        Served(BYTES[:BROKEN]),
        Served(BYTES, tag='"2"'),
    ],
    ids=["200 for a range", "another start", "another total", "416", "another version"],
)
def test_what_does_not_continue_is_never_joined(
    visitor: ModelVisitor, model_server: ModelServer, second: Served, pinned: bool
) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, second, Served(BYTES)]
    room = visitor.visit()
    assert room.read(room.fetch_with_a_break(first, **{"sha256": SHA256} if pinned else {})) == SHA256
    assert {wanted for _, wanted in model_server.downloads()[2:]} <= {""}


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("pinned", [True, False])
def test_a_transfer_that_is_compressed_is_continued_uncompressed(
    visitor: ModelVisitor, model_server: ModelServer, encoding: str, pinned: bool
) -> None:
    content = bytes(SIZE) + BYTES
    first = Served(content, encoding=encoding, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(content)]
    room = visitor.visit()
    options: dict[str, Any] = {"sha256": digest(content)} if pinned else {}
    room.begin_fetch(**options)
    room.wait_for_bytes(SIZE)
    first.go_on.set()
    assert room.read(room.end_fetch()) == digest(content)
    assert model_server.headers[0]["HTTP_ACCEPT_ENCODING"].find(encoding) >= 0
    assert model_server.downloads()[1][1].startswith("bytes=")
    assert room.read(room.fetch_anew(**options)) == digest(content)
    assert len(model_server.downloads()) == 2


@pytest.mark.parametrize(
    ("served", "options", "kind", "words"),
    [
        (Served(b"other bytes"), {"sha256": SHA256}, "ModelHashError", "expected sha256"),
        (Served(BYTES), {"size": 10}, "ModelDownloadError", "1048576 bytes arrived of 10"),
        (Served(b"<html>", type="text/html"), {}, "ModelDownloadError", "web page"),
        (Served(b"<html>", "404 Not Found", "text/html"), {}, "ModelDownloadError", "404"),
    ],
    ids=["wrong bytes", "wrong length", "web page", "404"],
)
def test_what_is_not_the_model_is_refused_and_the_next_try_succeeds(
    visitor: ModelVisitor,
    model_server: ModelServer,
    served: Served,
    options: dict[str, Any],
    kind: str,
    words: str,
) -> None:
    model_server.served["net.onnx"] = served
    model_server.served["other.onnx"] = Served(OTHER)
    room = visitor.visit()
    other = room.fetch("other.onnx")
    error = room.fetch(**options)
    assert error["type"] == f"pyinfer.errors.{kind}" and words in error["message"]
    assert [model["name"] for model in room.ask("list")] == ["other.onnx"]
    model_server.served["net.onnx"] = Served(BYTES)
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert room.read(other) == digest(OTHER)
    assert room.notices() == []


def test_a_server_that_is_busy_is_asked_again(visitor: ModelVisitor, model_server: ModelServer) -> None:
    busy = Served(status="503 Service Unavailable", headers={"Retry-After": "0"})
    model_server.served["net.onnx"] = [busy, Served(status="429 Too Many Requests"), Served(BYTES)]
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256


def test_a_redirect_is_followed(visitor: ModelVisitor, model_server: ModelServer) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["elsewhere.onnx"] = [first, Served(BYTES)]
    to = {"Location": f"{visitor.url}/served/elsewhere.onnx"}
    model_server.served["net.onnx"] = Served(status="302 Found", headers=to, tag="")
    room = visitor.visit()
    assert room.read(room.fetch_with_a_break(first)) == SHA256
    assert model_server.downloads() == [
        ("net.onnx", ""),
        ("elsewhere.onnx", ""),
        ("net.onnx", f"bytes={BROKEN}-"),
        ("elsewhere.onnx", f"bytes={BROKEN}-"),
    ]


@pytest.mark.parametrize("style", STYLES)
def test_shards_arrive_at_the_same_time(visitor: ModelVisitor, model_server: ModelServer, style: str) -> None:
    together = threading.Barrier(3)
    for name, content in zip(STYLES[style], SHARDS, strict=True):
        model_server.served[name] = Served(content, barrier=together)
    room = visitor.visit()
    assert room.read(room.fetch(style)) == SHA256
    assert sorted(name for name, _ in model_server.downloads()) == STYLES[style]


def test_mirrors_are_asked_in_turn_and_continue_each_other(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(status="410 Gone")]
    model_server.served["mirror.onnx"] = Served(BYTES, tag='"a name of its own"')
    room = visitor.visit()
    assert room.read(room.fetch_with_a_break(first, "mirrored")) == SHA256
    assert model_server.downloads()[2:] == [("mirror.onnx", f"bytes={BROKEN}-")]


def test_files_of_weights_lie_beside_the_model(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served |= {"net.onnx": Served(BYTES), "net.onnx.data": Served(OTHER)}
    room = visitor.visit()
    for _ in range(2):
        path = room.fetch_anew("weighty")
        assert (room.read(path), room.read(f"{path}.data")) == (SHA256, digest(OTHER))
    assert len(model_server.downloads()) == 2


def test_ten_callers_share_one_download(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    paths = room.page.evaluate(
        "(url) => Promise.all(Array.from({ length: 10 }, () => runtime.models.fetch(url)))",
        room.address("net.onnx"),
    )
    assert set(paths) == {room.fetch()}
    assert model_server.downloads() == [("net.onnx", "")]


def test_a_fetch_that_is_interrupted_holds_nothing_and_can_be_repeated(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(BYTES)]
    room = visitor.visit()
    room.begin_fetch(sha256=SHA256)
    room.wait_for_bytes(BROKEN)
    assert room.page.evaluate("() => runtime.interrupt()") == "interrupted"
    assert room.end_fetch()["type"] == "KeyboardInterrupt"
    first.go_on.set()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256


def test_progress_reaches_the_caller_and_the_page(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    said = room.page.evaluate(
        """async (url) => {
          const said = [];
          const path = await runtime.models.fetch(url, {
            onProgress: (loaded, total) => said.push([loaded, total]),
          });
          await new Promise((resolve) => setTimeout(resolve));
          await runtime.models.unmount(path);
          return said;
        }""",
        room.address("net.onnx"),
    )
    assert said[-1] == [SIZE, SIZE] and said == sorted(said)


def test_headers_go_to_the_server(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    for _ in range(2):  # the second is only a question
        assert room.read(room.fetch_anew(headers={"Authorization": "Bearer word"})) == SHA256
    assert [headers["HTTP_AUTHORIZATION"] for headers in model_server.headers] == ["Bearer word"] * 2


@pytest.fixture(scope="module")
def other_origin(model_server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same server under another origin, of whose cookies the page's browser knows."""
    with serving(tmp_path_factory.mktemp("nothing"), extra={"/served": model_server, "/": blank_page}) as url:
        yield f"{url}/served"


def test_cookies_go_to_another_origin_if_wished(
    visitor: ModelVisitor, model_server: ModelServer, other_origin: str
) -> None:
    room = visitor.visit()
    allowed = {"Access-Control-Allow-Origin": visitor.url, "Access-Control-Allow-Credentials": "true"}
    first = Served(BYTES, headers=allowed, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(BYTES, headers=allowed)]
    model_server.served["cookie.txt"] = Served(headers={"Set-Cookie": "pass=word", **allowed})
    room.page.evaluate("(url) => fetch(url, { credentials: 'include' })", f"{other_origin}/cookie.txt")
    options = {"sha256": SHA256, "credentials": "include"}
    path = room.fetch_with_a_break(first, f"{other_origin}/net.onnx", **options)
    assert room.read(path) == SHA256
    assert [headers.get("HTTP_COOKIE") for headers in model_server.headers[1:]] == ["pass=word"] * 2
    # Of another origin's headers hardly any are shown, and OPTIONS was not asked for.
    assert model_server.downloads()[-1] == ("net.onnx", f"bytes={BROKEN}-")
    model_server.served["other.onnx"] = Served(OTHER, headers=allowed)
    assert room.read(room.fetch(f"{other_origin}/other.onnx")) == digest(OTHER)
    assert "HTTP_COOKIE" not in model_server.headers[-1]


def test_the_browsers_own_cache_has_no_say(visitor: ModelVisitor, model_server: ModelServer) -> None:
    cached = {"Cache-Control": "max-age=3600"}
    model_server.served["net.onnx"] = Served(OTHER, headers=cached)
    room = visitor.visit()
    assert room.fetch(sha256=SHA256)["type"] == "pyinfer.errors.ModelHashError"
    model_server.served["net.onnx"] = Served(BYTES, headers=cached, tag='"2"')
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
