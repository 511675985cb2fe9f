"""pyinfer in Chromium, Firefox and WebKitGTK: in a worker and in the page, isolated or not, with JSPI or not.

Nothing is skipped: where a browser lacks something, what pyinfer says about it is what is tested.
"""

from __future__ import annotations

import base64
import json
import runpy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.browser.conftest import HANDLES, LOAD, Engines
from tests.browser.engines import Engine, EngineError

MODELS = Path(__file__).parents[1] / "data"
SCRIPT = Path(__file__).with_name("scripts") / "engine_numbers.py"
NAMES = ("network_64", *(f"identity_{dtype}" for dtype in ("int64", "float16", "bool", "string", "float32")))

#: Of these WebKitGTK has neither.
HAS_JSPI = {"Chromium", "Firefox"}
HAS_SHARED_MEMORY = {"Chromium", "Chromium without JSPI", "Firefox"}

pytestmark = pytest.mark.timeout(400)


class Place(NamedTuple):
    """Where Python runs."""

    engine: str
    thread: str
    isolated: bool

    @property
    def shares_memory(self) -> bool:
        return self.isolated and self.engine in HAS_SHARED_MEMORY

    def __str__(self) -> str:
        return f"{self.engine}, {self.thread}, {'isolated' if self.isolated else 'bare'}"


PLACES = [
    *(
        Place(engine, thread, isolated)
        for engine in ("Chromium", "Firefox", "WebKitGTK")
        for thread in ("worker", "main")
        for isolated in (True, False)
    ),
    Place("Chromium without JSPI", "worker", True),
    Place("Chromium without JSPI", "main", False),
]


class Room(NamedTuple):
    """Python that runs somewhere."""

    place: Place
    engine: Engine

    def json(self, code: str) -> Any:
        """What Python source writes as JSON; a Python exception fails the test with its traceback."""
        answer = self.engine.evaluate(
            """async (code) => {
              try {
                return { value: await runtime.runPythonAsync(code) };
              } catch (error) {
                return { error: error.traceback || String(error) };
              }
            }""",
            f"import json\n{code}",
        )
        assert "error" not in answer, answer["error"]
        return json.loads(answer["value"])

    def handles(self) -> Any:
        """Live handles by kind, on both sides of the bridge."""
        head, _, last = HANDLES.strip().rpartition("\n")
        return self.json(f"{head}\njson.dumps({last})")


@pytest.fixture(scope="module", params=PLACES, ids=str)
def started(request: pytest.FixtureRequest, engines: Engines) -> Room:
    """A page that has loaded pyinfer."""
    place: Place = request.param
    engine = engines.get(place.engine)
    engine.open(request.getfixturevalue("runtime_url" if place.isolated else "bare_url") + "/blank")
    engine.evaluate(LOAD, {"thread": place.thread, "numThreads": 2})
    return Room(place, engine)


@pytest.fixture
def room(started: Room) -> Iterator[Room]:
    """The same; afterwards nothing may be held and the console must be empty."""
    before = started.handles()
    yield started
    assert started.handles() == before, "the test left live JavaScript handles behind"
    assert started.engine.complaints() == []


@pytest.fixture(scope="module")
def models() -> str:
    return json.dumps({n: base64.b64encode((MODELS / f"{n}.onnx").read_bytes()).decode() for n in NAMES})


@pytest.fixture(scope="module")
def native(models: str) -> Any:
    """What the script gives on this machine."""
    return json.loads(json.dumps(runpy.run_path(str(SCRIPT))["numbers"](json.loads(models))))


