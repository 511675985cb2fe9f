"""Execution providers other than the CPU: on an adapter of software, without one, and without JSPI."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as native
import pytest
from onnx import helper
from playwright.sync_api import Browser, BrowserContext

from pyinfer.host.places import chromium
from tests.browser.engines import CHROMIUM_FLAGS, DEVICE_FLAGS, NO_JSPI, ChromiumEngine

MODELS = Path(__file__).parents[1] / "data"
GPU, NN, CPU = "WebGpuExecutionProvider", "WebNNExecutionProvider", "CPUExecutionProvider"
THREADS = ("worker", "main")

START = """
async (thread) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  globalThis.progress = [];
  globalThis.runtime = await loadPyinfer({ thread, onProgress: (step) => progress.push(step) });
}
"""

RUN = "(code) => runtime.runPythonAsync(code).then(JSON.parse)"

SESSION = """
import base64, gc, json, warnings
import numpy as np
import onnxruntime as ort
from pyinfer.browser.bridge import get_bridge, live_handle_counts

model = base64.b64decode("{model}")
x = (np.arange(64 * 64, dtype=np.float32) % 256).reshape(1, 1, 64, 64)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    session = ort.InferenceSession(model, providers=[{provider}, "CPUExecutionProvider"])
for _ in range(2):
    (out,) = session.run(None, {{"input": x}})
answer = {{
    "available": ort.get_available_providers(),
    "providers": session.get_providers(),
    "options": session.get_provider_options(),
    "warnings": [str(warning.message) for warning in caught],
    "out": out.ravel().tolist(),
}}
"""

END = """
del session
gc.collect()
bridge = get_bridge()
answer["left"] = [bridge.onnxruntime.liveCount(), live_handle_counts()]
if answer["providers"] != ["CPUExecutionProvider"]:
    answer["left"][0] += bridge.execution_providers.engine().liveCount()
json.dumps(answer)
"""

ON_THE_GPU = """
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument
import asyncio

def refused(**feed):
    try:
        session.run(None, feed)
    except InvalidArgument as error:
        return str(error)

async def later(factor):
    await asyncio.sleep(0)
    return session.run(None, {"input": x * np.float32(factor)})[0]

answer["refused"] = refused(input=x[0])
value = ort.OrtValue.ortvalue_from_numpy(x)
by_value = session.run_with_ort_values(None, {"input": value})[0].numpy()
answer["by value"] = bool((by_value == out).all())
together = await asyncio.gather(*[later(factor) for factor in (1, 0.5, 1)])
answer["together"] = [bool((array == out).all()) for array in together]
options = ort.SessionOptions()
options.enable_profiling = True
profiled = ort.InferenceSession(model, options, providers=["WebGpuExecutionProvider"])
profiled.run(None, {"input": x})
with open(profiled.end_profiling()) as file:
    events = json.load(file)
answer["nodes on"] = sorted({event["args"]["provider"] for event in events if event["cat"] == "Node"})
session.set_providers(["CPUExecutionProvider"])
answer["on the CPU"] = [session.get_providers(), session.run(None, {"input": x})[0].ravel().tolist()]
del value, by_value, together, profiled
"""


SYNCHRONOUS = """
from pyinfer.errors import UnsupportedInBrowser

try:
    session.run(None, {"input": x})
except UnsupportedInBrowser as error:
    reason = str(error)
json.dumps([ort.get_available_providers(), reason])
"""


def source(provider: object, between: str = "") -> str:
    model = base64.b64encode((MODELS / "network_64.onnx").read_bytes()).decode()
    return SESSION.format(model=model, provider=repr(provider)) + between + END


WEB_NN = """
import base64, contextlib, gc, io, json
import numpy as np
import onnxruntime as ort
from pyinfer.browser.bridge import get_bridge, live_handle_counts

def opened(model):
    options = ort.SessionOptions()
    options.enable_profiling = True
    providers = [("WebNNExecutionProvider", {{"deviceType": "cpu"}}), "CPUExecutionProvider"]
    return ort.InferenceSession(base64.b64decode(model), options, providers=providers)

