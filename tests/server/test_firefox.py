"""Firefox asks more of a policy than Chromium: a page that tells by itself how its start went."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pyinfer.host.build import build_app
from pyinfer.host.serve import headers_of_app, serving

PAGE = """<!doctype html>
<title>told</title>
<link rel="icon" href="data:,">
<script type="module" src="main.js"></script>
"""
MAIN = """
import { loadPyinfer } from "./pyinfer.js";

const tell = (words) => fetch(`told?${encodeURIComponent(JSON.stringify(words))}`);
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => tell(violatedDirective));
try {
  const runtime = await loadPyinfer({ numThreads: 2 });
  const handles = await runtime.runPythonAsync(`
import cv2, onnxruntime
from pyinfer.browser.bridge import get_bridge
cv2.add(1, 2)
get_bridge().onnxruntime.liveCount()`);
  await tell({ handles, offline: await runtime.offline, isolated: crossOriginIsolated });
  await runtime.close();
} catch (error) {
  await tell(String(error));
}
"""


@pytest.mark.timeout(400)
def test_engines_and_threads_start_under_the_policy(tmp_path: Path) -> None:
    """Driven by nothing: what drives it in other tests makes code, which the policy forbids."""
    app = tmp_path / "app"
    app.mkdir()
    for name, text in {"pyproject.toml": "[tool.pyinfer]\n", "index.html": PAGE, "main.js": MAIN}.items():
        (app / name).write_text(text)
    built = build_app(app, tmp_path / "dist", compress=False)
    told: queue.Queue[Any] = queue.Queue()

    def hear(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told.put(json.loads(unquote(environ["QUERY_STRING"])))
        start_response("204 No Content", [])
        return []

    (tmp_path / "profile").mkdir()
    with serving(built, headers_of_app(built), extra={"/told": hear}) as url:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        assert program, "Firefox is not installed: run `make setup`"
        command = [program, "--headless", "--no-remote", "--profile", str(tmp_path / "profile"), url]
        firefox = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            found = told.get(timeout=300)
        finally:
            firefox.terminate()
            firefox.wait(timeout=60)
    assert found == {"handles": 0, "offline": True, "isolated": True}
