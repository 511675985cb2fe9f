"""Our own opencv.js from end to end: nginx with a policy that lets no worker make code, Chromium, npm.

Only where `pyinfer opencv build` has made one: it takes long, so continuous integration does not.
"""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from pyinfer.host.cli import main
from pyinfer.host.javascript import node
from pyinfer.host.opencv.choice import choosing
from pyinfer.host.opencv.engine import Engine, build_folder, built_engine
from pyinfer.host.opencv.pack import pack_engine
from pyinfer.host.serve import serving
from tests.npm_package import install_package
from tests.server.app import build
from tests.server.chromium import trusting, visit
from tests.server.servers import Edit, ask, make_certificate, nginx, nginx_site
from tests.server.test_deployed_app import read

pytestmark = pytest.mark.skipif(
    built_engine() is None, reason="`pyinfer opencv build` has made no engine here"
)

DATA = Path(__file__).parents[1] / "data"

#: In the worker: what OpenCV gives, how it fails, and what becomes of code made of text.
CODE = """
import cv2, js, numpy
point = numpy.zeros((5, 5), numpy.uint8)
point[2, 2] = 255
try:
    cv2.resize(point, (0, 0))
    failure = None
except cv2.error as error:
    failure = [error.code, error.err, error.func, error.line > 0]
def refusal(make):
    try:
        make()
    except Exception as error:
        return str(error)
{
    "blurred": cv2.GaussianBlur(point, (3, 3), 0)[2].tolist(),
    "failure": failure,
    "refused": [refusal(lambda: js.eval("7")), refusal(lambda: js.Function.new("return 7"))],
}
"""
#: A network by OpenCV itself; the source does not name what it calls.
NETWORK = """
import base64, cv2, json, numpy
from pyinfer.browser.bridge import get_bridge
engine = get_bridge().opencv
there = "dnn", "FaceDetectorYN", "barcode"
known = [hasattr(cv2, name) for name in there] + [engine.isLater("dnn_Net#forward")]
read = getattr(cv2.dnn, "read" + "NetFromONNX")
before = engine.liveCount()
network = read(numpy.frombuffer(base64.b64decode("@MODEL@"), numpy.uint8))
later = engine.isLater("dnn_Net#forward")
network.setInput(cv2.dnn.blobFromImage(numpy.arange(64 * 64, dtype=numpy.float32).reshape(64, 64)))
output = network.forward()
del network
[known, later, list(output.shape), float(output.sum()), engine.liveCount() - before]
"""
#: Detectors that keep a picture before they refuse it; then memory of many sizes is asked for and given back.
REFUSED = """
import cv2, numpy as np
right = 0
for begin in range(60):
    detectors = []
    for place in range(20):
        detector = cv2.createLineSegmentDetector()
        try:
            detector.detect(np.full((40 + 7 * place + begin, 100, 3), place, np.uint8))
        except cv2.error:
            detectors.append(detector)
    assert len(detectors) == 20
    detectors.clear()
    for side in range(20, 300, 9):
        sevens = np.full((side, side + 3), 7, np.uint8)
        blurred = cv2.GaussianBlur(sevens, (5, 5), 0)
        right += bool((blurred == 7).all())
right
"""
RUN = """async (code) => {
  const { loadPyinfer } = await import("./pyinfer.js");
  const runtime = await loadPyinfer();
  const found = await runtime.runPythonAsync(code);
  await runtime.close();
  return found;
}"""

FAILURE = """async (code) => {
  const { loadPyinfer } = await import("./pyinfer.js");
  const runtime = await loadPyinfer();
  return runtime.runPythonAsync(code).then(() => "nothing", (error) => error.message);
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with choosing("full"):
        return build(tmp_path_factory.mktemp("own"))


@pytest.fixture
def engine() -> Engine:
    engine = built_engine()
    assert engine is not None
    return engine


def opencv_of(app: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((app / "pyinfer.json").read_text())["opencv"]
    return found


def network_code() -> str:
    return NETWORK.replace("@MODEL@", base64.b64encode((DATA / "network_64.onnx").read_bytes()).decode())


def native_sum() -> float:
    network = cv2.dnn.readNetFromONNX(str(DATA / "network_64.onnx"))
    network.setInput(cv2.dnn.blobFromImage(np.arange(64 * 64, dtype=np.float32).reshape(64, 64)))
    return float(network.forward().sum())


def run(page: Page) -> Any:
    found = page.evaluate(RUN, CODE)
    for words in found.pop("refused"):
        assert words is not None and "unsafe-eval" in words, "the worker could make code of text"
    return found


def fetched_of(paths: set[str], asked: list[str]) -> set[str]:
    return {path for path in paths if any(address.endswith(path) for address in asked)}


@pytest.mark.timeout(400)
def test_cv2_works_where_no_worker_may_make_code(app: Path, tmp_path: Path) -> None:
    """And again without the server; one variant is downloaded, and its networks when they are used."""
    make_certificate(tmp_path)
    variants = opencv_of(app)["variants"].values()
    wasm, networks = ({f"/{files[part]}" for files in variants} for part in ("wasm", "networksWasm"))
    asked: list[str] = []
    with visit(trusting(tmp_path / "certificate.pem")) as (page, complaints):
        page.context.on("request", lambda request: asked.append(request.url))
        with nginx_site(app, tmp_path) as (_, url):
            page.goto(f"{url}/")
            output = read(page)
            online = run(page)
            before = fetched_of(networks, asked)
            networked = page.evaluate(RUN, network_code())
        page.reload()
        assert read(page) == output
        offline = run(page)
        networked_offline = page.evaluate(RUN, network_code())
    assert online == offline
    assert networked == networked_offline
    assert networked[:3] == [[True, True, True, True], False, [1, 1, 64, 64]]
    assert networked[3:] == [pytest.approx(native_sum()), 0]
    assert (len(before), len(fetched_of(networks, asked))) == (0, 1)
    assert online == {
        "blurred": [0, 32, 64, 32, 0],
        "failure": [-215, "inv_scale_x > 0", "resize", True],
    }
    assert output[1] == ""
    assert all("unsafe-eval" in complaint for complaint in complaints)
    assert len(fetched_of(wasm, asked)) == 1


def test_a_picture_that_an_object_kept_and_refused_is_given_back_once(app: Path) -> None:
    """Twice, and memory that was another's by then was counted down: calls trapped, threads waited."""
    with visit() as (page, _), serving(app) as url:
        page.goto(f"{url}/")
        assert page.evaluate(RUN, REFUSED) == 60 * len(range(20, 300, 9))