def nodes_on(session):
    with open(session.end_profiling()) as file:
        return sorted({{event["args"]["provider"] for event in json.load(file) if event["cat"] == "Node"}})

session = opened("{add}")
ones = np.array([[1, 2, 3]] * 2, np.float32)
answer = {{"available": ort.get_available_providers(), "providers": session.get_providers()}}
sums = [session.run(None, {{"a": ones, "b": ones * factor}})[0] for factor in (2, 3)]
answer["sums"] = [array[0].tolist() for array in sums]
answer["nodes on"] = nodes_on(session)
session = opened("{integers}")
feed = {{"a": np.array([2, -3]), "b": np.array([5, 7])}}
feed = {{name: array.astype(np.int64) for name, array in feed.items()}}
answer["products"] = [session.run(None, feed)[0].tolist() for _ in range(2)]
answer["mixed nodes on"] = nodes_on(session)
with contextlib.redirect_stdout(io.StringIO()) as printed:
    large = session.run(None, {{"a": np.array([2**40, 1]), "b": np.array([1, 1], np.int64)}})
answer["too large"] = [large[0].tolist(), session.get_providers(), printed.getvalue()]
del session
gc.collect()
bridge = get_bridge()
left = bridge.onnxruntime.liveCount() + bridge.execution_providers.engine().liveCount()
answer["left"] = [left, live_handle_counts()]
json.dumps(answer)
"""


def web_nn_source() -> str:
    """Sums of floats, and ``a * b + a`` of integers."""
    nodes = [helper.make_node("Mul", ["a", "b"], ["ab"]), helper.make_node("Add", ["ab", "a"], ["sum"])]
    values = {name: helper.make_tensor_value_info(name, 7, [2]) for name in ("a", "b", "sum")}
    graph = helper.make_graph(nodes, "integers", [values["a"], values["b"]], [values["sum"]])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    integers, add = model.SerializeToString(), (MODELS / "add_fixed.onnx").read_bytes()
    return WEB_NN.format(add=base64.b64encode(add).decode(), integers=base64.b64encode(integers).decode())


def natively() -> npt.NDArray[Any]:
    x = (np.arange(64 * 64, dtype=np.float32) % 256).reshape(1, 1, 64, 64)
    session = native.InferenceSession(str(MODELS / "network_64.onnx"))
    out: npt.NDArray[Any] = session.run(None, {"input": x})[0].ravel()
    return out


def check_numbers(out: list[float]) -> None:
    expected = natively()
    np.testing.assert_allclose(out, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


def check_fallback(answer: dict[str, Any], provider: str) -> None:
    """Native's warning, and the CPU's numbers."""
    assert answer["providers"] == answer["available"] == [CPU]
    assert answer["warnings"] == [
        f"Specified provider '{provider}' is not in available provider names.Available providers: '{CPU}'"
    ]
    check_numbers(answer["out"])
    assert answer["left"] == [0, {}]


@pytest.fixture(scope="module")
def device_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium with an adapter of software."""
    started = browser.browser_type.launch(
        executable_path=str(chromium()), args=[*CHROMIUM_FLAGS, *DEVICE_FLAGS]
    )
    yield started
    started.close()


class Visit:
    """A page with Python, and what it has asked the server for."""

    def __init__(self, context: BrowserContext, url: str, thread: str) -> None:
        self.asked: list[str] = []
        self.page = context.new_page()
        context.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{url}/blank")
        self.page.evaluate(START, thread)

    def run(self, code: str) -> Any:
        return self.page.evaluate(RUN, code)

    @property
    def engine_requests(self) -> list[str]:
        """Files of the engine that knows devices, without their folder."""
        return [url.rpartition("/")[2] for url in self.asked if "/onnxruntime-accelerated-" in url]


