"""What a start is said to cost a visitor's connection: bodies, as they are encoded."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from pyinfer.host.bench.wire_bytes import Answer, WireBytes
from pyinfer.host.serve import make_application

TEXT = b"once upon a time " * 100


@pytest.fixture
def wire(tmp_path: Path) -> WireBytes:
    (tmp_path / "story.js").write_bytes(TEXT)
    (tmp_path / "story.js.br").write_bytes(b"short")
    (tmp_path / "pyinfer.service-worker.js").write_bytes(TEXT)
    return WireBytes(make_application(tmp_path))


def ask(wire: WireBytes, path: str, method: str = "GET", **headers: str) -> str:
    environ: dict[str, Any] = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": path, "REQUEST_METHOD": method}
    answers: list[str] = []
    body = wire(environ, lambda status, headers, *rest: answers.append(status))
    if hasattr(body, "close"):
        body.close()
    return answers[0]


def test_compressed_bodies_count_as_they_are_sent(wire: WireBytes) -> None:
    ask(wire, "/story.js")
    ask(wire, "/story.js", accept_encoding="gzip, br")
    assert wire.answers == [Answer("/story.js", len(TEXT), False), Answer("/story.js", 5, False)]


def test_only_what_was_asked_for_and_found_counts(wire: WireBytes) -> None:
    assert ask(wire, "/story.js", "HEAD").startswith("200")
    assert ask(wire, "/tale.js").startswith("404")
    assert ask(wire, "/story.js", if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT").startswith("304")
    assert wire.answers == []


def test_files_that_a_service_worker_fetches_are_for_later(wire: WireBytes) -> None:
    ask(wire, "/pyinfer.service-worker.js", referer="http://127.0.0.1/")
    ask(wire, "/story.js", referer="http://127.0.0.1/pyinfer.service-worker.js")
    ask(wire, "/story.js", referer="http://127.0.0.1/")
    assert [answer.is_for_later for answer in wire.answers] == [True, True, False]
