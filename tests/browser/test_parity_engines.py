"""The parity files in Firefox and WebKitGTK, where `pyinfer run` does not go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pyinfer.host.build import runtime_bundle
from pyinfer.host.run_exchange import Exchange, HostStreams
from pyinfer.host.run_files import HostFiles, OutputFiles
from pyinfer.host.run_packages import Packages, add_packages
from pyinfer.host.serve import serving
from tests.browser.conftest import LOAD, Engines, blank_page
from tests.browser.run_command import PYTHON, ROOT, run

FOLDER = ROOT / "tests" / "parity"
PARITY = ["pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", "."]
SECONDS = 400

#: What shows a slip of an engine's compiler or of how exceptions cross: arithmetic, drawing, lists and
#: structures, thrown errors. The rest of cv2's files say more about OpenCV than about the engine.
OF_CV2 = (
    "arithmetic",
    "bad_input",
    "color",
    "contours",
    "dnn",
    "drawing",
    "features",
    "filters",
    "geometry",
    "image_io",
    "mat_wrapper",
    "statistics",
    "thresholds",
)

FILES = {
    "onnxruntime": sorted(str(path.relative_to(ROOT)) for path in FOLDER.glob("test_onnxruntime*.py")),
    "cv2": [f"tests/parity/test_{name}.py" for name in OF_CV2],
}

pytestmark = pytest.mark.timeout(600)


class Recorded(NamedTuple):
    """What tests gave natively."""

    files: list[str]
    path: Path
    passed: int


@pytest.fixture(scope="module", params=FILES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    files = FILES[request.param]
    path = tmp_path_factory.mktemp("parity") / "native.npz"
    native = run(PYTHON, ["-m", *PARITY, *files, "--record", str(path)], ROOT)
    assert native.status == 0, native.output.decode() + native.errors
    return Recorded(files, path, passed(native.output.decode()))


@pytest.fixture(scope="module")
def packages() -> Packages:
    return add_packages(runtime_bundle(), ["pytest"])


@pytest.fixture
def files(recorded: Recorded) -> HostFiles:
    """What the browser's Python sees of this machine."""
    return HostFiles([str(ROOT), str(recorded.path)])


@pytest.fixture
def url(files: HostFiles, packages: Packages) -> Iterator[str]:
    """Where the bundle is served, with pytest and the files."""
    streams = HostStreams()
    exchange = Exchange({}, files, OutputFiles([]), streams, None, packages)  # type: ignore[arg-type]
    with serving(runtime_bundle(), extra={"/blank": blank_page, "/host": exchange}) as url:
        yield url
    streams.close()


RUN = """async (mirrors, args, folder) => {
  for (const { path, entry } of mirrors) {
    const suffix = entry.kind === "folder" ? "/" : "";
    await runtime.files.mirror(path, new URL(`/host/files${path}${suffix}`, location.href).href, entry);
  }
  const status = await runtime.call("pyinfer.browser.script:run_here", args, true, folder);
  return { status, output };
}"""


@pytest.mark.parametrize("name", ["Firefox", "WebKitGTK"])
def test_the_engine_gives_native_numbers(
    name: str, engines: Engines, url: str, files: HostFiles, packages: Packages, recorded: Recorded
) -> None:
    engine = engines.get(name)
    engine.open(f"{url}/blank")
    engine.evaluate(LOAD, {"bundleURL": "/host/bundle/", "app": {"packages": packages.names}})
    # What counts handles asks all engines, also one that these files have no need of.
    engine.evaluate("() => runtime.runPythonAsync('import pyinfer; await pyinfer.load_engines()')")
    mirrors = [{"path": root, "entry": files.entry(root)} for root in files.roots]
    arguments = [*PARITY, *recorded.files, "--against", str(recorded.path)]
    result = engine.evaluate(RUN, mirrors, arguments, os.fspath(ROOT), seconds=SECONDS)
    assert result["status"] == 0, result["output"]
    assert passed(result["output"]) == recorded.passed > 0
    # What onnxruntime logs, as it does natively, is on the console too.
    assert [said for said in engine.complaints() if not re.search(r"\[[WE]:onnxruntime:", said)] == []


def passed(output: str) -> int:
    """How many tests passed, by pytest's last line."""
    found = re.search(r"(\d+) passed", output)
    assert found, output
    return int(found[1])