@pytest.mark.parametrize("thread", THREADS)
def test_webgpu_gives_natives_numbers(device_browser: Browser, runtime_url: str, thread: str) -> None:
    with device_browser.new_context() as context:
        visit = Visit(context, runtime_url, thread)
        on_cpu = visit.run(source((CPU, {})))
        assert on_cpu["providers"] == [CPU]
        assert visit.engine_requests == [], "the engine for devices came without being asked for"
        answer = visit.run(source((GPU, {"preferredLayout": "NHWC"}), ON_THE_GPU))
        assert sorted(set(visit.engine_requests)) == [
            "ort-wasm-simd-threaded.jspi.mjs",
            "ort-wasm-simd-threaded.jspi.wasm",
        ]
        progress = visit.page.evaluate("() => progress")
    assert answer["available"] == answer["providers"] == [GPU, CPU]
    assert answer["options"] == {GPU: {"preferredLayout": "NHWC"}, CPU: {}}
    assert answer["warnings"] == []
    check_numbers(answer["out"])
    assert answer["refused"].startswith("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Invalid rank for input")
    assert answer["by value"]
    assert answer["together"] == [True, False, True]
    assert GPU in answer["nodes on"]
    assert answer["on the CPU"][0] == [CPU]
    check_numbers(answer["on the CPU"][1])
    assert answer["left"] == [0, {}]
    downloads = [step for step in progress if step["name"] == "ort-wasm-simd-threaded.jspi.wasm"]
    assert downloads[-1]["loaded"] == downloads[-1]["total"] > 1_000_000


@pytest.mark.parametrize("thread", THREADS)
def test_webnn_computes_what_the_engine_gives_it(browser: Browser, runtime_url: str, thread: str) -> None:
    early = (Path(__file__).parent / "scripts" / "web_nn.js").read_text("utf-8")
    engine = ChromiumEngine(browser, early[early.index("() =>") :].rstrip().removesuffix(";"))
    try:
        engine.open(f"{runtime_url}/blank")
        engine.evaluate(START, thread)
        answer = engine.evaluate(RUN, web_nn_source())
    finally:
        engine.close()
    assert answer["available"] == answer["providers"] == [NN, CPU]
    assert answer["sums"] == [[3.0, 6.0, 9.0], [4.0, 8.0, 12.0]]
    assert answer["nodes on"] == [NN]
    # The context has no int64, and no multiplication.
    assert answer["products"] == [[2 * 5 + 2, -3 * 7 - 3]] * 2
    assert answer["mixed nodes on"] == [CPU, NN]
    sums, providers, printed = answer["too large"]
    assert (sums, providers) == ([2**41, 2], [CPU])
    assert f"EP_FAIL : Error: WebNN computes int64 with int32 here, which cannot hold {2**40}" in printed
    assert answer["left"] == [0, {}]


@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize("provider", [GPU, NN])
def test_without_a_device_there_is_natives_warning_and_the_cpu(
    browser: Browser, runtime_url: str, thread: str, provider: str
) -> None:
    with browser.new_context() as context:
        visit = Visit(context, runtime_url, thread)
        check_fallback(visit.run(source(provider)), provider)
        assert visit.engine_requests == []


def test_without_jspi_there_is_natives_warning_and_the_cpu(browser: Browser, runtime_url: str) -> None:
    engine = ChromiumEngine(browser, NO_JSPI, DEVICE_FLAGS)
    try:
        for thread in THREADS:
            engine.open(f"{runtime_url}/blank")
            assert engine.evaluate("async () => Boolean(await navigator.gpu.requestAdapter())")
            engine.evaluate(START, thread)
            check_fallback(engine.evaluate(RUN, source(GPU)), GPU)
    finally:
        engine.close()


def test_below_a_synchronous_call_python_cannot_wait_and_says_so(
    device_browser: Browser, runtime_url: str
) -> None:
    with device_browser.new_context() as context:
        visit = Visit(context, runtime_url, "main")
        visit.run(source(GPU).removesuffix(END) + 'json.dumps("session")')
        available, reason = visit.page.evaluate("(code) => JSON.parse(runtime.runPython(code))", SYNCHRONOUS)
        assert available == [CPU]
        assert "device answers later" in reason and "runPythonAsync" in reason
        answer = visit.run(
            '(out,) = session.run(None, {"input": x})\nanswer["out"] = out.ravel().tolist()' + END
        )
    check_numbers(answer["out"])
    assert answer["left"] == [0, {}]
