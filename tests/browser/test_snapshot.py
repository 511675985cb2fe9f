"""The second visit starts Python from a snapshot of its memory, and nobody can tell but by the time.

Whatever the snapshot does not fit, or what befell it, costs that time and nothing else.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pyinfer.host.build import runtime_bundle
from pyinfer.host.serve import serving
from tests.browser.conftest import HANDLES, LOAD, Engines
from tests.browser.engines import Engine
from tests.browser.page_scripts import blank_page

pytestmark = pytest.mark.timeout(400)

#: Numbers of all parts, of modules and files that come with the start, later, and from archives of the rest.
SCRIPT = """
import importlib.metadata, json, random, sys, tarfile
import cv2, numpy as np, numpy.random, onnxruntime
from pathlib import Path

image = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
json.dumps({
    "small": cv2.resize(image, (4, 3), interpolation=cv2.INTER_AREA).tolist(),
    "decoded": cv2.imdecode(cv2.imencode(".png", image)[1], cv2.IMREAD_COLOR).tolist(),
    "inverse": np.linalg.inv(np.eye(2) * 2).tolist(),
    "seeded": np.random.default_rng(5).random(3).tolist(),
    "providers": onnxruntime.get_available_providers(),
    "versions": [importlib.metadata.version(name) for name in ("numpy", "opencv-python", "pyinfer-web")],
    "path": [part for part in sys.path if part == ""],
    "size": Path(np.__file__).stat().st_size == len(Path(np.__file__).read_bytes()),
    "opened": tarfile.is_tarfile(__import__("io").BytesIO(b"no archive")),
})
"""

RANDOM = """
import random, tempfile, uuid
import numpy as np
[random.random(), float(np.random.random()), tempfile.mktemp(), str(uuid.uuid4())]
"""

#: Waits until the snapshot is written.
KEPT = """async () => {
  for (;;) {
    const name = (await caches.keys()).find((each) => each.startsWith("pyinfer-snapshot-"));
    if (name && (await (await caches.open(name)).keys()).length) return name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""

#: Only a Python that starts afresh imports its packages.
IS_FRESH = """() => performance.getEntriesByName("pyinfer: Python's packages").length > 0"""

#: Puts something else into the snapshot's place.
CHANGE = """async ([change, name]) => {
  const cache = await caches.open(name);
  const [address] = await cache.keys();
  const response = await cache.match(address);
  const headers = new Headers(response.headers);
  let bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = async () => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (change === "one bit") bytes[bytes.length >> 1] ^= 1;
  if (change === "cut short") bytes = bytes.slice(0, 1e6);
  if (change === "another build") headers.set("pyinfer-key", "another");
  if (change === "no snapshot at all") {
    bytes = new TextEncoder().encode("<!doctype html>");
    headers.set("pyinfer-sha256", await sha256());
  }
  if (change === "another machine's memory") {
    const view = new DataView(bytes.buffer);
    const length = view.getUint32(0);
    const state = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    state.links.begin += 1;
    const text = new TextEncoder().encode(JSON.stringify(state));
    const other = new Uint8Array(4 + text.length + bytes.length - 4 - length);
    new DataView(other.buffer).setUint32(0, text.length);
    other.set(text, 4);
    other.set(bytes.subarray(4 + length), 4 + text.length);
    bytes = other;
    headers.set("pyinfer-sha256", await sha256());
  }
  await cache.put(address, new Response(bytes, { headers }));
}"""


class Visits:
    """Somebody who comes again and again, each time to a new page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url

    def come(self, **options: Any) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.url}/blank")
        page.evaluate(LOAD, options)
        return page


def run(page: Page, code: str) -> Any:
    return page.evaluate("(code) => runtime.runPythonAsync(code)", code)


@pytest.fixture
def visits(context: BrowserContext, runtime_url: str) -> Visits:
    return Visits(context, runtime_url)


@pytest.mark.parametrize("thread", ["worker", "main"])
@pytest.mark.parametrize("address", ["runtime_url", "bare_url"])
def test_the_second_visit_is_the_first_but_for_the_time(
    context: BrowserContext, request: pytest.FixtureRequest, thread: str, address: str
) -> None:
    visits = Visits(context, request.getfixturevalue(address))
    answers, randoms, handles = [], [], []
    for visit in range(3):
        page = visits.come(thread=thread)
        assert page.evaluate(IS_FRESH) == (visit == 0)
        page.evaluate(KEPT)
        handles.append(run(page, HANDLES) if thread == "worker" else None)
        answers.append(json.loads(run(page, SCRIPT)))
        if thread == "worker":
            randoms.append(run(page, RANDOM))
            assert run(page, HANDLES) == handles[0]
        page.close()
    assert answers[0]["seeded"], "there is something to compare"
    assert answers[1] == answers[0]
    assert answers[2] == answers[0]
    for one, other in itertools.pairwise(randoms):
        assert all(a != b for a, b in zip(one, other, strict=True)), "random numbers come again"


@pytest.mark.parametrize(
    "change",
    ["one bit", "cut short", "another build", "no snapshot at all", "another machine's memory"],
)
def test_a_snapshot_that_is_damaged_or_foreign_is_made_anew(visits: Visits, change: str) -> None:
    page = visits.come()
    name = page.evaluate(KEPT)
    page.evaluate(CHANGE, [change, name])
    page.close()
    page = visits.come()
    assert page.evaluate(IS_FRESH)
    assert run(page, "import cv2; cv2.borderInterpolate(-1, 5, cv2.BORDER_REFLECT_101)") == 1
    page.evaluate(KEPT)
    page.close()
    page = visits.come()
    assert not page.evaluate(IS_FRESH)
    assert run(page, "import cv2; cv2.borderInterpolate(-1, 5, cv2.BORDER_REFLECT_101)") == 1


def test_other_environment_variables_are_those_of_the_visit(visits: Visits) -> None:
    for colour in ("red", "blue", "blue"):
        page = visits.come(env={"COLOUR": colour})
        assert run(page, "import os; [os.environ['COLOUR'], os.environ['HOME']]") == [colour, "/home/pyodide"]
        page.evaluate(KEPT)
        page.close()


def test_who_wants_nothing_kept_has_nothing_kept(visits: Visits) -> None:
    page = visits.come()
    page.evaluate(KEPT)
    page.close()
    page = visits.come(offline=False)
    assert page.evaluate(IS_FRESH)
    assert page.evaluate("async () => { await runtime.offline; return caches.keys(); }") == []


def test_where_nothing_may_be_stored_each_visit_is_a_first_one(
    blocked_context: BrowserContext, runtime_url: str
) -> None:
    visits = Visits(blocked_context, runtime_url)
    for _ in range(2):
        page = visits.come()
        assert page.evaluate(IS_FRESH)
        assert json.loads(run(page, SCRIPT))["inverse"] == [[0.5, 0], [0, 0.5]]
        page.close()


def test_a_disk_that_is_full_costs_the_snapshot_only(browser: Browser, runtime_url: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{runtime_url}/blank")
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": runtime_url, "quotaSize": 1 << 20})
        with page.expect_console_message(lambda message: "could not be kept" in message.text):
            page.evaluate(LOAD, {})
        assert json.loads(run(page, SCRIPT))["inverse"] == [[0.5, 0], [0, 0.5]]
        assert page.evaluate("caches.keys()") == []


def test_tabs_that_start_at_the_same_time_leave_one_snapshot(visits: Visits) -> None:
    pages = [visits.context.new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{visits.url}/blank")
    for page in pages:
        page.evaluate(f"(options) => {{ globalThis.loading = ({LOAD})(options); }}", {})
    for page in pages:
        page.evaluate("loading")
        page.evaluate(KEPT)
        page.close()
    page = visits.come()
    assert not page.evaluate(IS_FRESH)
    assert json.loads(run(page, SCRIPT))["inverse"] == [[0.5, 0], [0, 0.5]]


@pytest.mark.parametrize("name", ["Firefox", "WebKitGTK"])
def test_other_browsers_resume_too(engines: Engines, name: str) -> None:
    engine: Engine = engines.get(name)
    answers = []
    with serving(runtime_bundle(), extra={"/blank": blank_page}) as url:
        # In one page: WebKitGTK that is driven keeps a site's caches no longer than one of its pages is open.
        engine.open(f"{url}/blank")
        for visit in range(2):
            engine.evaluate("() => performance.clearMeasures()")
            engine.evaluate(LOAD, {})
            assert engine.evaluate(IS_FRESH) == (visit == 0)
            engine.evaluate(KEPT)
            answers.append(json.loads(engine.evaluate("(code) => runtime.runPythonAsync(code)", SCRIPT)))
            engine.evaluate("() => runtime.close()")
    assert answers[0]["seeded"], "there is something to compare"
    assert answers[1] == answers[0]
