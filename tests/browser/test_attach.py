"""`pyinfer.start`: engines for a Pyodide that a page, its worker or PyScript has, at another origin."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import BrowserContext

from pyinfer.host.build import runtime_bundle
from pyinfer.host.headers import ANY_ORIGIN, ResponseHeaders
from pyinfer.host.serve import serving
from pyinfer.host.static_files import files_below
from tests.browser.conftest import blank_page
from tests.browser.foreign_site import write_foreign_site, write_pyscript_page
from tests.browser.page_scripts import HANDLES

DATA = Path(__file__).parents[1] / "data"

pytestmark = pytest.mark.timeout(400)

#: What is compared with the native libraries.
ASK = """
import cv2, onnxruntime
import numpy as np

def ask(path):
    image = (np.arange(48 * 64 * 3) % 251).astype(np.uint8).reshape(48, 64, 3)
    session = onnxruntime.InferenceSession(path)
    network = (np.arange(4096) % 251).astype(np.float32).reshape(1, 1, 64, 64)
    return {
        "small": cv2.resize(image, (8, 6), interpolation=cv2.INTER_AREA).ravel().tolist(),
        "jpeg": cv2.imencode(".jpg", image)[1].ravel().tolist(),
        "network": session.run(None, {session.get_inputs()[0].name: network})[0].ravel().tolist(),
    }
"""

INSTALL = """
import micropip
await micropip.install(f"{base}WHEEL")
"""

START = """
import pyinfer
import cv2, numpy as np
try:
    cv2.flip(np.zeros((1, 1), np.uint8), 0)
except ImportError as error:
    early = str(error)
models = await pyinfer.start(base, num_threads=2)
"""

EARLY = (
    "cv2 and onnxruntime have no engines here yet: `await pyinfer.start(address)` brings them; "
    "address is that of a folder written by `pyinfer build`"
)

FIND_OUT = """
path = await models.fetch(f"{base}served/network_64.onnx")
before = handles()
answers = ask(path)
try:
    await pyinfer.start(base + "other/")
except pyinfer.errors.StartError as error:
    refused = str(error)
import json
from importlib.metadata import version
from pyinfer.browser.bridge import get_bridge
result = json.dumps({
    "answers": answers,
    "same": await pyinfer.start(base) is models,
    "early": early,
    "refused": refused,
    "held": {kind: count - before[kind] for kind, count in handles().items() if count != before[kind]},
    "versions": [version(name) for name in ("onnxruntime", "opencv-python-headless")],
    "threads": get_bridge().onnxruntime.threadCount(),
})
"""


def experiment(base: str, wheel: str = "") -> str:
    """Source that leaves in ``result`` what it found, as JSON; ``wheel`` is installed first."""
    head, _, last = HANDLES.strip().rpartition("\n")
    handles = textwrap.indent(f"{head}\nreturn {last}", "    ")
    install = INSTALL.replace("WHEEL", wheel) if wheel else ""
    return f"base = {base!r}\n{install}{START}{ASK}\ndef handles():\n{handles}\n{FIND_OUT}"


class Foreign(NamedTuple):
    """The foreign site, the bundle's address with a slash, and the name of the wheel there."""

    folder: Path
    bundle: str
    wheel: str


