"""Makes a large model in the browser's file system, opens and runs it, and prints what that took.

large_model.py MEGABYTES KIND      KIND: "inside" or "beside", where the weights are
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyodide_js

from pyinfer.browser.bridge import get_bridge
from tests.parity.model_bytes import (
    BYTES,
    GRAPH_INITIALIZER,
    GRAPH_INPUT,
    GRAPH_NAME,
    GRAPH_NODE,
    GRAPH_OUTPUT,
    MODEL_GRAPH,
    MODEL_OPSET,
    TENSOR_DATA_LOCATION,
    TENSOR_EXTERNAL_DATA,
    TENSOR_NAME,
    TENSOR_RAW_DATA,
    VARINT,
    entry,
    message,
    varint,
)

FLOAT, INT64 = 1, 7
PIECE = 16 * 2**20


def value_info(name, element_type, size):
    dimension = message([(1, BYTES, message([(1, VARINT, size)]))])
    tensor = message([(1, VARINT, element_type), (2, BYTES, dimension)])
    return message([(1, BYTES, name), (2, BYTES, message([(1, BYTES, tensor)]))])


def write_weights(file, count):
    """0, 1, 2, ... as floats."""
    for start in range(0, count, PIECE // 4):
        file.write(np.arange(start, min(start + PIECE // 4, count)).astype(np.float32))


def write_model(path, count, inside):
    """`y = w[i]`."""
    node = message([(1, BYTES, b"w"), (1, BYTES, b"i"), (2, BYTES, b"y"), (4, BYTES, b"Gather")])
    rest = message(
        [
            (GRAPH_NODE, BYTES, node),
            (GRAPH_NAME, BYTES, b"large"),
            (GRAPH_INPUT, BYTES, value_info(b"i", INT64, 3)),
            (GRAPH_OUTPUT, BYTES, value_info(b"y", FLOAT, 3)),
        ]
    )
    tensor = message([(1, VARINT, count), (2, VARINT, FLOAT), (TENSOR_NAME, BYTES, b"w")])
    start = message([(1, VARINT, 8), (MODEL_OPSET, BYTES, message([(2, VARINT, 17)]))])
    if not inside:
        where = [(TENSOR_EXTERNAL_DATA, BYTES, entry("location", "w.bin")), (TENSOR_DATA_LOCATION, VARINT, 1)]
        graph = message([(GRAPH_INITIALIZER, BYTES, tensor + message(where))]) + rest
        path.write_bytes(start + message([(MODEL_GRAPH, BYTES, graph)]))
        with path.with_name("w.bin").open("wb") as file:
            write_weights(file, count)
        return

    def key(number, size):
        return varint(number << 3 | BYTES) + varint(size)

    size = 4 * count
    tensor += key(TENSOR_RAW_DATA, size)
    before = key(GRAPH_INITIALIZER, len(tensor) + size) + tensor
    with path.open("wb") as file:
        file.write(start + key(MODEL_GRAPH, len(before) + size + len(rest)) + before)
        write_weights(file, count)
        file.write(rest)


def main():
    count = int(sys.argv[1]) * 2**18
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.onnx"
        write_model(path, count, sys.argv[2] == "inside")
        heap = pyodide_js._module.HEAPU8.length
        session = ort.InferenceSession(path)
    (out,) = session.run(None, {"i": np.array([1, count // 2, -1], np.int64)})
    expected = np.array([1, count // 2, count - 1]).astype(np.float32)
    engine = get_bridge().onnxruntime
    print(
        json.dumps(
            {
                "right": bool((out == expected).all()),
                "python": (pyodide_js._module.HEAPU8.length - heap) / 2**20,
                "engine": engine.memorySize() / 2**20,
                "held": engine.liveCount(),
            }
        )
    )


main()
