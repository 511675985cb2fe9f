"""`pyinfer serve` starts with one line or fails with one, and mounts what `pyinfer run` adds."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pyinfer.errors import ServeError
from pyinfer.host.serve import listening, make_application, serve, serving


def get(url: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read(), {name.lower(): value for name, value in response.getheaders()}


def test_a_port_in_use_is_one_clear_message(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"cannot listen on 127\.0\.0\.1:{port}: the port is in use"):
            serve(tmp_path, "127.0.0.1", port)


@pytest.mark.parametrize("verb", [["serve", "."], ["demo"]])
def test_the_command_fails_with_one_line_and_status_1(verb: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "pyinfer.host.cli", *verb, "--port"]
        done = subprocess.run(
            [*command, str(taken.getsockname()[1])], capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "port is in use" in done.stderr


def test_the_command_says_where_it_serves_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    command = [sys.executable, "-m", "pyinfer.host.cli", "serve", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[\w.:]+", line)
        assert found, line
        with ThreadPoolExecutor(40) as visitors:  # more than it has threads
            assert {page for page, _ in visitors.map(get, [found[0]] * 200)} == {b"page"}
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 0), ("127.0.0.1", 99999)])
def test_an_impossible_address_is_one_clear_message(host: str, port: int) -> None:
    with pytest.raises(ServeError, match=f"cannot listen on {host}:{port}: "):
        listening(host, port)


def test_a_missing_folder_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match=r"no such folder: .*nowhere"):
        make_application(tmp_path / "nowhere")


def test_other_applications_are_mounted_and_bear_the_headers(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")

    def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
        return [f"{environ['SCRIPT_NAME']} {environ['PATH_INFO']} {environ['QUERY_STRING']}".encode()]

    with serving(tmp_path, extra={"/files": echo}) as url:
        body, headers = get(f"{url}/files/a/b.txt?x=1")
        assert body == b"/files /a/b.txt x=1"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["cache-control"] == "no-store"
        assert get(f"{url}/")[0] == b"page"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{url}/filesystem")


def test_servers_run_side_by_side_and_end_with_their_block(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    with serving(tmp_path / "a") as first:
        with serving(tmp_path / "b") as second:
            assert (get(first)[0], get(second)[0]) == (b"a", b"b")
        with pytest.raises(urllib.error.URLError, match="refused"):
            get(second)
        assert get(first)[0] == b"a"
