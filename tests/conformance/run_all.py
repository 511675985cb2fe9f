"""Runs every case in three ways: natively, in a browser through the shim, and in JavaScript."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from pyinfer.host.build import runtime_bundle
from pyinfer.host.places import node_modules
from pyinfer.host.serve import serving
from pyinfer.host.static_files import files_below
from tests.browser.conftest import blank_page
from tests.browser.run_command import PYINFER, PYTHON, environment

from .cases import write_cases

__all__ = ["Outcome", "run_all"]

HERE = Path(__file__).parent
SCRIPT = HERE / "run_cases.py"


class Outcome(NamedTuple):
    """What became of a case: nothing where it passed, else what went wrong."""

    native: str
    browser: str
    javascript: str


def run_all(folder: Path, browser: Browser) -> dict[str, Outcome]:
    """What becomes of each case, by its name; the folder is for the files that this takes."""
    write_cases(folder)
    native = _by_script(PYTHON, folder, "native.json")
    in_browser = _by_script(
        [*PYINFER, "--mount", str(folder), "--out", "browser.json"], folder, "browser.json"
    )
    javascript = _by_javascript(folder, browser)
    return {name: Outcome(native[name], in_browser[name], javascript[name]) for name in sorted(native)}


def _by_script(command: list[str], folder: Path, report: str) -> dict[str, str]:
    # Four cases ask for an English locale, which a machine may have or not: here none has.
    variables = environment({"LOCPATH": str(folder)})
    subprocess.run([*command, str(SCRIPT), str(folder), report], cwd=folder, env=variables, check=True)
    outcomes: dict[str, str] = json.loads((folder / report).read_text())
    return outcomes


def _by_javascript(folder: Path, browser: Browser) -> dict[str, str]:
    extra = {
        "/blank": blank_page,
        "/conformance": files_below(HERE),
        "/cases": files_below(folder),
        "/node_modules": files_below(node_modules()),
    }
    with serving(runtime_bundle(), extra=extra) as url:
        page = browser.new_page()
        page.goto(f"{url}/blank")
        call = "runCases('/node_modules/onnxruntime-web', '/cases')"
        outcomes: dict[str, str] = page.evaluate(
            f"import('/conformance/javascript.js').then((module) => module.{call})"
        )
        page.close()
    return outcomes
