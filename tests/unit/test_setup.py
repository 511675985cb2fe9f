"""`pyinfer setup` brings each part from whichever source has it, and says one clear thing when none does.

The sources are real: an HTTP server, a folder, a package index, an npm on PATH; what they serve is small.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pyinfer.errors import BuildError, SetupError
from pyinfer.host import npm, places, pyodide_wheels
from pyinfer.host.cli import main
from pyinfer.host.opencv_sources import opencv_sources
from pyinfer.host.progress import Progress
from tests.unit.file_server import FileServer

WHEELS = {"alpha": [], "beta": ["alpha"], "gamma": ["beta"]}
CONTENTS = {f"{name}-1.0-py3-none-any.whl": f"the wheel {name}".encode() for name in WHEELS}
CLOSED_PORT = "http://127.0.0.1:9/"  # the discard service, which nothing offers
RELEASE = "carrier-1.0-py3-none-any.whl"
SOURCES = "opencv_sources-5.0.tar.gz"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def release_wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in CONTENTS.items():
            archive.writestr(f"carrier/pyodide/{name}", content)
    return buffer.getvalue()


def source_archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in (
            "modules/core/include/opencv2/core.hpp",
            "modules/core/src/matrix.cpp",
            "modules/imgproc/misc/python/test/test_imgproc.py",
            "modules/python/src2/hdr_parser.py",
            "samples/data/lena.jpg",
            "samples/data/vtest.avi",
        ):
            member = tarfile.TarInfo(f"opencv_sources-5.0/opencv/{name}")
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    return buffer.getvalue()


@dataclass
class Machine:
    """A machine with an empty cache: its folders, its network and how often npm was started."""

    root: Path
    server: FileServer
    pins: dict = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def npm(self) -> Path:
        return self.root / "bin" / "npm"

    def wheels(self) -> dict[str, bytes]:
        folder = self.cache / "wheels"
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}

    def unfinished(self) -> list[Path]:
        return [path for path in self.cache.rglob("*") if "unfinished" in path.name or path.suffix == ".part"]

    def write_npm(self, body: str) -> None:
        self.npm.write_text(f"#!/bin/sh\necho started >> '{self.root}/npm.log'\n{body}\n")
        self.npm.chmod(0o755)

    def npm_starts(self) -> int:
        log = self.root / "npm.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def write_pins(self, **changes: str) -> None:
        self.pins["pyodide"].update(changes)
        (self.root / "checkout/wheels/pins.json").write_text(json.dumps(self.pins))

    def unplug(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No network any more: every source is an address where nothing answers, and npm can only fail."""
        self.write_pins(cdn=CLOSED_PORT)
        monkeypatch.setenv("PIP_INDEX_URL", CLOSED_PORT)
        monkeypatch.delenv("PYINFER_MIRROR", raising=False)
        self.write_npm("echo 'npm error code ENOTFOUND' >&2; exit 1")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    checkout = tmp_path / "checkout"
    for folder in (checkout / "js_bridge", checkout / "wheels", tmp_path / "bin"):
        folder.mkdir(parents=True)
    (checkout / "pyproject.toml").touch()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (checkout / "js_bridge" / name).write_text("{}")
    packages = {
        name: {
            "file_name": f"{name}-1.0-py3-none-any.whl",
            "sha256": sha256(CONTENTS[f"{name}-1.0-py3-none-any.whl"]),
            "depends": depends,
        }
        for name, depends in WHEELS.items()
    }
    (tmp_path / "lock.json").write_text(json.dumps({"packages": packages}))

    release, sources = release_wheel(), source_archive()
    server = FileServer({f"/cdn/{name}": content for name, content in CONTENTS.items()})
    for file_name, content in ((RELEASE, release), (SOURCES, sources)):
        server.files[f"/files/{file_name}"] = content
        project = file_name.partition("-")[0].replace("_", "-")
        server.files[f"/simple/{project}/"] = f'<a href="/files/{file_name}">{file_name}</a>'.encode()

    monkeypatch.setattr(places, "_PACKAGE", checkout / "pyinfer")
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PYINFER_MIRROR", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    with server:
        monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}simple")
        machine = Machine(tmp_path, server)
        machine.pins = {
            "pyodide": {
                "lock": {"npm": "pyodide-lock", "version": "1.0"},
                "packages": ["beta"],
                "cdn": f"{server.url}cdn/",
                "index_wheel": {
                    "distribution": "carrier",
                    "version": "1.0",
                    "file_name": RELEASE,
                    "sha256": sha256(release),
                    "folder": "carrier/pyodide/",
                },
            },
            "opencv_sources": {
                "distribution": "opencv-sources",
                "version": "5.0",
                "file_name": SOURCES,
                "sha256": sha256(sources),
            },
            "stand_ins": {"opencv-python": "5.0"},
        }
        machine.write_pins()
        machine.write_npm(
            "mkdir -p node_modules/pyodide-lock && cd node_modules/pyodide-lock\n"
            f"cp '{tmp_path}/lock.json' pyodide-lock.json; echo '{{\"version\": \"1.0\"}}' > package.json"
        )
        yield machine


