"""The host's half of `pyinfer run`: what it shows, what it refuses, how it words what goes wrong."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfer.errors import DownloadError, RequirementError
from pyinfer.host import cli, requirements, resolve, run
from pyinfer.host.run import ScriptRun
from pyinfer.host.run_browser import Stopped, Watch
from pyinfer.host.run_exchange import Exchange, HostStreams
from pyinfer.host.run_files import HostFiles, OutputFiles
from pyinfer.host.run_packages import Packages


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder that is shown, with links of every kind, beside one that is not."""
    shown, hidden = tmp_path / "shown", tmp_path / "hidden"
    (shown / "folder").mkdir(parents=True)
    hidden.mkdir()
    (shown / "folder" / "text.txt").write_text("text")
    (shown / "a b#?%.txt").write_text("odd name")
    (hidden / "secret.txt").write_text("secret")
    (shown / "inside").symlink_to("folder/text.txt")
    (shown / "outside").symlink_to(hidden)
    (shown / "dangling").symlink_to("nothing")
    (shown / "circle").symlink_to(tmp_path)
    os.mkfifo(shown / "fifo")
    return shown


def test_listing_keeps_links_that_lead_somewhere_shown(tree: Path) -> None:
    entries = {entry["name"]: entry for entry in HostFiles([str(tree)]).listing(str(tree))}
    assert {name: entry["kind"] for name, entry in entries.items()} == {
        "a b#?%.txt": "file",
        "circle": "link",  # followed for ever if it looked like a folder
        "dangling": "link",
        "folder": "folder",
        "inside": "link",
        "outside": "folder",
    }
    assert entries["inside"]["target"] == "folder/text.txt"
    status = (tree / "a b#?%.txt").stat()
    assert entries["a b#?%.txt"]["size"] == status.st_size
    assert entries["a b#?%.txt"]["modified"] == status.st_mtime_ns // 1_000_000


def test_roots_hold_nothing_twice() -> None:
    files = HostFiles(["/a/b/c", "/a/b", "/a/bc", "/a/b"])
    assert files.roots == ["/a/b", "/a/bc"]
    assert files.shows("/a/b/x") and not files.shows("/a/bcd")
    assert HostFiles(["/", "/a"]).roots == ["/"]


def test_folders_of_the_browser_are_left_out_of_the_root() -> None:
    names = {entry["name"] for entry in HostFiles(["/"]).listing("/")}
    assert "tmp" in names
    assert not names & {"dev", "lib", "proc"}


