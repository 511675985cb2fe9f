"""What mypy reads of ``onnxruntime``: it accepts a program that works and refuses one that does not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pyinfer.host.wheels import browser_wheel

GOOD = """
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt
import onnxruntime
import onnxruntime as ort
from onnxruntime import GraphOptimizationLevel, InferenceSession, OrtValue, SessionOptions
from onnxruntime.capi import _pybind_state as C
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, NoSuchFile

Floats = npt.NDArray[np.float32]


def open_session(path: Path, threads: int) -> InferenceSession:
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_prepacking", "1")
    providers: list[str | tuple[str, dict[str, Any]]] = [
        ("CUDAExecutionProvider", {"device_id": 0}),
        "CPUExecutionProvider",
    ]
    try:
        return ort.InferenceSession(path, sess_options=options, providers=providers)
    except NoSuchFile as error:
        raise SystemExit(str(error)) from error


class Detector:
    def __init__(self, path: str) -> None:
        self.session = onnxruntime.InferenceSession(path, providers=ort.get_available_providers())
        model_inputs = self.session.get_inputs()
        self.input_names = [model_inputs[i].name for i in range(len(model_inputs))]
        assert_type(self.input_names, list[str])
        shape = model_inputs[0].shape
        self.height, self.width = shape[2], shape[3]
        self.output_names = [output.name for output in self.session.get_outputs()]
        metadata = self.session.get_modelmeta().custom_metadata_map
        assert_type(metadata, dict[str, str])
        self.classes = json.loads(metadata.get("names", "{}"))

    def __call__(self, image: Floats) -> tuple[Floats, list[float]]:
        run_options = ort.RunOptions()
        run_options.logid = "detector"
        outputs = self.session.run(self.output_names, {self.input_names[0]: image[None]}, run_options)
        boxes, scores = outputs[0], outputs[1]
        predictions = np.squeeze(boxes).T
        return predictions.astype(np.float32), [float(score) for score in scores]


def decode(session: InferenceSession, tokens: npt.NDArray[np.int64]) -> list[int]:
    binding = session.io_binding()
    assert_type(binding, ort.IOBinding)
    state = OrtValue.ortvalue_from_shape_and_type([1, 8], np.float32, "cpu", 0)
    state.update_inplace(np.zeros((1, 8), np.float32))
    result = []
    for token in tokens:
        binding.bind_cpu_input("token", np.array([[token]], np.int64))
        binding.bind_ortvalue_input("state", state)
        binding.bind_output("logits")
        binding.bind_output("next_state", "cpu")
        session.run_with_iobinding(binding)
        logits, state = binding.get_outputs()
        result.append(int(logits.numpy().argmax()))
    values = session.run_with_ort_values(None, {"state": state})
    assert_type(values, list[OrtValue])
    print(values[0].shape(), values[0].data_type(), values[0].element_type(), values[0].device_name())
    return result + [int(array.sum()) for array in binding.copy_outputs_to_cpu()]


def vectors(session: InferenceSession, array: Floats) -> None:
    feeds, fetches = C.OrtValueVector(), C.OrtValueVector()
    feeds.push_back(OrtValue.ortvalue_from_numpy(array)._ortvalue)
    device = ort.OrtDevice.make("cpu", 0)._get_c_device()
    session.run_with_ortvaluevector(ort.RunOptions(), ["x"], feeds, ["y"], fetches, [device])
    session.run_async(None, {"x": array}, lambda outputs, data, error: print(len(outputs), data, error), 5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    arguments = parser.parse_args()
    ort.set_default_logger_severity(3)
    print(ort.__version__, ort.get_device(), ort.get_all_providers())
    try:
        Detector(arguments.model)(np.zeros((3, 640, 640), np.float32))
    except (InvalidArgument, Fail) as error:
        print(error)
"""

BAD = """
import numpy as np
import onnxruntime as ort

session = ort.InferenceSession()  # no
session = ort.InferenceSession("model.onnx", provider=["CPUExecutionProvider"], sess_options=5)  # no
session = ort.InferenceSession("model.onnx")
session.run(None)  # no
session.run(5, {})  # no
session.run(None, [np.zeros(3)])  # no
session.inputs  # no
session.get_inputs()[0].dtype  # no
session.get_inputs().name  # no
session.get_modelmeta().names  # no
options = ort.SessionOptions()
options.intra_op_num_threads = "2"  # no
options.graph_optimization_level = 99  # no
options.execution_mode = ort.GraphOptimizationLevel.ORT_ENABLE_ALL  # no
ort.GraphOptimizationLevel.ORT_ENABLE_SOME  # no
ort.OrtValue.ortvalue_from_numpy([1.0])  # no
value = ort.OrtValue.ortvalue_from_numpy(np.zeros(3))
value.reshape(3)  # no
session.run_with_ort_values(None, {"x": np.zeros(3)})  # no
session.io_binding().bind_input("x", np.zeros(3))  # no
session.io_binding().bind_ortvalue_input("x", np.zeros(3))  # no
ort.InferenceSesion("model.onnx")  # no
text: str = session.get_providers()  # no
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The browser wheel, unpacked as an installer does it."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(browser_wheel()).extractall(folder)
    return folder


def test_mypy_accepts_a_program_that_works_and_refuses_one_that_does_not(site: Path, tmp_path: Path) -> None:
    assert (site / "onnxruntime" / "py.typed").is_file()
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD)
    bad.write_text(BAD)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--no-error-summary"]
    done = subprocess.run(
        [*command, "--cache-dir", str(tmp_path / "cache"), "--config-file=", str(good), str(bad)],
        capture_output=True,
        text=True,
        cwd=site,
        env={"MYPYPATH": str(site), "PATH": ""},
    )
    assert done.returncode == 1, done.stderr + done.stdout
    errors = [line.partition(": error: ") for line in done.stdout.splitlines() if ": error: " in line]
    assert not [f"{place}: {text}" for place, _, text in errors if place.startswith(str(good))]
    wrong = {number for number, line in enumerate(BAD.splitlines(), 1) if line.endswith("# no")}
    assert {int(place.rpartition(":")[2]) for place, _, _ in errors if place.startswith(str(bad))} == wrong
