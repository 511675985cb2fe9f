"""`sess.run` is a plain call wherever Python runs, with one thread and with two."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import onnxruntime as native
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import LOAD

MODELS = Path(__file__).parents[1] / "data"

RUN = """
import base64, gc, json, warnings
import numpy as np
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument
from pyinfer.browser.bridge import get_bridge, live_handle_counts

warnings.simplefilter("error")
session = ort.InferenceSession(base64.b64decode("{network}"))
x = (np.arange(64 * 64, dtype=np.float32) % 256).reshape(1, 1, 64, 64)
(out,) = session.run(None, {{"input": x}})
try:
    session.run(None, {{"input": x[0]}})
except InvalidArgument as error:
    refused = str(error)
identity = ort.InferenceSession(base64.b64decode("{identity}"))
grown = []
for size in (1_000, 40_000_000, 10_000):  # the second makes the engine's heap grow
    values = np.arange(size, dtype=np.float32)
    grown.append(bool((identity.run(None, {{"x": values}})[0] == values).all()))
threads = get_bridge().onnxruntime.threadCount()
del session, identity
gc.collect()
left = [get_bridge().onnxruntime.liveCount(), live_handle_counts()]
json.dumps([out.ravel()[::97].tolist(), refused, grown, threads, left])
"""


THREADS = """
import base64, gc, json, warnings
import onnxruntime as ort
from pyinfer.browser.bridge import get_bridge

def opened(wish):
    options = ort.SessionOptions()
    options.intra_op_num_threads = wish
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ort.InferenceSession(model, options)
    return [get_bridge().onnxruntime.threadCount(), [str(warning.message) for warning in caught]]

model = base64.b64decode("{model}")
answer = [get_bridge().onnxruntime.threadCount(), *(opened(wish) for wish in {wishes})]
gc.collect()
json.dumps([*answer, get_bridge().onnxruntime.liveCount()])
"""


def source() -> str:
    def encoded(name: str) -> str:
        return base64.b64encode((MODELS / f"{name}.onnx").read_bytes()).decode()

    return RUN.format(network=encoded("network_64"), identity=encoded("identity_float32"))


@pytest.mark.parametrize("thread", ["worker", "main"])
@pytest.mark.parametrize(("isolated", "threads"), [(True, 2), (False, 1)])
def test_run_is_synchronous_and_right(
    browser: Browser, request: pytest.FixtureRequest, thread: str, isolated: bool, threads: int
) -> None:
    url = request.getfixturevalue("runtime_url" if isolated else "bare_url")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/blank")
    page.evaluate(LOAD, {"thread": thread, "numThreads": threads})
    answer = page.evaluate("(code) => runtime.runPythonAsync(code).then(JSON.parse)", source())
    context.close()
    samples, refused, grown, count, left = answer

    x = (np.arange(64 * 64, dtype=np.float32) % 256).reshape(1, 1, 64, 64)
    (expected,) = native.InferenceSession(str(MODELS / "network_64.onnx")).run(None, {"input": x})
    np.testing.assert_allclose(samples, expected.ravel()[::97], rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    assert refused.startswith("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Invalid rank for input: input")
    assert grown == [True, True, True]
    assert count == threads
    assert left == [0, {}]


@pytest.mark.parametrize(("wishes", "count"), [((1, 0, 2), 1), ((0, 2, 1), 2), ((5, 2, 5), 2)], ids=str)
def test_the_first_session_fixes_the_threads_for_all(
    browser: Browser, runtime_url: str, wishes: tuple[int, ...], count: int
) -> None:
    model = base64.b64encode((MODELS / "identity_float32.onnx").read_bytes()).decode()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{runtime_url}/blank")
        page.evaluate(LOAD, {"numThreads": 2})
        code = THREADS.format(model=model, wishes=wishes)
        before, *sessions, left = page.evaluate(
            "(code) => runtime.runPythonAsync(code).then(JSON.parse)", code
        )
    assert (before, left) == (0, 0)
    same = "onnxruntime in a browser computes every session with the same threads"
    expected = [
        [f"{same}, {count} here: intra_op_num_threads={wish} has no effect"] if wish not in (0, count) else []
        for wish in wishes
    ]
    assert sessions == [[count, warned] for warned in expected]