ALPHA_AND_BETA = {name: CONTENTS[name] for name in list(CONTENTS)[:2]}


def test_first_source_in_reach_is_used(machine, capsys) -> None:
    assert main(["setup"]) == 0
    assert machine.wheels() == ALPHA_AND_BETA
    assert machine.unfinished() == []
    assert all(path.startswith("/cdn/") for path, _ in machine.server.requests)


def test_second_run_needs_no_network(machine, monkeypatch, capsys) -> None:
    assert main(["setup", "--develop"]) == 0
    machine.unplug(monkeypatch)
    asked = len(machine.server.requests)
    capsys.readouterr()
    assert main(["setup", "--develop"]) == 0
    assert len(machine.server.requests) == asked
    assert machine.npm_starts() == 1
    assert capsys.readouterr().err == f"pyinfer: everything is in {machine.cache}\n"


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_mirror_comes_first(machine, monkeypatch, capsys, kind) -> None:
    folder = machine.root / "mirror"
    folder.mkdir()
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
        machine.server.files[f"/mirror/{name}"] = content
    monkeypatch.setenv("PYINFER_MIRROR", str(folder) if kind == "folder" else f"{machine.server.url}mirror")
    assert main(["setup"]) == 0
    assert machine.wheels() == ALPHA_AND_BETA
    assert not any(path.startswith("/cdn/") for path, _ in machine.server.requests)


def test_broken_mirror_falls_through_and_is_named(machine, monkeypatch, capsys) -> None:
    with FileServer(status=500) as broken:
        monkeypatch.setenv("PYINFER_MIRROR", broken.url)
        assert main(["setup"]) == 0
    assert machine.wheels() == ALPHA_AND_BETA
    assert len(broken.requests) == 1, "a broken source is not asked for every file"
    assert "PYINFER_MIRROR cannot be used" in capsys.readouterr().err


def test_mirror_that_lacks_one_file_still_gives_the_others(machine, monkeypatch, capsys) -> None:
    machine.server.files["/mirror/beta-1.0-py3-none-any.whl"] = CONTENTS["beta-1.0-py3-none-any.whl"]
    monkeypatch.setenv("PYINFER_MIRROR", f"{machine.server.url}mirror/")
    assert main(["setup"]) == 0
    paths = [path for path, _ in machine.server.requests]
    assert "/mirror/beta-1.0-py3-none-any.whl" in paths
    assert "/cdn/beta-1.0-py3-none-any.whl" not in paths
    assert machine.wheels() == ALPHA_AND_BETA


def test_release_on_the_index_when_the_cdn_is_unreachable(machine, monkeypatch, capsys) -> None:
    machine.write_pins(cdn=CLOSED_PORT)
    assert main(["setup"]) == 0
    assert machine.wheels() == ALPHA_AND_BETA
    assert capsys.readouterr().err.count("the Pyodide CDN cannot be used") == 1

    machine.unplug(monkeypatch)
    paths = pyodide_wheels.fetch_wheels(["gamma"], Progress())
    assert [path.name for path in paths] == list(CONTENTS), "with its dependencies"
    assert machine.wheels() == CONTENTS, "the kept release gives further wheels without a network"


def test_interrupted_release_is_continued(machine, monkeypatch, capsys) -> None:
    machine.write_pins(cdn=CLOSED_PORT)
    machine.server.break_after = [10_000, 100, 0]  # the index page whole, then two broken transfers
    assert main(["setup"]) == 1
    assert main(["setup"]) == 0
    assert ("/files/" + RELEASE, "bytes=100-") in machine.server.requests
    assert machine.wheels() == ALPHA_AND_BETA


