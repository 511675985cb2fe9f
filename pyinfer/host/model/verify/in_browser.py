"""What runs in the browser: a model, on the inputs that standard input brings, one sample after another.

A frame is eight bytes of length (big-endian) and an archive of NumPy's: the inputs in the model's order, and
back come the outputs, likewise.
"""

import io
import sys

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1])
names = [each.name for each in session.get_inputs()]
while header := sys.stdin.buffer.read(8):
    content = sys.stdin.buffer.read(int.from_bytes(header, "big"))
    with np.load(io.BytesIO(content)) as feeds:
        outputs = session.run(None, dict(zip(names, feeds.values(), strict=True)))
    answer = io.BytesIO()
    np.savez(answer, *outputs)
    sys.stdout.buffer.write(answer.tell().to_bytes(8, "big") + answer.getvalue())
    sys.stdout.buffer.flush()
