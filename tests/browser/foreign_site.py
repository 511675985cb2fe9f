"""A site that knows nothing of pyinfer: its own Pyodide, an older one, and PyScript, without a CDN."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pyinfer.host.download import Progress
from pyinfer.host.places import node_modules
from pyinfer.host.pyodide_wheels import fetch_wheels, pyodide_lock

__all__ = ["write_foreign_site", "write_pyscript_page"]

_PAGE = "<!doctype html><meta charset=utf-8><title>foreign</title><link rel=icon href=data:,>"

#: Python in a worker of the page's own: it runs what it is sent, and answers with the value.
_WORKER = """
import { loadPyodide } from "./pyodide/pyodide.mjs";
const starting = loadPyodide();
onmessage = async ({ data: { code, packages } }) => {
  const pyodide = await starting;
  await pyodide.loadPackage(packages);
  postMessage(await pyodide.runPythonAsync(code));
};
"""

#: What the page of a PyScript author looks like. In a worker an interpreter's address must be written out.
_PYSCRIPT = """{page}
<script>
  new BroadcastChannel("results").onmessage = ({{ data }}) => {{ globalThis.result = data; }};
</script>
<link rel="stylesheet" href="/pyscript/core.css">
<script type="module" src="/pyscript/core.js"></script>
<script type="py" {attributes} src="main.py" config="pyscript.json"></script>
"""


def write_foreign_site(folder: Path) -> None:
    """Write everything but what names the bundle's address."""
    packages = node_modules()
    _copy(packages / "pyodide", folder / "pyodide")
    _copy(packages / "pyodide-older", folder / "older")
    _copy(packages / "@pyscript" / "core" / "dist", folder / "pyscript")
    (folder / "pyodide" / "pyodide-lock.json").write_text(json.dumps(pyodide_lock()))
    for wheel in fetch_wheels(["micropip", "numpy", "pillow"], Progress()):
        shutil.copyfile(wheel, folder / "pyodide" / wheel.name)
    (folder / "worker.js").write_text(_WORKER)
    (folder / "index.html").write_text(_PAGE)


def write_pyscript_page(folder: Path, url: str, attributes: str, wheel: str, code: str) -> None:
    """Write a page with one script, for the folder ``pages`` of a foreign site that is served at ``url``."""
    config = {"interpreter": f"{url}/pyodide/pyodide.mjs", "packages": [wheel]}
    (folder / "pyscript.json").write_text(json.dumps(config))
    (folder / "main.py").write_text(code)
    (folder / "index.html").write_text(_PYSCRIPT.format(page=_PAGE, attributes=attributes))


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.map", "*.d.ts"))