def test_a_thread_whose_script_is_gone_is_an_error(app: Path, engine: Engine, tmp_path: Path) -> None:
    """OpenCV waits for its threads: for this one it would wait for ever."""
    if "threads" not in engine.variants:
        pytest.skip("the engine here has no variant with threads")
    broken = tmp_path / "app"
    shutil.copytree(app, broken)
    script = opencv_of(app)["variants"]["threads"]["worker"]
    (broken / script).unlink()
    with visit() as (page, _), serving(broken) as url:
        page.goto(f"{url}/")
        said = page.evaluate(FAILURE, CODE)
    assert f"{url}/{script} can't be run as a thread of OpenCV" in said


def test_the_policy_that_nginx_sends_follows_the_build(app: Path, built_app: Path, tmp_path: Path) -> None:
    words = {}
    for name, folder in (("full", app), ("npm", built_app)):
        place = tmp_path / name
        place.mkdir()
        make_certificate(place)
        worker = json.loads((folder / "pyinfer.json").read_text())["worker"]
        with nginx_site(folder, place) as (_, url):
            context = ssl.create_default_context(cafile=str(place / "certificate.pem"))
            words[name] = ask(url, f"/{worker}", context=context).headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in words["full"]
    assert "'unsafe-eval'" not in words["full"]
    assert "'wasm-unsafe-eval' 'unsafe-eval'" in words["npm"]


def test_doctor_knows_which_worker_needs_no_eval(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strict = (
        r"(/pyinfer/strict|\.wasm)-worker\.[0-9a-f]{16}\.js$"
        + "\" \"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
    )
    loose = Edit("pyinfer-http.conf", strict, f"{strict} 'unsafe-eval'")
    said = []
    for edits in ([], [loose]):
        place = tmp_path / str(len(edits))
        place.mkdir()
        with nginx(app, place, *edits) as url:
            assert main(["doctor", "--no-browser", f"{url}/"]) == 0
        said.append(" ".join(capsys.readouterr().out.split()))
    built = ", ".join(sorted(opencv_of(app)["variants"]))
    assert f"5.0.0, our own build ({built})" in said[0]
    assert "which no engine of this build needs" not in said[0]
    assert "'unsafe-eval', which no engine of this build needs" in said[1]
    assert "others: send with the worker's script" in said[1]


PROGRAM = """
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import create from "@pyinfer/opencv-js";
const wasm = import.meta.resolve("@pyinfer/opencv-js/simd/opencv.wasm");
const cv = await create({ wasmBinary: readFileSync(fileURLToPath(wasm)) });
const point = cv.Mat.zeros(5, 5, cv.CV_8UC1);
point.ucharPtr(2, 2)[0] = 255;
cv.GaussianBlur(point, point, { width: 3, height: 3 }, 0);
let failed;
try {
  cv.resize(point, point, { width: 0, height: 0 });
} catch (error) {
  failed = error.code;
}
console.log(JSON.stringify([[...point.data.subarray(10, 15)], failed]));
"""


def test_the_package_works_where_npm_has_put_it(engine: Engine, tmp_path: Path) -> None:
    tarball = pack_engine(engine, build_folder() / "sources", tmp_path)
    assert tarball.name == f"pyinfer-opencv-js-{engine.version}.tgz"
    project = tmp_path / "project"
    project.mkdir()
    package = install_package(tarball, project, "@pyinfer/opencv-js")
    assert {path.name for path in package.iterdir()} == {
        *engine.variants,
        *("LICENSE", "LICENSE-3RD-PARTY.txt", "README.md", "index.d.ts", "package.json"),
    }
    licences = (package / "LICENSE-3RD-PARTY.txt").read_text("utf-8")
    for name in ("libjpeg-turbo", "Protocol Buffers", "zlib", "musl", "libcxx", "University of Illinois"):
        assert name in licences
    assert "@VERSION@" not in (package / "README.md").read_text("utf-8")
    (project / "program.mjs").write_text(PROGRAM)
    done = subprocess.run(
        [node(), "program.mjs"], cwd=project, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[0, 32, 64, 32, 0], -215]