def assert_same(found: Any, wanted: Any, where: str) -> None:
    """Integers, words and shapes are equal; floats to 1e-4 of the largest beside them."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted), where
        for key, item in wanted.items():
            assert_same(found[key], item, f"{where}[{key!r}]")
    elif isinstance(wanted, list) and wanted and all(isinstance(item, float) for item in wanted):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4 * np.abs(wanted).max(), err_msg=where)
    elif isinstance(wanted, list):
        assert isinstance(found, list) and len(found) == len(wanted), where
        for index, item in enumerate(wanted):
            assert_same(found[index], item, f"{where}[{index}]")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=1e-5), where
    else:
        assert found == wanted, where


def test_numbers_are_native_ones(room: Room, models: str, native: Any) -> None:
    found = room.json(f"{SCRIPT.read_text()}\nmodels = json.loads({models!r})\njson.dumps(numbers(models))")
    assert_same(found, native, "numbers")


def test_promises_can_be_waited_for_where_the_browser_has_jspi(room: Room) -> None:
    assert room.json("from pyodide.ffi import can_run_sync\njson.dumps(can_run_sync())") == (
        room.place.engine in HAS_JSPI
    )


def test_threads_are_those_that_the_page_may_have(room: Room) -> None:
    count = room.json(
        "from pyinfer.browser.bridge import get_bridge\njson.dumps(get_bridge().onnxruntime.threadCount())"
    )
    assert count == (2 if room.place.shares_memory else 1)


def test_what_is_missing_is_said(room: Room) -> None:
    notices = room.engine.evaluate("() => notices")
    if room.place.shares_memory:
        assert notices == []
        return
    reason = (
        "This browser has no SharedArrayBuffer, though the page is cross-origin isolated"
        if room.place.isolated
        else "This page is not cross-origin isolated (no COOP and COEP headers)"
    )
    assert notices == [f"{reason}: inference uses one thread, and stopping a script restarts Python."]


WEBKIT_WORKER = "WebCore: Worker"

#: What a browser itself says of a worker that is ended while it computes; no script hears of it.
ENDED_BUSY = {"Chromium": set(), "Firefox": {"uncaught exception: undefined"}, "WebKitGTK": set()}

STOP = """async () => {
  await runtime.runPythonAsync("import asyncio\\nkept = 5");
  const stop = async (code) => {
    let begun;
    const beginning = new Promise((resolve) => { begun = resolve; });
    runtime.addEventListener("stdout", begun, { once: true });
    const call = runtime.runPythonAsync(`print("begun", flush=True)\\n${code}`).catch((error) => error.type);
    await beginning;
    const how = await runtime.interrupt({ patience: 60_000 });
    return [how, await call, await runtime.runPythonAsync("globals().get('kept')")];
  };
  const slowly = ["try:", "  while True: pass", "except KeyboardInterrupt:", "  time.sleep(0.1)", "  raise"];
  return [
    await stop("await asyncio.Event().wait()"),
    await stop("while True: pass"),
    await stop(`import time\\n${slowly.join("\\n")}`),
  ];
}"""


@pytest.mark.parametrize("isolated", [True, False], ids=["isolated", "bare"])
@pytest.mark.parametrize("name", ["Chromium", "Firefox", "WebKitGTK"])
def test_python_is_stopped_or_started_again(
    name: str, isolated: bool, engines: Engines, request: pytest.FixtureRequest
) -> None:
    place = Place(name, "worker", isolated)
    room = Room(place, engines.get(name))
    room.engine.open(request.getfixturevalue("runtime_url" if isolated else "bare_url") + "/blank")
    room.engine.evaluate(LOAD, {})
    before = room.handles()
    awaiting, *busy = room.engine.evaluate(STOP)
    assert awaiting == ["interrupted", "KeyboardInterrupt", 5]
    if place.shares_memory:
        assert busy == [["interrupted", "KeyboardInterrupt", 5]] * 2
    else:
        assert busy == [["restarted", "WorkerEndedError", None]] * 2
    assert room.handles() == before
    assert set(room.engine.complaints()) <= ENDED_BUSY[name]


def test_webkit_ends_the_thread_of_a_worker_that_loops(engines: Engines, bare_url: str) -> None:
    """In a loop of nothing but WebAssembly it would go on for ever, and take a core with it."""
    engines.close()  # WebKit keeps the pages before this one for the way back, with their workers
    engine = engines.get("WebKitGTK")
    engine.open(f"{bare_url}/blank")
    engine.evaluate(LOAD, {})
    engine.evaluate(
        """async () => {
          const begun = new Promise((resolve) => runtime.addEventListener("stdout", resolve));
          runtime.runPythonAsync("print('begun', flush=True)\\nwhile True: pass").catch(() => {});
          await begun;
        }"""
    )
    assert WEBKIT_WORKER in engine.processes.threads()
    engine.evaluate("() => runtime.close()")
    patience = time.monotonic() + 60
    while WEBKIT_WORKER in engine.processes.threads():
        assert time.monotonic() < patience, "the thread goes on"
        time.sleep(0.1)


@pytest.mark.parametrize("name", ["Chromium", "Firefox", "WebKitGTK"])
def test_a_browser_that_hangs_is_killed_and_said(name: str, engines: Engines, runtime_url: str) -> None:
    engine = engines.get(name)
    engine.open(f"{runtime_url}/blank")
    assert engine.processes.alive()
    with pytest.raises(EngineError, match=f"{name}, a call: it did not answer within 2 s and was killed"):
        engine.evaluate("() => { for (;;); }", seconds=2)
    assert engine.processes.alive() == []
