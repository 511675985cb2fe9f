"""`pyinfer doctor URL` is clean on what we deploy, and finds what somebody broke, and nothing else."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest

from pyinfer.host import cli
from pyinfer.host.bundle import Bundle
from pyinfer.host.doctor.examination import examine
from pyinfer.host.doctor.findings import FAULT
from pyinfer.host.offline import add_service_worker
from pyinfer.host.serve import headers_of_app, serving
from tests.server.app import quickly_compressed, without_large_files
from tests.server.servers import Edit, make_certificate, nginx, nginx_site

HTTP, SERVER = "pyinfer-http.conf", "pyinfer.conf"


def faults(url: str, *, in_browser: bool = False) -> set[str]:
    return {each.name for each in examine(url, in_browser=in_browser) if each.status == FAULT}


@pytest.fixture(scope="module")
def small_app(built_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_large_files(built_app, tmp_path_factory.mktemp("small") / "dist")


@pytest.mark.timeout(400)
def test_a_deployment_as_nginx_is_configured_is_clean(
    built_app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with nginx(built_app, tmp_path) as url:
        status = cli.main(["doctor", "--json", f"{url}/"])
    report = json.loads(capsys.readouterr().out)
    assert (status, report["faults"]) == (0, 0), report["findings"]
    told = {each["item"]: each["message"] for each in report["findings"]}
    assert {"isolation", "engines", "threads", "service worker", "time to first inference"} <= set(told)
    assert told["threads"] == "2 where 2 were asked for"


def test_pyinfer_serve_is_clean_too(small_app: Path) -> None:
    with serving(small_app, headers_of_app(small_app)) as url:
        assert faults(f"{url}/index.html") == set()


def header(name: str) -> Edit:
    """Takes a header out of the configuration."""
    return Edit(SERVER, f"add_header {name} ", f"# add_header {name} ")


@dataclass(frozen=True)
class Fault:
    """What somebody did to a deployment, and what doctor must say of it."""

    finding: str
    edits: tuple[Edit, ...] = ()
    files: Callable[[Path], object] | None = None

    def __str__(self) -> str:
        return self.finding


def change_a_byte(folder: Path) -> None:
    path = next(folder.glob("pyinfer/jpeg.*.wasm"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    quickly_compressed(folder)


def compress_twice(folder: Path) -> None:
    for suffix, compress in (("gz", gzip.compress), ("br", brotli.compress)):
        path = folder / f"pyinfer.js.{suffix}"
        path.write_bytes(compress(path.read_bytes()))


def leave_an_old_service_worker(folder: Path) -> None:
    path = folder / "pyinfer.service-worker.js"
    build = json.loads((folder / "pyinfer.json").read_text())["build"]
    path.write_text(path.read_text().replace(build, "0123456789abcdef"))
    quickly_compressed(folder)


def forget_a_file(folder: Path) -> None:
    for path in folder.glob("pyinfer/opencv.*.mjs*"):
        path.unlink()


def leave_git(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")


def name_a_mirror(folder: Path) -> None:
    """Of which the policies do not know."""
    path = folder / "pyinfer.json"
    manifest = json.loads(path.read_text())
    manifest["app"]["models"][0]["mirrors"] = ["https://models.example/network.onnx"]
    path.write_text(json.dumps(manifest))
    add_service_worker(Bundle(folder), manifest)
    quickly_compressed(folder)


ORIGIN_ACCESS = '_origin_access {\n    default "'

FAULTS = [
    Fault("coop", (header("Cross-Origin-Opener-Policy"),)),
    Fault("coep", (header("Cross-Origin-Embedder-Policy"),)),
    Fault("corp", (header("Cross-Origin-Resource-Policy"),)),
    Fault("nosniff", (header("X-Content-Type-Options"),)),
    Fault("type-wasm", (Edit(SERVER, '"application/wasm" wasm', '"application/octet-stream" wasm'),)),
    Fault("type-mjs", (Edit(SERVER, "js mjs;", "js;"),)),
    Fault("not-immutable", (Edit(HTTP, '"public, max-age=31536000, immutable"', '"no-cache"'),)),
    Fault("stale", (Edit(HTTP, 'default "no-cache"', 'default "public, max-age=86400"'),)),
    Fault("no-304", (Edit(SERVER, "autoindex off;", "etag off; if_modified_since off;"),)),
    Fault(
        "uncompressed",
        (Edit(SERVER, "gzip_static on;", ""), Edit("pyinfer-brotli.conf", "brotli_static on;", "")),
    ),
    Fault("vary-encoding", (Edit(SERVER, "gzip_vary on;", ""),)),
    Fault("double", files=compress_twice),
    Fault("no-ranges", (Edit(SERVER, "max_ranges 1;", "max_ranges 0;"),)),
    Fault("no-policy", (header("Content-Security-Policy"),)),
    Fault("inline", (Edit(HTTP, "script-src 'self'; style", "script-src 'self' 'unsafe-inline'; style"),)),
    Fault("scripts-anywhere", (Edit(HTTP, "script-src 'self'; style", "script-src 'self' https:; style"),)),
    Fault("page-worker-src", (Edit(HTTP, "worker-src 'self'; base", "worker-src 'none'; base"),)),
    Fault("worker-eval", (Edit(HTTP, " 'unsafe-eval'", ""),)),
    Fault("threads-wasm", (Edit(HTTP, "'wasm-unsafe-eval'\"", '"'),)),
    Fault("worker-connect-src", (Edit(HTTP, "eval'; connect-src 'self'", "eval'; connect-src"),)),
    Fault("worker-models", files=name_a_mirror),
    Fault(
        "any-credentials",
        (
            Edit(
                "pyinfer-origins.conf",
                '_origin_access {\n    default ""',
                '_origin_access {\n    default "credentials"',
            ),
        ),
    ),
    Fault(
        "vary-origin",
        (
            Edit(
                "pyinfer-origins.conf",
                '_origin_access {\n    default ""',
                '_origin_access {\n    default "read"',
            ),
            header("Vary"),
        ),
    ),
    Fault("methods", (Edit(SERVER, "    return 405;", "    return 200;"),)),
    Fault("fallback", (Edit(SERVER, "autoindex off;", "error_page 404 =200 /index.html;"),)),
    Fault("missing-cached", (Edit(SERVER, "$pyinfer_cache_control;", "$pyinfer_cache_control always;"),)),
    Fault("hidden", (Edit(SERVER, "    return 404;", ""),), leave_git),
    Fault("listing", (Edit(SERVER, "autoindex off;", "autoindex on;"),)),
    Fault("version", (Edit(SERVER, "server_tokens off;", ""),)),
    Fault("changed", files=change_a_byte),
    Fault("missing", files=forget_a_file),
    Fault("mixed-builds", files=leave_an_old_service_worker),
]


@pytest.mark.parametrize("planted", FAULTS, ids=str)
def test_each_fault_is_found_and_no_other(planted: Fault, small_app: Path, tmp_path: Path) -> None:
    root = shutil.copytree(small_app, tmp_path / "deployed")
    if planted.files is not None:
        planted.files(root)
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx(root, folder, *planted.edits) as url:
        assert faults(f"{url}/") == {planted.finding}


@pytest.mark.timeout(400)
def test_the_browser_says_what_a_wrong_policy_does(built_app: Path, tmp_path: Path) -> None:
    with nginx(built_app, tmp_path, Edit(HTTP, " 'unsafe-eval'", "")) as url:
        found = {each.name: each.message for each in examine(f"{url}/") if each.status == FAULT}
    assert found.keys() == {"worker-eval", "engines"}
    assert "unsafe-eval" in found["engines"]


def test_a_certificate_that_nobody_vouches_for_is_told_and_the_rest_too(
    small_app: Path, tmp_path: Path
) -> None:
    make_certificate(tmp_path)
    with nginx_site(small_app, tmp_path) as (plain, secure):
        assert faults(f"{secure}/") == {"certificate"}
        assert faults(f"{plain}/") == {"certificate"}, "it leads to the other"


class Elsewhere(BaseHTTPRequestHandler):
    """A server with anything but a deployment."""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        if kind == "login" and not self.path.startswith("/login/form"):
            self._answer(302, "text/html", b"", Location="/login/form?next=1")
        elif kind == "circle":
            self._answer(302, "text/html", b"", Location=self.path)
        elif kind in ("page", "login"):
            self._answer(200, "text/html", b"<!doctype html><title>hello</title>")
        elif kind == "json":
            self._answer(200, "application/json", b'{"name": "other"}')
        elif kind == "broken":
            self._answer(502, "text/html", b"bad gateway")
        elif kind == "secret":
            self._answer(401, "text/html", b"who are you?")
        else:
            self._answer(404, "text/html", b"not found")

    def _answer(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nothing/", "is no deployment: the server answered 404 Not Found, and it has no pyinfer.json"),
        ("page/", "this server answers every address with a page"),
        ("login/", "/login/form?next=1: is a login in the way?"),
        ("secret/", "the server wants a login (401 Unauthorized)"),
        ("circle/", "redirects in circles"),
        ("broken/", "the server answered 502 Bad Gateway"),
        ("json/", "is no deployment of this pyinfer: its pyinfer.json lacks build, "),
    ],
)
def test_what_is_no_deployment_gets_one_line(
    path: str, words: str, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", f"{elsewhere}/{path}"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err


def test_who_does_not_answer_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        silent = f"http://127.0.0.1:{port}/"
        assert cli.main(["doctor", "--timeout", "0.5", silent]) == 1
        assert capsys.readouterr().err == f"pyinfer: {silent}: no answer within 0.5 s\n"
    assert cli.main(["doctor", silent]) == 1
    assert capsys.readouterr().err == f"pyinfer: {silent}: nothing listens there (connection refused)\n"
    assert cli.main(["doctor", "http://no.such.host.invalid/"]) == 1
    assert "there is no host of that name" in capsys.readouterr().err


def test_an_http_server_is_asked_by_https_in_vain(elsewhere: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", elsewhere.replace("http:", "https:")]) == 1
    assert "no HTTPS is spoken there" in capsys.readouterr().err
