"""Opens each model of an archive, runs it once, and prints what came of it: a line of JSON a model.

python open_models.py ARCHIVE FIRST ADD      from the model number FIRST on; ADD is a good one
"""

import gc
import json
import math
import sys
import zipfile

import numpy as np
import onnxruntime as ort

DTYPES = {"float": "float32", "double": "float64", "string": "object"}
LARGEST = 10_000


def feed(session):
    """An array of ones for each input; None if an input is no tensor, or too large."""
    fed = {}
    for arg in session.get_inputs():
        kind = arg.type.removeprefix("tensor(").removesuffix(")")
        try:
            dtype = np.dtype(DTYPES.get(kind, kind))
        except TypeError:
            return None
        shape = [size if isinstance(size, int) and size >= 0 else 2 for size in arg.shape]
        if math.prod(shape) > LARGEST:
            return None
        fed[arg.name] = np.full(shape, "1", object) if dtype.hasobject else np.ones(shape, dtype)
    return fed


def outcome(content):
    """What happened, and in which words."""
    step = "load"
    try:
        session = ort.InferenceSession(content)
        step = "run"
        fed = feed(session)
        outputs = [] if fed is None else session.run(None, fed)
    except Exception as error:
        return f"{step}: {type(error).__name__}", str(error)
    shapes = [
        f"{out.dtype}{list(out.shape)}" if hasattr(out, "dtype") else type(out).__name__ for out in outputs
    ]
    return f"ran: {' '.join(shapes)}" if fed is not None else "not run", ""


def main():
    ort.set_default_logger_severity(4)
    with zipfile.ZipFile(sys.argv[1]) as archive:
        for name in sorted(archive.namelist())[int(sys.argv[2]) :]:
            # Natively what ends in UnicodeDecodeError prints something before: a line of its own.
            print("\n" + json.dumps([name, *outcome(archive.read(name))]), flush=True)
        ones = np.ones((2, 3), np.float32)
        (total,) = ort.InferenceSession(sys.argv[3]).run(None, {"a": ones, "b": ones})
        gc.collect()
        print("\n" + json.dumps(["afterwards", "ran: " + str(total.tolist()), ""]), flush=True)


main()
