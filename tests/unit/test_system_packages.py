"""`make setup`'s look for Debian packages: says what it will do, asks nothing, and fails with one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "system_packages"
BROTLI = "libnginx-mod-http-brotli-static"
NEEDED = "nodejs npm firefox-esr webkit2gtk-driver xvfb wrk openssl"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the script on a machine that has nginx and no Node; its user is not root."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env", "sed", "tr"):
        (programs / name).symlink_to(str(shutil.which(name)))

    def stub(name: str, body: str) -> None:
        # Each says what it was called with, and what there was to read.
        (programs / name).write_text(f"#!/bin/bash\nread -r typed\n{body}\n")
        (programs / name).chmod(0o755)

    stub("id", "echo 1000")
    stub("python", "exit 0")
    stub("nginx", f"echo configure arguments: --modules-path={tmp_path} >&2")
    stub("dpkg-query", "exit 0")
    stub("sudo", '[ "$1" = -n ] || exit 9; shift; "$@"')
    stub("true", "exit 0")
    stub("apt-get", 'echo "apt-get $1 ${*:5}$typed"')

    def run(**stubs: str) -> subprocess.CompletedProcess[str]:
        for name, body in stubs.items():
            stub(name.replace("_", "-"), body)
        return subprocess.run(
            [str(SCRIPT), "python"],
            env={"PATH": os.fspath(programs), "PYINFER_CHROMIUM": "chromium"},
            input="typed\n" * 9,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_what_is_installed_is_said_first_and_nothing_is_read(run: Run) -> None:
    result = run()
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"make setup: installing with apt-get: {NEEDED} {BROTLI}",
        "apt-get update ",
        f"apt-get install {NEEDED} {BROTLI}",
    ]


def test_where_nothing_is_missing_nothing_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ngx_http_brotli_static_module.so").touch()
    programs = ("node", "npm", "firefox-esr", "WebKitWebDriver", "Xvfb", "wrk", "openssl")
    result = run(**dict.fromkeys(programs, "exit 0"), apt_get="exit 1")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("sudo", ["echo sudo: a password is required >&2; exit 1", None])
def test_without_root_one_line_says_what_root_must_install(
    run: Run, sudo: str | None, tmp_path: Path
) -> None:
    if sudo is None:
        (tmp_path / "programs" / "sudo").unlink()
    result = run(**({"sudo": sudo} if sudo else {}))
    assert result.returncode == 1
    assert result.stdout == f"make setup: installing with apt-get: {NEEDED} {BROTLI}\n"
    assert result.stderr == f"make setup: root must install: apt-get install {NEEDED}\n"


def test_brotli_is_for_debians_nginx_only(run: Run) -> None:
    result = run(dpkg_query="exit 1")
    assert result.returncode == 0
    assert BROTLI not in result.stdout


def test_brotli_may_be_refused(run: Run) -> None:
    result = run(apt_get=f'[[ "$*" != *{BROTLI}* ]] || exit 100; echo "apt-get $1 ${{*:5}}"')
    assert (result.returncode, result.stderr) == (0, f"make setup: going on without {BROTLI}\n")
    assert result.stdout.splitlines()[-1] == f"apt-get install {NEEDED}"


def test_packages_may_not_be_refused(run: Run) -> None:
    result = run(apt_get="exit 100")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == f"make setup: root must install: apt-get install {NEEDED}"
