"""What `pyinfer model info` says of WebGPU is what the engine takes, on an adapter of software."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from onnx import TensorProto, helper
from playwright.sync_api import Browser

from pyinfer.host.build import runtime_bundle
from pyinfer.host.model.info import info
from pyinfer.host.places import chromium
from pyinfer.host.serve import serving
from tests.browser.conftest import blank_page
from tests.browser.engines import CHROMIUM_FLAGS, DEVICE_FLAGS

START = """async () => {
  const { loadPyinfer } = await import("/pyinfer.js");
  globalThis.runtime = await loadPyinfer({});
}"""

#: The session may not leave anything to the CPU.
CREATE = """
import base64
import onnxruntime

options = onnxruntime.SessionOptions()
options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
refused = []
for operator, model in {models!r}.items():
    try:
        onnxruntime.InferenceSession(base64.b64decode(model), options, ["WebGpuExecutionProvider"])
    except Exception:
        refused.append(operator)
",".join(refused)
"""


def one_operator(path: Path, operator: str, opset: int) -> Path:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "one", values[:1], values[1:])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("opset", [13, 20])
def test_the_engine_takes_what_the_table_has(opset: int, tmp_path: Path, browser: Browser) -> None:
    """Identity, Max, Min and Softplus are not documented; Hardmax really is lacking."""
    operators = ("Identity", "Max", "Min", "Softplus", "Relu", "Softmax", "Hardmax", "LogSoftmax")
    paths = {name: one_operator(tmp_path / f"{name}.onnx", name, opset) for name in operators}
    lacking = [name for name, path in paths.items() if info(path).missing["webgpu"]]
    models = {name: base64.b64encode(path.read_bytes()).decode() for name, path in paths.items()}
    flags = [*CHROMIUM_FLAGS, *DEVICE_FLAGS]
    own = browser.browser_type.launch(executable_path=str(chromium()), args=flags)
    try:
        with serving(runtime_bundle(), extra={"/blank": blank_page}) as url:
            page = own.new_page()
            page.goto(f"{url}/blank")
            page.evaluate(START)
            code = CREATE.format(models=models)
            refused = page.evaluate("(code) => runtime.runPythonAsync(code)", code)
    finally:
        own.close()
    assert lacking and refused.split(",") == lacking
