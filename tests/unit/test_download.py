"""A pinned file arrives whole and right, or not at all; what was transferred is not transferred again."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from pyinfer.errors import DownloadError, HashMismatchError
from pyinfer.host.download import (
    FileAbsentError,
    Progress,
    cache_lock,
    copy_verified,
    download,
    http_client,
    matches,
    partial_path,
)
from tests.unit.file_server import FileServer

CONTENT = random.Random(0).randbytes(1_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HALF = 500_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer({"/part.whl": CONTENT}) as server:
        yield server


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with http_client() as client:
        yield client


@pytest.fixture
def destination(cache: Path) -> Path:
    return cache / "wheels" / "part.whl"


def fetch(client: httpx2.Client, server: FileServer, destination: Path) -> Path:
    return download(client, f"{server.url}part.whl", destination, SHA256, Progress(io.StringIO()))


def test_file_arrives_and_nothing_else_stays(client, server, destination) -> None:
    assert fetch(client, server, destination).read_bytes() == CONTENT
    assert list(partial_path("part.whl", SHA256).parent.iterdir()) == []


def test_broken_connection_is_continued_within_the_run(client, server, destination) -> None:
    server.break_after = [HALF]
    assert fetch(client, server, destination).read_bytes() == CONTENT
    assert server.requests == [("/part.whl", None), ("/part.whl", f"bytes={HALF}-")]


def test_interrupted_run_is_continued_by_the_next(client, server, destination) -> None:
    """The user presses Ctrl-C half-way: what arrived stays, and only the rest is fetched later."""

    class Interrupting(Progress):
        @contextlib.contextmanager
        def bar(self, name: str, total: int | None, initial: int) -> Iterator[Callable[[int], object]]:
            arrived = 0

            def advance(count: int) -> None:
                nonlocal arrived
                arrived += count
                if arrived >= HALF:
                    raise KeyboardInterrupt

            with super().bar(name, total, initial):
                yield advance

    with pytest.raises(KeyboardInterrupt):
        download(client, f"{server.url}part.whl", destination, SHA256, Interrupting(io.StringIO()))
    assert not destination.exists()
    kept = partial_path("part.whl", SHA256).stat().st_size
    assert HALF <= kept < len(CONTENT)

    assert fetch(client, server, destination).read_bytes() == CONTENT
    assert server.requests[-1] == ("/part.whl", f"bytes={kept}-")


def test_another_source_continues_what_one_began(client, server, destination) -> None:
    failing = FileServer({"/part.whl": CONTENT}, break_after=[HALF, 0])
    with failing, pytest.raises(DownloadError):
        fetch(client, failing, destination)
    assert fetch(client, server, destination).read_bytes() == CONTENT
    assert server.requests == [("/part.whl", f"bytes={HALF}-")]


def test_server_without_ranges_sends_the_whole_again(client, server, destination) -> None:
    server.ranges = False
    server.break_after = [HALF]
    assert fetch(client, server, destination).read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"not the beginning of this file", CONTENT + b"too long"])
def test_wrong_leftovers_do_not_stand_in_the_way(client, server, destination, left) -> None:
    part = partial_path("part.whl", SHA256)
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    assert fetch(client, server, destination).read_bytes() == CONTENT


def test_complete_leftover_is_used(client, server, destination) -> None:
    part = partial_path("part.whl", SHA256)
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    assert fetch(client, server, destination).read_bytes() == CONTENT


def test_other_bytes_are_discarded_and_both_digests_named(client, server, destination) -> None:
    server.files["/part.whl"] = b"other bytes"
    with pytest.raises(HashMismatchError) as caught:
        fetch(client, server, destination)
    actual = hashlib.sha256(b"other bytes").hexdigest()
    assert (caught.value.expected, caught.value.actual) == (SHA256, actual)
    assert SHA256 in str(caught.value) and actual in str(caught.value) and "part.whl" in str(caught.value)
    assert not destination.exists()
    assert not partial_path("part.whl", SHA256).exists()


@pytest.mark.parametrize(("status", "kind"), [(404, FileAbsentError), (503, DownloadError)])
def test_refusal_names_address_and_status(client, server, destination, status, kind) -> None:
    server.status = status
    with pytest.raises(kind, match=rf"{server.url}part.whl: the server answered {status}"):
        fetch(client, server, destination)
    assert not destination.exists()


def test_unreachable_server_fails_at_once(client, destination) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    start = time.monotonic()
    with pytest.raises(DownloadError, match="refused"):
        download(client, f"http://127.0.0.1:{port}/a", destination, SHA256, Progress(io.StringIO()))
    assert time.monotonic() - start < 5


def test_local_copy_is_checked_like_a_download(tmp_path: Path, destination) -> None:
    source = tmp_path / "part.whl"
    source.write_bytes(CONTENT)
    assert copy_verified(source, destination, SHA256).read_bytes() == CONTENT
    destination.unlink()
    source.write_bytes(b"other bytes")
    with pytest.raises(HashMismatchError):
        copy_verified(source, destination, SHA256)
    assert not destination.exists()
    with pytest.raises(FileAbsentError):
        copy_verified(tmp_path / "none.whl", destination, SHA256)


def test_damaged_file_does_not_match_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "part.whl"
    assert not matches(path, SHA256)
    path.write_bytes(CONTENT)
    assert matches(path, SHA256)
    path.write_bytes(CONTENT[:-1])
    assert not matches(path, SHA256)
    assert not path.exists()


def test_plain_lines_without_a_terminal(client, server, destination) -> None:
    """A log gets one line a file, not a thousand states of a bar."""
    stream = io.StringIO()
    download(client, f"{server.url}part.whl", destination, SHA256, Progress(stream))
    assert stream.getvalue() == "pyinfer: fetching part.whl (1.0 MB)\n"


def test_bars_on_a_terminal(client, server, destination) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    download(client, f"{server.url}part.whl", destination, SHA256, Progress(stream))
    assert "part.whl: 100%" in stream.getvalue()


def test_second_process_waits_and_says_so() -> None:
    held, finished = threading.Event(), threading.Event()
    stream = io.StringIO()

    def hold() -> None:
        with cache_lock(Progress(io.StringIO())):
            held.set()
            finished.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)

    class Releasing(Progress):
        def line(self, text: str) -> None:
            super().line(text)
            finished.set()

    with cache_lock(Releasing(stream)):
        assert not holder.is_alive() or finished.is_set()
    holder.join(10)
    assert stream.getvalue() == "pyinfer: another process is filling the cache; waiting for it\n"
