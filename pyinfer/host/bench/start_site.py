"""What the bench of the start visits, on one server: apps, a demo, and PyScript on the same Pyodide."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from pyinfer.host.build import build_app, build_site
from pyinfer.host.bundle import Bundle
from pyinfer.host.compress import compress_folder
from pyinfer.host.lock_file import lock_file, locked_packages
from pyinfer.host.places import node_modules, wheels_dir
from pyinfer.host.progress import Progress
from pyinfer.host.pyodide_wheels import fetch_wheels, pyodide_lock
from pyinfer.host.serve import make_application, serving_application

from .models import segmenter_64
from .wire_bytes import WireBytes

__all__ = ["APP", "DEMO", "DRAW", "IMAGES_APP", "PYSCRIPT", "StartSite", "serving_starts"]

#: Pages, by their path.
APP, IMAGES_APP, PYSCRIPT = "/start_app/", "/start_app_images/", "/pyscript/"
#: The demo site's page of digits. Only with `DRAW` it says by marks how far it is.
DEMO = "/demo/digits.html"
#: JavaScript for a page: draws a digit there at once.
DRAW = (Path(__file__).parent / "start_demo.js").read_text("utf-8")

_HERE = Path(__file__).parent
_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
#: PyScript installs packages by it.
_INSTALLER = "micropip"

_PYSCRIPT_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="data:,">
    <title>bench</title>
    <link rel="stylesheet" href="{folder}core.css">
    <script type="module" src="{folder}core.js"></script>
  </head>
  <body>
    <script type="py" config='{config}'>
import numpy
from js import performance

performance.mark("bench: first result")
performance.mark("bench: kept")
    </script>
  </body>
</html>
"""


@dataclass(frozen=True)
class StartSite:
    """A server with these pages.

    Attributes
    ----------
    url : str
        Without a slash at its end.
    wire : WireBytes
        What it sends.
    """

    url: str
    wire: WireBytes


@contextmanager
def serving_starts(compress: Callable[[Path], object] = compress_folder) -> Iterator[StartSite]:
    """Build what is visited, and serve it while the block runs.

    Parameters
    ----------
    compress : callable
        Writes the compressed variants below a folder, which takes minutes, once on a machine.

    Raises
    ------
    SetupError
        A part has not been fetched and cannot be now.
    BuildError
        A part is not what it must be.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        root = folder / "root"
        for page in (APP, IMAGES_APP):
            build_app(_app(folder / "apps", page.strip("/")), root / page.strip("/"), compress=False)
        build_site(root / "demo", compress=False)
        _add_pyscript(Bundle(root / PYSCRIPT.strip("/")))
        compress(root)
        wire = WireBytes(make_application(root))
        with serving_application(wire) as url:
            yield StartSite(url, wire)


def _app(folder: Path, name: str) -> Path:
    """An app's folder; what all have in common lies in that of the first."""
    app = folder / name
    for part in dict.fromkeys((APP.strip("/"), name)):
        shutil.copytree(_HERE / part, app, dirs_exist_ok=True)
    (app / "segmenter.onnx").write_bytes(segmenter_64())
    pixels = np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3)
    Image.fromarray(pixels).save(app / "picture.png")
    return app


def _add_pyscript(bundle: Bundle) -> None:
    """PyScript's page and all it loads, which browsers may keep as long as what our bundles hold."""
    distribution = pyodide_lock()
    packages = locked_packages(distribution, ["numpy", _INSTALLER])
    fetch_wheels(packages, Progress())
    wheels = [entry["file_name"] for entry in packages.values()]
    pyodide = {name: (node_modules() / "pyodide" / name).read_bytes() for name in _PYODIDE}
    pyodide |= {name: (wheels_dir() / name).read_bytes() for name in wheels}
    pyodide["pyodide-lock.json"] = lock_file(distribution["info"], packages)
    core = node_modules() / "@pyscript" / "core" / "dist"
    scripts = {path.name: path.read_bytes() for path in core.iterdir() if path.suffix in (".js", ".css")}
    config = {"interpreter": f"{bundle.add_folder('pyodide', pyodide)}pyodide.mjs", "packages": ["numpy"]}
    page = _PYSCRIPT_PAGE.format(folder=bundle.add_folder("core", scripts), config=json.dumps(config))
    bundle.add_page("index.html", page.encode())
