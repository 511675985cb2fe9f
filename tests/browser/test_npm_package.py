"""The npm package in a project of its user: types, server-side rendering, a page that Vite builds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pyinfer.host.headers import ANY_ORIGIN, ResponseHeaders
from pyinfer.host.places import node_modules
from pyinfer.host.serve import make_application, serving
from tests.browser.conftest import HANDLES
from tests.browser.handles import handles_at_rest
from tests.browser.visitor import START
from tests.npm_package import install_package, pack

EXAMPLES = Path(__file__).resolve().parents[2] / "site" / "examples"

RUN = "async (code) => document.querySelector('pyinfer-app').runtime.runPythonAsync(code)"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Vite example with the packed package installed, and Vite from where set-up has put it."""
    folder = tmp_path_factory.mktemp("npm")
    project = folder / "vite"
    shutil.copytree(EXAMPLES / "vite", project)
    description = json.loads((project / "package.json").read_text("utf-8"))
    del description["devDependencies"], description["dependencies"]  # which npm would ask the registry for
    (project / "package.json").write_text(json.dumps(description))
    install_package(pack(folder), project)
    (project / "node_modules" / "vite").symlink_to(node_modules() / "vite")
    return project


def node(project: Path, *arguments: str, **environment: str) -> str:
    """Run Node in the project; what it printed."""
    done = subprocess.run(
        ["node", *arguments],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_package_is_whole_and_imports_where_there_is_no_page(project: Path) -> None:
    package = project / "node_modules" / "pyinfer"
    assert {path.name for path in package.iterdir()} == {"package.json", "README.md", "dist"}
    assert {path.name for path in (package / "dist").iterdir()} == {"LICENSE", "pyinfer.js", "types"}
    assert "dependencies" not in json.loads((package / "package.json").read_text("utf-8"))
    script = """
        const { loadPyinfer } = await import("pyinfer");
        await loadPyinfer().catch((error) => console.log(error.message));"""
    answer = node(project, "--input-type=module", "--eval", script)
    assert answer.startswith("pyinfer needs the address of the folder that `pyinfer build` wrote")


def test_types_hold_in_a_strict_project(project: Path) -> None:
    compiler = str(node_modules() / "typescript" / "bin" / "tsc")
    node(project, compiler, "--project", ".")
    wrong = project / "src" / "wrong.ts"
    wrong.write_text('document.querySelector("pyinfer-app")!.runtime = 3;\n')
    try:
        with pytest.raises(AssertionError, match=r"wrong\.ts\(1,.*'number' is not assignable"):
            node(project, compiler, "--project", ".")
    finally:
        wrong.unlink()


@pytest.fixture(scope="module")
def bundle_url(shapes: Path) -> Iterator[str]:
    """The bundle on an origin of its own."""
    with serving(shapes, ResponseHeaders(allowed_origins=(ANY_ORIGIN,))) as url:
        yield url


@pytest.mark.parametrize("place", ["below the page", "on another origin"])
def test_a_page_that_vite_builds_runs(
    page: Page, project: Path, shapes: Path, bundle_url: str, place: str, shapes_picture: bytes
) -> None:
    """The page lies at a base path."""
    vite = str(node_modules() / "vite" / "bin" / "vite.js")
    bundle = {"VITE_BUNDLE": bundle_url} if place == "on another origin" else {}
    node(project, vite, "build", "--base", "/shop/", "--logLevel", "warn", **bundle)
    errors: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    mounts = {"/shop/pyinfer": make_application(shapes), "/shop": make_application(project / "dist")}
    with serving(project / "dist", extra=mounts) as url:
        page.goto(f"{url}/shop/index.html")
        expect(page.locator("#answer")).to_have_text("3 shapes", timeout=START)
        before = handles_at_rest(lambda: page.evaluate(RUN, HANDLES))
        page.locator("pyinfer-app input").set_input_files(
            {"name": "circles.png", "mimeType": "image/png", "buffer": shapes_picture}
        )
        expect(page.locator("#answer")).to_have_text("4 shapes in circles.png", timeout=START)
        assert page.evaluate("crossOriginIsolated")
        assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
        assert handles_at_rest(lambda: page.evaluate(RUN, HANDLES)) == before
        page.evaluate("document.querySelector('pyinfer-app').runtime.close()")
    assert errors == []