class Recorder:
    """Sends requests to an Exchange and keeps what it says."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def __call__(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        environ = {
            "PATH_INFO": path.encode().decode("latin-1"),
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "wsgi.input": io.BytesIO(body or b""),
        }
        statuses: list[str] = []
        headers: dict[str, str] = {}

        def start_response(status: str, given: list[tuple[str, str]]) -> None:
            statuses.append(status)
            headers.update(given)

        answer = self.exchange(environ, start_response)
        content = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        return int(statuses[0][:3]), content


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def streams() -> Iterator[HostStreams]:
    streams = HostStreams()
    yield streams
    streams.close()


@pytest.fixture
def ask(tree: Path, loop: asyncio.AbstractEventLoop, streams: HostStreams) -> Recorder:
    files, outputs = HostFiles([str(tree)]), OutputFiles([str(tree / "out")])
    settings: dict[str, Any] = {"arguments": ["script.py"]}
    return Recorder(Exchange(settings, files, outputs, streams, Watch(loop), Packages()))


def test_files_are_sent_and_others_are_not(ask: Recorder, tree: Path) -> None:
    assert ask(f"/files{tree}/a b#?%.txt") == (200, b"odd name")
    status, listing = ask(f"/files{tree}/folder/")
    assert (status, [entry["name"] for entry in json.loads(listing)]) == (200, ["text.txt"])
    for path in (f"{tree}/nothing", f"{tree}/../hidden/secret.txt", f"{tree.parent}/hidden/", "/etc/passwd"):
        assert ask(f"/files{path}")[0] == 404
    assert ask("/wheels/../../etc/passwd")[0] == 404
    assert ask("/settings.json") == (200, b'{"arguments": ["script.py"]}')
    assert ask("/")[0] == ask("/page.js")[0] == 200


def test_files_come_back_whole_and_only_those_asked_for(
    ask: Recorder, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(f"/out{tree}/out/deep/result.txt", b"first")[0] == 204
    assert ask(f"/out{tree}/out/deep/result.txt", b"second")[0] == 204
    assert (tree / "out" / "deep" / "result.txt").read_bytes() == b"second"
    assert [path.name for path in (tree / "out" / "deep").iterdir()] == ["result.txt"]
    for path in (f"{tree}/elsewhere.txt", f"{tree}/out/../elsewhere.txt"):
        assert ask(f"/out{path}", b"x")[0] == 409
    assert not (tree / "elsewhere.txt").exists()
    (tree / "out" / "taken").mkdir()
    assert ask(f"/out{tree}/out/taken", b"x")[0] == 409
    assert {path.name for path in (tree / "out").iterdir()} == {"deep", "taken"}
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert said[-1].startswith(f"pyinfer: --out: cannot write {tree}/out/taken: ")


def frames(*pieces: tuple[int, bytes]) -> bytes:
    return b"".join(bytes([number]) + len(content).to_bytes(4, "big") + content for number, content in pieces)


def test_output_is_written_in_its_order(ask: Recorder, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert ask("/output", frames((1, b"one\xff"), (2, b"two"), (1, b""), (1, b" three")))[0] == 204
    assert capfdbinary.readouterr() == (b"one\xff three", b"two")


def test_broken_output_stops_the_run(
    ask: Recorder, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(descriptor: int, content: bytes) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("pyinfer.host.run_exchange.os.write", write)
    assert ask("/output", frames((1, b"lost")))[0] == 410
    with pytest.raises(Stopped) as stopped:
        loop.run_until_complete(ask.exchange.watch.end)
    assert stopped.value.status == 141
    monkeypatch.undo()
    assert ask("/output", frames((1, b"not shown")))[0] == 204


def test_waiting_for_input_ends_when_woken(ask: Recorder, streams: HostStreams) -> None:
    streams.wake()
    assert ask("/input") == (409, b"")
    streams.close()
    assert ask("/input") == (200, b"")


def test_page_reports_begin_and_end(ask: Recorder, loop: asyncio.AbstractEventLoop) -> None:
    ask("/begin", b"")
    ask("/end", b'{"status": 3}')
    loop.run_until_complete(ask.exchange.watch.beginning)
    assert loop.run_until_complete(ask.exchange.watch.end) == {"status": 3}


@pytest.fixture
def parse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ScriptRun]:
    """What `pyinfer run` makes of a command line."""

    def parse(*arguments: str) -> ScriptRun:
        asked: list[ScriptRun] = []
        monkeypatch.setattr(run, "run", asked.append)
        assert cli.main(["run", *arguments]) == 0
        return asked[0]

    return parse


def test_options_after_the_script_are_its_own(parse: Callable[..., ScriptRun]) -> None:
    args = parse("--out", "a", "-m", "--timeout", "3", "package.module", "--out", "b", "--", "-m", "--help")
    assert (args.module, args.outputs, args.timeout, args.script) == (True, ("a",), 3.0, "package.module")
    assert args.arguments == ("--out", "b", "--", "-m", "--help")
    assert parse("script.py", "--", "-x").arguments == ("--", "-x"), "python hands the first -- on, too"


def test_arguments_that_name_files_are_seen(
    parse: Callable[..., ScriptRun], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree / "folder")
    (tree / "folder" / "script.py").write_text("")
    hidden = tree.parent / "hidden"
    args = parse("script.py", "../../hidden", "--x=../inside", "no-such-file", "../a b#?%.txt", "/dev/null")
    assert set(run.visible_paths(args)) == {
        str(tree / "folder"),
        str(hidden),
        str(tree / "inside"),
        str(tree / "a b#?%.txt"),
    }


PROVIDED = {"numpy": ("2.4.3", True), "attrs": ("25.1.0", False), "opencv-python": ("5.0.0.93", True)}


def test_requirements_that_are_provided_need_no_search() -> None:
    names, others = requirements.split(
        ["NumPy>=2", "attrs<99", "attrs==1.0", "attrs[tests]", "other"], PROVIDED
    )
    assert (names, others) == (["numpy", "attrs"], ["attrs==1.0", "attrs[tests]", "other"])
    with pytest.raises(RequirementError, match=r"opencv-python<5: the browser has opencv-python 5\.0\.0\.93"):
        requirements.split(["opencv-python<5"], PROVIDED)


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (
            "ERROR: Could not find a version that satisfies x (from versions: none)\n"
            "ERROR: No matching distribution found for torch>=2\n",
            RequirementError,
            "no pure-Python wheel of torch>=2 for Python 3.14, "
            "and the Pyodide distribution does not carry it",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by NameResolutionError\n"
            "ERROR: No matching distribution found for a\n",
            DownloadError,
            "the package index cannot be reached",
        ),
        (
            "ERROR: a-1-cp311-cp311-linux_x86_64.whl is not a supported wheel on this platform.\n",
            RequirementError,
            "a-1-cp311-cp311-linux_x86_64.whl is not a pure-Python wheel for Python 3.14",
        ),
        ("ERROR: Cannot install a and b\nmore\n", RequirementError, "a b: Cannot install a and b"),
    ],
)
def test_pips_refusal_in_one_line(said: str, kind: type[Exception], message: str) -> None:
    error = resolve._explain(said, ["a", "b"])
    assert (type(error), str(error)) == (kind, message)
