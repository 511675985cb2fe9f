"""A wheel that requires OpenCV or ONNX Runtime installs over the shims, and fetches no other engine."""

from __future__ import annotations

import base64
import io
import zipfile

from playwright.sync_api import Request

from pyinfer.host.pins import read_pins
from tests.browser.conftest import PyinferPage


def dependent_wheel(*requirements: str) -> str:
    """A pure-Python wheel that wants the real distributions by name, in Base64."""
    requires = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        code = "import cv2, numpy, onnxruntime\nanswer = cv2.norm(numpy.ones(4))\n"
        archive.writestr("dependent.py", code)
        head = "Metadata-Version: 2.1\nName: dependent\nVersion: 1.0\n"
        archive.writestr("dependent-1.0.dist-info/METADATA", head + requires)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr("dependent-1.0.dist-info/WHEEL", tag)
        archive.writestr("dependent-1.0.dist-info/RECORD", "")
    return base64.b64encode(buffer.getvalue()).decode()


INSTALL = """
import base64, pathlib, micropip
pathlib.Path("/tmp/dependent-1.0-py3-none-any.whl").write_bytes(base64.b64decode({wheel!r}))
await micropip.install("emfs:/tmp/dependent-1.0-py3-none-any.whl")
import dependent
dependent.answer
"""


def test_a_wheel_that_requires_opencv_installs_and_imports(python: PyinferPage) -> None:
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.append(request.url)

    python.run("import cv2, numpy\ncv2.norm(numpy.ones(4))")  # the engine's own files have come
    python.page.context.on("request", note)
    try:
        python.run("from pyodide.http import pyfetch\nawait pyfetch('/?seen')\nNone")
        python.run("import pyodide_js\nawait pyodide_js.loadPackage('micropip')\nNone")
        wheel = dependent_wheel(
            "opencv-python>=4.5", "opencv-contrib-python-headless", "onnxruntime-gpu>=1.20"
        )
        assert python.run(INSTALL.format(wheel=wheel)) == 2.0
    finally:
        python.page.context.remove_listener("request", note)
    others = [url for url in requests if "/pyinfer/start/" not in url]
    assert [url.rpartition("/")[2] for url in others] == ["?seen"], "requests are seen, no package's"
    assert not any("opencv" in url or "onnxruntime" in url for url in requests)


def test_every_stand_in_is_installed_under_its_own_name(python: PyinferPage) -> None:
    stand_ins = dict(read_pins().stand_ins)
    versions = f"import importlib.metadata as m\n{{name: m.version(name) for name in {sorted(stand_ins)}}}"
    assert python.run(versions) == stand_ins


def test_the_browser_wheel_alone_owns_the_shims(python: PyinferPage) -> None:
    owners = "import importlib.metadata as m\nowners = m.packages_distributions()\n"
    code = owners + "{name: owners[name] for name in ('cv2', 'onnxruntime', 'pyinfer')}"
    assert python.run(code) == {name: ["pyinfer-web"] for name in ("cv2", "onnxruntime", "pyinfer")}


def test_the_older_opencv_of_pyodide_is_not_to_be_had(python: PyinferPage) -> None:
    """Its package would lie over the shim: slower to load, older, and the same module name."""
    code = "import pyodide_js\ngetattr(pyodide_js.lockfile.packages, 'opencv-python').version"
    assert python.run(code) == "5.0.0.93"