def forbidding(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A bundle whose server lets only a page of its own read it."""
    start_response("200 OK", [("Access-Control-Allow-Origin", "https://own.example")])
    return [b"{}"]


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    folder = tmp_path_factory.mktemp("foreign")
    write_foreign_site(folder)
    bundle = runtime_bundle()
    wheel = json.loads((bundle / "pyinfer.json").read_text())["wheel"]
    extra = {"/served": files_below(DATA), "/forbidding": forbidding, "/blank": blank_page}
    with serving(bundle, ResponseHeaders(allowed_origins=(ANY_ORIGIN,)), extra=extra) as url:
        yield Foreign(folder, f"{url}/", wheel)


@pytest.fixture(scope="module")
def native() -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(ASK, namespace)
    answers: dict[str, Any] = namespace["ask"](str(DATA / "network_64.onnx"))
    return answers


def assert_found(text: str, native: dict[str, Any], foreign: Foreign, threads: int) -> None:
    found = json.loads(text)
    answers = found.pop("answers")
    assert answers["small"] == native["small"]
    assert answers["jpeg"] == native["jpeg"]
    np.testing.assert_allclose(
        answers["network"], native["network"], rtol=0, atol=1e-5 * np.abs(native["network"]).max()
    )
    assert found == {
        "same": True,
        "early": EARLY,
        "refused": f"the engines of {foreign.bundle} run here already: one Python has one set of them",
        "held": {},
        "versions": ["1.30.0", "5.0.0.93"],
        "threads": threads,
    }


@pytest.mark.parametrize("isolated", [True, False], ids=["isolated", "bare"])
@pytest.mark.parametrize("thread", ["main", "worker"])
def test_a_pyodide_of_the_pages_own(
    thread: str, isolated: bool, context: BrowserContext, foreign: Foreign, native: dict[str, Any]
) -> None:
    start = {
        "main": """async ([code, packages]) => {
          const { loadPyodide } = await import("/pyodide/pyodide.mjs");
          const pyodide = await loadPyodide();
          await pyodide.loadPackage(packages);
          return pyodide.runPythonAsync(code);
        }""",
        "worker": """async ([code, packages]) => {
          const worker = new Worker("/worker.js", { type: "module" });
          return new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.postMessage({ code, packages });
          });
        }""",
    }
    with serving(foreign.folder, ResponseHeaders(isolated=isolated)) as url:
        page = context.new_page()
        page.goto(f"{url}/")
        code = f"{experiment(foreign.bundle, foreign.wheel)}\nresult"
        found = page.evaluate(start[thread], [code, ["micropip"]])
    assert_found(found, native, foreign, threads=2 if isolated else 1)


@pytest.mark.parametrize("attributes", ["", "worker"], ids=["main", "worker"])
def test_pyscript(
    attributes: str, context: BrowserContext, foreign: Foreign, native: dict[str, Any], tmp_path: Path
) -> None:
    with serving(foreign.folder, extra={"/pages": files_below(tmp_path)}) as url:
        tell = "import js\njs.BroadcastChannel.new('results').postMessage(result)\n"
        code = f"{experiment(foreign.bundle)}\n{tell}"
        write_pyscript_page(tmp_path, url, attributes, f"{foreign.bundle}{foreign.wheel}", code)
        page = context.new_page()
        page.goto(f"{url}/pages/index.html")
        page.wait_for_function("globalThis.result || document.querySelector('.py-error')", timeout=120_000)
        found = page.evaluate("globalThis.result || document.querySelector('.py-error').textContent")
    assert_found(found, native, foreign, threads=2)


#: A page that has no NumPy and no micropip: the wheel unpacked, and attempts to start.
ATTEMPTS = """async ([index, wheel, addresses]) => {
  const { loadPyodide } = await import(`/${index}/pyodide.mjs`);
  const pyodide = await loadPyodide();
  pyodide.unpackArchive(await (await fetch(wheel)).arrayBuffer(), "wheel");
  const lastLine = (error) => error.message.trim().split("\\n").at(-1);
  const attempt = (address) => pyodide.runPythonAsync(`
import pyinfer
await pyinfer.start(${JSON.stringify(address)})
import cv2, numpy as np
cv2.resize(np.full((4, 4), 7, np.uint8), (1, 1)).item()
`).catch(lastLine);
  const outcomes = [];
  for (const address of addresses) {
    outcomes.push(await attempt(address));
  }
  return outcomes;
}"""


def test_what_is_wrong_is_said_and_can_be_mended(context: BrowserContext, foreign: Foreign) -> None:
    bundle = foreign.bundle
    with serving(foreign.folder) as url:
        page = context.new_page()
        page.goto(f"{url}/")
        places = ["http://[", f"{bundle}nothing", f"{bundle}blank/", f"{bundle}forbidding", bundle]
        *wrong, right = page.evaluate(ATTEMPTS, ["pyodide", f"{bundle}{foreign.wheel}", places])
    said = [
        "'http://[' is no address of a bundle: write it out, with https://",
        f"there is no bundle of pyinfer: {bundle}nothing/pyinfer.json: the server answered 404 Not Found",
        f"{bundle}blank/pyinfer.json is not what pyinfer build writes: is this a bundle's address?",
        f"{bundle}forbidding/pyinfer.json: no answer from the server, or none that pages of {url} may read "
        f"(Failed to fetch). It must send Access-Control-Allow-Origin: {url}, which its list of allowed "
        "origins decides (nginx/pyinfer-origins.conf; pyinfer serve --allow-origin)",
    ]
    assert wrong == [f"pyinfer.errors.StartError: {words}" for words in said]
    assert right == 7


def test_another_pyodide_than_the_bundles_is_refused(context: BrowserContext, foreign: Foreign) -> None:
    with serving(foreign.folder) as url:
        page = context.new_page()
        page.goto(f"{url}/")
        (said,) = page.evaluate(ATTEMPTS, ["older", f"{foreign.bundle}{foreign.wheel}", [foreign.bundle]])
    assert said == (
        "pyinfer.errors.StartError: this is Pyodide 0.29.3 (ABI 2025_0), and the bundle at "
        f"{foreign.bundle} is for Pyodide 314.0.7 (ABI 2026_0): load a Pyodide of that ABI"
    )
