"""The engine's memory stays flat: sessions, runs, bindings and values leave nothing behind."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import LOAD

MODELS = Path(__file__).parents[1] / "data"

PRELUDE = """
import base64, gc, json, sys
import numpy as np
import onnxruntime as ort
from pyinfer.browser.bridge import get_bridge, live_handle_counts

engine = get_bridge().onnxruntime
network, add = (base64.b64decode(text) for text in {models})
ones = np.ones((2, 3), np.float32)
feed = {{"a": ones, "b": ones}}
image = np.zeros((1, 1, 64, 64), np.float32)


def once(model, arrays):
    session = ort.InferenceSession(model)
    return session.run(None, arrays)


def bind(session):
    binding = session.io_binding()
    binding.bind_cpu_input("a", ones)
    binding.bind_ortvalue_input("b", ort.OrtValue.ortvalue_from_numpy(ones))
    binding.bind_output("total")
    session.run_with_iobinding(binding)
    (value,) = binding.get_outputs()
    binding.bind_ortvalue_input("b", value)
    binding.bind_ortvalue_output("total", ort.OrtValue.ortvalue_from_shape_and_type([2, 3], np.float32))
    session.run_with_iobinding(binding)
    binding.copy_outputs_to_cpu()


def growth(count, work):
    for _ in range(20):
        work()
    before = engine.memorySize(), engine.heapEnd(), engine.liveCount()
    for _ in range(count):
        work()
    gc.collect()
    after = engine.memorySize(), engine.heapEnd(), engine.liveCount()
    return [late - early for late, early in zip(after, before)]


def refused():
    for model in (add[:-1], network[:1000], b"text"):
        try:
            ort.InferenceSession(model)
        except Exception:
            pass
"""

REPEATED = {
    "sessions": "growth(1000, lambda: once(add, feed))",
    "larger sessions": "growth(200, lambda: once(network, {'input': image}))",
    "refused models": "growth(300, refused)",
    "runs": "(lambda session: growth(10000, lambda: session.run(None, feed)))(ort.InferenceSession(add))",
    "bindings": "(lambda session: growth(1000, lambda: bind(session)))(ort.InferenceSession(add))",
}


def encoded() -> list[str]:
    names = ("network_64", "add_fixed")
    return [base64.b64encode((MODELS / f"{name}.onnx").read_bytes()).decode() for name in names]


@pytest.fixture(scope="module")
def run(browser: Browser, bare_url: str):
    """Runs an expression in one page's Python, its last value as JSON."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{bare_url}/blank")
    page.evaluate(LOAD, {"thread": "worker"})
    evaluate = "(code) => runtime.runPythonAsync(code).then(JSON.parse)"
    page.evaluate(evaluate, PRELUDE.format(models=encoded()) + "json.dumps(None)")
    yield lambda expression: page.evaluate(evaluate, f"json.dumps({expression})")
    assert page.evaluate(
        evaluate, "gc.collect(); json.dumps([engine.liveCount(), live_handle_counts()])"
    ) == [
        0,
        {},
    ]
    context.close()


@pytest.mark.parametrize("work", REPEATED)
def test_memory_stays_flat(run, work: str) -> None:
    assert run(REPEATED[work]) == [0, 0, 0]


def test_a_session_tells_how_much_it_takes(run) -> None:
    file = (MODELS / "network_64.onnx").stat().st_size
    kept = run(
        "(lambda sessions: [sys.getsizeof(session) for session in sessions])"
        "([ort.InferenceSession(network) for _ in range(5)])"
    )
    assert all(file < size < 10 * file for size in kept[1:])
    assert run("sys.getsizeof(ort.OrtValue.ortvalue_from_shape_and_type([10**6], np.float32))") > 4e6
