"""From an app's folder to its answer in a browser: `pyinfer build`, nginx, Chromium, its strict policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_scripts import HANDLES
from tests.server.chromium import trusting, visit
from tests.server.servers import make_certificate, nginx_site

START = 150_000
PROTOCOLS = "() => performance.getEntries().map(({ nextHopProtocol }) => nextHopProtocol).filter(Boolean)"

#: With a model from the store, and threads.
INFER = """async ([infer, handles]) => {
  const { loadPyinfer } = await import("./pyinfer.js");
  const runtime = await loadPyinfer({ numThreads: 2 });
  const path = await runtime.models.fetch("network");
  await runtime.runPythonAsync("import onnxruntime");
  const before = await runtime.runPythonAsync(handles);
  const found = await runtime.runPythonAsync(infer.replace("PATH", JSON.stringify(path)));
  const after = await runtime.runPythonAsync(handles);
  await runtime.close();
  return { ...found, leaked: JSON.stringify(before) !== JSON.stringify(after) };
}"""
PYTHON = """
import numpy
from pyinfer.browser.bridge import get_bridge
session = onnxruntime.InferenceSession(PATH)
answer = session.run(None, {"input": numpy.ones((1, 1, 64, 64), numpy.float32)})[0]
del session
{"finite": bool(numpy.isfinite(answer).all()), "threads": get_bridge().onnxruntime.threadCount()}
"""


def read(page: Page) -> tuple[str, str]:
    """What the app's page shows when all is done: output and error."""
    status = page.locator("#status")
    expect(status).to_have_text("Done. This page works without its server from now on.", timeout=START)
    return page.locator("#output").inner_text(), page.locator("#error").inner_text()


@pytest.mark.timeout(400)
def test_an_app_with_no_page_of_its_own_answers_over_http_2(built_app: Path, tmp_path: Path) -> None:
    """And again when the server is gone; nothing that it does is against its Content-Security-Policy."""
    make_certificate(tmp_path)
    with visit(trusting(tmp_path / "certificate.pem")) as (page, complaints):
        with nginx_site(built_app, tmp_path) as (_, url):
            page.goto(f"{url}/")
            output, error = read(page)
            protocols = page.evaluate(PROTOCOLS)
            online = page.evaluate(INFER, [PYTHON, HANDLES])
        page.reload()
        again = read(page)
        offline = page.evaluate(INFER, [PYTHON, HANDLES])
    assert set(protocols) == {"h2"}
    assert online == offline == {"finite": True, "threads": 2, "leaked": False}
    assert again == (output, error)
    assert error == ""
    assert complaints == []
    assert output.startswith("printed on the way\n")
    platform, opencv, total = json.loads(output.removeprefix("printed on the way\n"))
    assert (platform, opencv, total) == ("emscripten", "5.0.0.93", 20 * 30 * 3 * 7)
