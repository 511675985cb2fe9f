"""A node that traps, and ends the process natively: it is said, and a new engine takes over."""

from __future__ import annotations

import base64
import textwrap
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import LOAD
from tests.browser.run_command import PYINFER, PYTHON, run, write
from tests.parity.model_bytes import content

#: `a / b + 1`: WebAssembly, as most processors, traps where the quotient has no number.
DIVIDE = base64.b64encode(content("int64_multiply_add").replace(b"Mul", b"Div")).decode()

STOP = f"""
import base64, gc
import numpy as np
import onnxruntime as ort

model = base64.b64decode("{DIVIDE}")
session = ort.InferenceSession(model)
fine = {{"a": np.array([6], np.int64), "b": np.array([2], np.int64)}}
print(session.run(None, fine)[0].tolist(), flush=True)
value = ort.OrtValue.ortvalue_from_shape_and_type([2], np.float32)
least = np.array([-(2**63)], np.int64)

def attempt(call):
    try:
        print(call()[0].tolist())
    except Exception as error:
        print(type(error).__name__, str(error).split(" : ", 3)[-1])

attempt(lambda: session.run(None, {{"a": least, "b": np.array([-1], np.int64)}}))
attempt(lambda: session.run(None, fine))
"""
AGAIN = """
fresh = ort.InferenceSession(model)
attempt(lambda: fresh.run(None, fine))
attempt(lambda: session.run(None, fine))
attempt(lambda: [value.numpy()])
del session, fresh, value
gc.collect()
from pyinfer.browser.bridge import get_bridge, live_handle_counts
print(get_bridge().onnxruntime.liveCount(), live_handle_counts())
"""
STOPPED = (
    "RuntimeException the engine stopped (RuntimeError: divide result unrepresentable): its sessions and "
    "values are lost, and a new engine starts when Python waits for something or has ended"
)
LOST = "RuntimeException this session was lost when the engine stopped: it has to be made again"
ANSWERS = ["[4]", STOPPED, STOPPED, "[4]", LOST]


def check(output: str) -> None:
    lines = output.splitlines()
    assert lines[:5] == ANSWERS
    assert "this value was lost when the engine stopped" in lines[5]
    assert lines[6:] == ["0 {}"]


def test_a_script_goes_on_with_a_new_session(tmp_path: Path) -> None:
    write(tmp_path / "script.py", STOP + AGAIN)
    result = run(PYINFER, ["script.py"], tmp_path)
    assert result.status == 0, result.errors
    check(result.output.decode())


def test_natively_the_process_ends(tmp_path: Path) -> None:
    write(tmp_path / "script.py", STOP)
    result = run(PYTHON, ["script.py"], tmp_path)
    assert result.status < 0
    assert result.output == b"[4]\n"


@pytest.mark.parametrize("thread", ["worker", "main"])
@pytest.mark.parametrize("url", ["runtime_url", "bare_url"])
def test_a_page_goes_on_with_a_new_session(
    browser: Browser, request: pytest.FixtureRequest, url: str, thread: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{request.getfixturevalue(url)}/blank")
        page.evaluate(LOAD, {"thread": thread, "numThreads": 2})
        for code in (STOP, "import asyncio\nawait asyncio.sleep(0)", AGAIN):
            page.evaluate("(code) => runtime.runPythonAsync(code)", textwrap.dedent(code))
        check(page.evaluate("() => output"))


#: Of ONNX Runtime's threads; our own opencv.js has some, too.
COUNT_ENDED = """() => {
  globalThis.ended = 0;
  globalThis.Worker = class extends Worker {
    constructor(url, options) {
      super(url, options);
      this.counts = String(url).includes("/onnxruntime-");
    }
    terminate() {
      ended += Number(this.counts);
      super.terminate();
    }
  };
}"""


def test_threads_end_with_an_engine_that_stopped_and_with_python(browser: Browser, runtime_url: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{runtime_url}/blank")
        page.evaluate(COUNT_ENDED)
        page.evaluate(LOAD, {"thread": "main", "numThreads": 2})
        assert page.evaluate("() => ended") == 0
        for code in (STOP, "import asyncio\nawait asyncio.sleep(0)", AGAIN):
            page.evaluate("(code) => runtime.runPythonAsync(code)", textwrap.dedent(code))
        assert page.evaluate("() => ended") == 1
        page.evaluate("() => runtime.close()")
        assert page.evaluate("() => ended") == 2
