"""`pyinfer doctor URL` is clean on what we deploy, and finds what somebody broke, and nothing else."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
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
from tests.server.servers import Edit, nginx

HTTP, SERVER = "pyinfer-http.conf", "pyinfer.conf"


def faults(url: str, *, in_browser: bool = False) -> set[str]:
    return {each.name for each in examine(url, in_browser=in_browser) if each.status == FAULT}


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


def test_pyinfer_serve_is_clean_too(built_app: Path) -> None:
    with serving(built_app, headers_of_app(built_app)) as url:
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


@pytest.fixture(scope="module")
def small_app(built_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_large_files(built_app, tmp_path_factory.mktemp("small") / "dist")


@pytest.mark.parametrize("planted", FAULTS, ids=str)
def test_each_fault_is_found_and_no_other(planted: Fault, small_app: Path, tmp_path: Path) -> None:
    root = shutil.copytree(small_app, tmp_path / "deployed")
    if planted.files is not None:
        planted.files(root)
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx(root, folder, *planted.edits) as url:
        assert faults(f"{url}/") == {planted.finding}
