"""After one visit an app starts and infers without its server, and never as a mixture of two deployments."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import onnx
import pytest
from onnx import helper
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from pyinfer.host.build import build_app
from pyinfer.host.serve import serving
from tests.browser.conftest import HANDLES, Engines
from tests.browser.engines import Engine
from tests.browser.handles import handles_at_rest

pytestmark = pytest.mark.timeout(400)

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "versioned"
version = "{version}"

[tool.hatch.build.targets.wheel]
only-include = ["versioned.py"]

[tool.pyinfer]
entry = "versioned"
[[tool.pyinfer.models]]
name = "factor"
path = "factor.onnx"
"""

PAGE = """<!doctype html>
<meta charset="utf-8"><link rel="icon" href="data:,"><title>version {version}</title>
<script type="module" src="main.js"></script>
"""

MAIN = """import {{ loadPyinfer }} from "./pyinfer.js";

globalThis.script = {version};
globalThis.start = async (options) => {{
  globalThis.runtime = await loadPyinfer(options);
  return runtime.offline;
}};
"""

#: Which version each part of the page says it is of: the page, its script, the app's module (which a Python
#: imports that may come from a snapshot), the model that the manifest names.
VERSIONS = """async () => {
  const product = await runtime.runPythonAsync(`
import cv2, numpy, onnxruntime
from pyinfer.browser.store import app_models
models = app_models()
path = await models.fetch("factor")
session = onnxruntime.InferenceSession(path)
await models.unmount(path)
ones = cv2.add(numpy.ones((2, 2), numpy.float32), numpy.zeros((2, 2), numpy.float32))
value = float(session.run(None, {"x": ones})[0].mean())
del session
value
`);
  const module = await runtime.runPythonAsync("import versioned; versioned.VERSION");
  return [Number(document.title.split(" ")[1]), script, module, product];
}"""

START = "(options) => start(options)"
HANDLES_NOW = f"() => runtime.runPythonAsync({json.dumps(HANDLES)})"


def handles(engine: Engine) -> dict[str, int]:
    return handles_at_rest(lambda: engine.evaluate(HANDLES_NOW))


def model(factor: int) -> bytes:
    """A network that multiplies by its version."""
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Mul", ["x", "factor"], ["y"])],
        "factor",
        [helper.make_tensor_value_info("x", kind, [2, 2])],
        [helper.make_tensor_value_info("y", kind, [2, 2])],
        [helper.make_tensor("factor", kind, [1], [float(factor)])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = made.SerializeToString()
    return content


def build(folder: Path, version: int) -> Path:
    """An app of which every part bears its version."""
    source = folder / f"source-{version}"
    source.mkdir()
    (source / "pyproject.toml").write_text(PROJECT.format(version=version))
    (source / "versioned.py").write_text(f"import cv2, onnxruntime\n\nVERSION = {version}\n")
    (source / "factor.onnx").write_bytes(model(version))
    (source / "index.html").write_text(PAGE.format(version=version))
    (source / "about.html").write_text(f"<!doctype html><title>about version {version}</title>")
    (source / "main.js").write_text(MAIN.format(version=version))
    return build_app(source, folder / f"dist-{version}", compress=False)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("apps")
    return {version: build(folder, version) for version in (1, 2)}


class Site:
    """An address at which a server runs or does not."""

    def __init__(self) -> None:
        self._port = 0
        self._server = ExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def deploy(self, folder: Path) -> None:
        """Serve this folder, and nothing of what was there before."""
        self._server.close()
        url = self._server.enter_context(serving(folder, port=self._port))
        self._port = int(url.rpartition(":")[2])

    def stop(self) -> None:
        """Nobody answers any more."""
        self._server.close()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self._port)) != 0


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.mark.parametrize("name", ["Chromium", "Firefox", "WebKitGTK"])
def test_the_app_starts_and_infers_without_its_server(
    name: str, engines: Engines, site: Site, builds: dict[int, Path]
) -> None:
    engine = engines.get(name)
    site.deploy(builds[1])
    engine.open(site.url)
    assert engine.evaluate(START, {}) is True
    assert engine.evaluate(VERSIONS) == [1, 1, 1, 1.0]
    site.stop()
    for address in (site.url, f"{site.url}index.html?again#here"):
        engine.open(address)
        assert engine.evaluate(START, {}) is True
        before = handles(engine)
        assert engine.evaluate(VERSIONS) == [1, 1, 1, 1.0]
        assert handles(engine) == before
        assert engine.evaluate("() => crossOriginIsolated") is True
    assert engine.complaints() == []


