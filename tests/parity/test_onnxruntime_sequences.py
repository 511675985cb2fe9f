"""Sequences of tensors and optionals, natively and in the browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

MODELS = Path(__file__).parents[1] / "data"
ONES = np.ones(3, np.float32)
from_numpy = ort.OrtValue.ortvalue_from_numpy


def session(name):
    return ort.InferenceSession(str(MODELS / f"{name}.onnx"))


def test_a_sequence_is_a_list(parity):
    pair = session("sequence_out")
    results = [pair.run(None, {"x": np.arange(size, dtype=np.float32)}) for size in (3, 0)]
    parity([*results, pair.run(["pair"], {"x": from_numpy(ONES)})])


@pytest.mark.parametrize("sizes", [(3,), (2, 0, 4), (1,) * 20], ids=str)
def test_a_list_is_a_sequence(sizes, parity):
    joined, arrays = session("sequence_in"), [np.full(size, size, np.float32) for size in sizes]
    parity([joined.run(None, {"s": arrays}), joined.run(["y"], {"s": arrays[::-1]})])


def test_sequences_go_from_model_to_model(parity):
    (pair,) = session("sequence_out").run_with_ort_values(None, {"x": from_numpy(ONES)})
    joined = session("sequence_in")
    binding = joined.io_binding()
    binding.bind_ortvalue_input("s", pair)
    binding.bind_output("y")
    joined.run_with_iobinding(binding)
    parity([joined.run(None, {"s": pair}), binding.copy_outputs_to_cpu()])


def test_sequences_come_out_of_bindings(parity):
    opened = session("sequence_out")
    binding = opened.io_binding()
    binding.bind_cpu_input("x", ONES)
    binding.bind_output("pair")
    opened.run_with_iobinding(binding)
    first = binding.copy_outputs_to_cpu()
    binding.bind_output("pair")
    binding.bind_cpu_input("x", 2 * ONES)
    opened.run_with_iobinding(binding)
    parity([first, binding.copy_outputs_to_cpu(), binding.get_outputs()[0].is_tensor_sequence()])


def test_optionals(parity):
    inner = session("optional_in")
    fed = [
        inner.run(None, feed)[0].item() for feed in ({"x": ONES}, {"x": None}, {}, {"x": from_numpy(ONES)})
    ]
    full, empty = session("optional_out"), session("optional_empty")
    (value,) = full.run_with_ort_values(None, {"x": from_numpy(ONES)})
    (nothing,) = empty.run_with_ort_values(None, {})
    parity(
        [
            fed,
            full.run(None, {"x": ONES}),
            empty.run(None, {}),
            [value.has_value(), value.is_tensor(), value.numpy()],
            [nothing.has_value(), nothing.is_tensor()],
        ]
    )


@pytest.mark.parametrize("model", ["sequence_in", "sequence_out", "optional_in", "optional_out", "map_out"])
def test_types(model, parity):
    opened = session(model)
    parity([[arg.name, arg.type, list(arg.shape)] for arg in opened.get_inputs() + opened.get_outputs()])


REFUSED = {
    "array": ONES,
    "tuple": (ONES, ONES),
    "lists": [[1.0, 2.0], [3.0]],
    "none_inside": [None],
    "dtype": [ONES.astype(np.float64)],
    "mixed": [ONES, ONES.astype(np.int32)],
    "empty": [],
    "number": 5,
    "text": "a",
    "empty_dict": {},
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    opened = session("sequence_in")
    with pytest.raises(Exception) as caught:
        opened.run(None, {"s": REFUSED[case]})
    words = str(caught.value).strip().rpartition("was false. ")[2].rpartition("Impl ")[2]
    parity([type(caught.value).__name__, words, opened.run(None, {"s": [ONES]})])
