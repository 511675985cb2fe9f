// What the editor offers to begin with. `pebbles.jpg` and `digits.onnx` lie in Python's working folder.

/** @type {{ name: string, code: string }[]} */
export const EXAMPLES = [
  {
    name: "OpenCV",
    code: `import cv2

image = cv2.imread("pebbles.jpg")
grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
_, dark = cv2.threshold(
    grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
contours, _ = cv2.findContours(
    dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)

pebbles = [c for c in contours if cv2.contourArea(c) > 400]
pebbles.sort(key=cv2.contourArea, reverse=True)
print(len(pebbles), "pebbles. The largest:")
for pebble in pebbles[:8]:
    x, y, w, h = cv2.boundingRect(pebble)
    area = cv2.contourArea(pebble)
    print(f"{area:8.1f} px²  {w:3} x {h:3}")
`,
  },
  {
    name: "ONNX Runtime",
    code: `import numpy as np
import onnxruntime as ort

session = ort.InferenceSession("digits.onnx")
for node in session.get_inputs() + session.get_outputs():
    print(node.name, node.type, node.shape)

# Two digits as 8 x 8 counts of ink: a bar, a ring.
counts = np.zeros((2, 1, 8, 8), np.float32)
counts[0, 0, :, 3:5] = 16
counts[1, 0, :, 1:7] = 16
counts[1, 0, 2:6, 3:5] = 0

(answers,) = session.run(None, {"counts": counts})
print(answers.argmax(axis=1), answers.max(axis=1))
`,
  },
  {
    name: "NumPy",
    code: `import time
import numpy as np

rng = np.random.default_rng(1)
matrix = rng.normal(size=(400, 400))

started = time.perf_counter()
values = np.linalg.svd(matrix, compute_uv=False)
print(f"{time.perf_counter() - started:.2f} s for 400 x 400")
values[:5].round(2)
`,
  },
  {
    name: "A traceback",
    code: `import cv2

def halve(image):
    return cv2.resize(image, None, fx=0.5, fy=0.5)

print("The file is missing, so imread gives None.")
halve(cv2.imread("no-such-file.jpg"))
`,
  },
  {
    name: "An endless loop",
    code: `import itertools
import time

for second in itertools.count(1):
    print(f"{second} s. Press Stop.", flush=True)
    time.sleep(1)
`,
  },
];