def test_wrong_bytes_are_discarded_whatever_the_source(machine, capsys) -> None:
    machine.server.files["/cdn/beta-1.0-py3-none-any.whl"] = b"tampered"
    assert main(["setup"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert sha256(CONTENTS["beta-1.0-py3-none-any.whl"]) in last and sha256(b"tampered") in last
    assert list(machine.wheels()) == ["alpha-1.0-py3-none-any.whl"]
    assert machine.unfinished() == []


def test_wrong_release_is_discarded(machine, capsys) -> None:
    machine.write_pins(cdn=CLOSED_PORT)
    machine.server.files[f"/files/{RELEASE}"] = b"tampered"
    assert main(["setup"]) == 1
    assert sha256(b"tampered") in capsys.readouterr().err.splitlines()[-1]
    assert list((machine.cache / "downloads").iterdir()) == []


def test_damaged_wheel_in_the_cache_is_fetched_again(machine, capsys) -> None:
    assert main(["setup"]) == 0
    (machine.cache / "wheels/alpha-1.0-py3-none-any.whl").write_bytes(b"damaged")
    assert main(["setup"]) == 0
    assert machine.wheels() == ALPHA_AND_BETA


def test_no_network_and_no_cache(machine, monkeypatch, capsys) -> None:
    machine.unplug(monkeypatch)
    assert main(["setup"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "pyinfer: npm ci failed: code ENOTFOUND"


def test_no_source_has_the_wheels(machine, monkeypatch, capsys) -> None:
    npm_that_works = machine.npm.read_text()
    machine.unplug(monkeypatch)
    machine.npm.write_text(npm_that_works)
    assert main(["setup"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("pyinfer: no source has alpha-1.0-py3-none-any.whl (")
    assert "the Pyodide CDN" in last and "the package index could not be reached" in last
    assert machine.wheels() == {} and machine.unfinished() == []


def test_npm_missing(machine, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PATH", str(machine.root))
    assert main(["setup"]) == 1
    assert capsys.readouterr().err == (
        "pyinfer: npm is missing: install Node.js with npm, or let `make setup` do it\n"
    )
    assert not (machine.cache / "npm").exists()


def test_failing_npm_leaves_nothing(machine, capsys) -> None:
    machine.write_npm("mkdir node_modules; echo 'npm error code E500' >&2; exit 1")
    assert main(["setup"]) == 1
    assert "npm ci failed: code E500" in capsys.readouterr().err
    assert list((machine.cache / "npm").iterdir()) == []
    with pytest.raises(SetupError, match="run `pyinfer setup` first"):
        places.node_modules()


def test_interrupted_npm_leaves_nothing(machine, monkeypatch, capsys) -> None:
    def interrupted(program: str, folder: Path) -> None:
        (folder / "node_modules").mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(npm, "_run_npm_ci", interrupted)
    assert main(["setup"]) == 130
    assert list((machine.cache / "npm").iterdir()) == []


def test_leftovers_of_a_killed_run_do_not_stand_in_the_way(machine, capsys) -> None:
    leftovers = places.npm_dir().with_suffix(".unfinished")
    (leftovers / "node_modules" / "half").mkdir(parents=True)
    assert main(["setup"]) == 0
    assert not leftovers.exists()
    assert not (places.node_modules() / "half").exists()


def test_changed_lock_file_means_other_packages(machine, capsys) -> None:
    assert main(["setup"]) == 0
    (machine.root / "checkout/js_bridge/package-lock.json").write_text('{"changed": true}')
    assert main(["setup"]) == 0
    assert machine.npm_starts() == 2


def test_lock_of_another_version_is_refused(machine, capsys) -> None:
    machine.write_pins(lock={"npm": "pyodide-lock", "version": "2.0"})
    assert main(["setup"]) == 1
    assert "npm's pyodide-lock is 1.0, but wheels/pins.json pins 2.0" in capsys.readouterr().err


def test_unknown_pyodide_package_is_named(machine, capsys) -> None:
    assert main(["setup"]) == 0
    with pytest.raises(BuildError, match="no package torch"):
        pyodide_wheels.fetch_wheels(["torch"], Progress())


def test_develop_brings_headers_without_the_implementation(machine, capsys) -> None:
    with pytest.raises(SetupError, match="pyinfer setup --develop"):
        opencv_sources()
    assert main(["setup", "--develop"]) == 0
    folder = opencv_sources() / "opencv"
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == [
        "modules/core/include/opencv2/core.hpp",
        "modules/imgproc/misc/python/test/test_imgproc.py",
        "modules/python/src2/hdr_parser.py",
        "samples/data/lena.jpg",
    ]
    assert list((machine.cache / "downloads").iterdir()) == []
    assert machine.unfinished() == []