@pytest.mark.parametrize("name", ["Chromium", "Firefox"])
def test_a_deployment_is_there_at_the_next_visit_and_without_its_server(
    name: str, engines: Engines, site: Site, builds: dict[int, Path]
) -> None:
    engine = engines.get(name)
    site.deploy(builds[1])
    engine.open(site.url)
    assert engine.evaluate(START, {}) is True
    site.deploy(builds[2])
    engine.open(site.url)
    assert engine.evaluate(START, {}) is True
    assert engine.evaluate(VERSIONS) == [2, 2, 2, 2.0]
    site.stop()
    engine.open(site.url)
    assert engine.evaluate(START, {}) is True
    assert engine.evaluate(VERSIONS) == [2, 2, 2, 2.0]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def visit(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(site.url)
    return page


def test_a_page_of_the_old_deployment_stays_one_beside_a_page_of_the_new(
    context: BrowserContext, site: Site, builds: dict[int, Path]
) -> None:
    site.deploy(builds[1])
    page = visit(context, site)
    assert page.evaluate(START, {}) is True
    assert page.evaluate(VERSIONS) == [1, 1, 1, 1.0]
    old = visit(context, site)  # served by the service worker, and not started yet
    page.close()
    site.deploy(builds[2])
    new = visit(context, site)
    assert new.evaluate(START, {}) is True
    assert new.evaluate(VERSIONS) == [2, 2, 2, 2.0]
    # The new one's files are stored, the old one's are gone from the server; each keeps to its own.
    assert old.evaluate(START, {}) is True
    assert old.evaluate(VERSIONS) == [1, 1, 1, 1.0]
    site.stop()
    new.reload()
    assert new.evaluate(START, {}) is True
    assert new.evaluate(VERSIONS) == [1, 1, 1, 1.0]  # while the old one is open, it is the one that is kept
    old.close()
    new.close()
    new = visit(context, site)
    assert new.evaluate(START, {}) is True
    assert new.evaluate(VERSIONS) == [2, 2, 2, 2.0]


def test_half_a_deployment_leaves_the_old_one_whole(
    context: BrowserContext, site: Site, builds: dict[int, Path], tmp_path: Path
) -> None:
    half = shutil.copytree(builds[2], tmp_path / "half")
    (half / "about.html").write_text("<!doctype html><title>half of it</title>")
    site.deploy(builds[1])
    page = visit(context, site)
    assert page.evaluate(START, {}) is True
    site.deploy(half)
    page.reload()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    assert page.evaluate(START, {}) is False
    assert "not all files of this build could be fetched and stored" in said[-1]
    assert page.evaluate(VERSIONS) == [2, 2, 2, 2.0]
    site.stop()
    page.reload()
    assert page.evaluate(START, {}) is True
    assert page.evaluate("() => [document.title, script]") == ["version 1", 1]


def test_what_an_earlier_visit_kept_can_be_taken_away(
    context: BrowserContext, site: Site, builds: dict[int, Path]
) -> None:
    site.deploy(builds[1])
    page = visit(context, site)
    assert page.evaluate(START, {}) is True
    assert page.evaluate("async () => (await caches.keys()).length") > 0
    page.reload()
    assert page.evaluate(START, {"offline": False}) is False
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    site.stop()
    page.close()
    with pytest.raises(PlaywrightError, match="ERR_CONNECTION_REFUSED"):
        visit(context, site)


def test_a_service_worker_of_the_pages_own_is_left_alone(
    context: BrowserContext, site: Site, builds: dict[int, Path], tmp_path: Path
) -> None:
    other = shutil.copytree(builds[1], tmp_path / "other")
    (other / "own.js").write_text("addEventListener('fetch', () => {});")
    site.deploy(other)
    page = visit(context, site)
    page.evaluate("() => navigator.serviceWorker.register('own.js')")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    assert page.evaluate(START, {}) is False
    assert "has its own service worker" in said[-1]
    scripts = "async () => (await navigator.serviceWorker.getRegistrations()).map((r) => r.active?.scriptURL)"
    page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    assert page.evaluate(scripts) == [f"{site.url}own.js"]


def test_what_takes_the_place_of_an_app_is_not_hidden_by_it(
    context: BrowserContext, site: Site, builds: dict[int, Path], tmp_path: Path
) -> None:
    site.deploy(builds[1])
    page = visit(context, site)
    assert page.evaluate(START, {}) is True
    (tmp_path / "index.html").write_text("<title>something else</title>")
    site.deploy(tmp_path)
    page.reload()
    assert page.title() == "something else"
    page.close()
    page = visit(context, site)
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_what_a_session_asked_for_is_kept_too(
    context: BrowserContext, site: Site, builds: dict[int, Path]
) -> None:
    site.deploy(builds[1])
    page = visit(context, site)
    assert page.evaluate(START, {}) is True
    page.reload()  # now the service worker sees what is asked for
    urls = "async () => Object.values((await (await fetch('pyinfer.json')).json()).onnxruntime.accelerated)"
    script = page.evaluate(urls)[0]
    size = page.evaluate("async (url) => (await (await fetch(url)).arrayBuffer()).byteLength", script)
    site.stop()
    page.reload()
    assert page.evaluate("async (url) => (await (await fetch(url)).arrayBuffer()).byteLength", script) == size
