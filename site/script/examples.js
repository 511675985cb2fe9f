// What the editor offers to begin with, and the files that this needs in Python's working folder.

const PEBBLES = new URL("sample.jpg", document.baseURI);

/** @typedef {import("../runtime.js").Runtime} Runtime */

/** @type {Record<string, (runtime: Runtime) => Promise<Blob | Uint8Array>>} */
const FILES = {
  "pebbles.jpg": async () => {
    const response = await fetch(PEBBLES);
    if (!response.ok) {
      throw new Error(`pebbles.jpg could not be fetched: the server answered ${response.status}`);
    }
    return response.blob();
  },
  "digits.onnx": async (runtime) => runtime.read(await runtime.fetchModel("digits")),
};

/**
 * The files of ours that a script names, and how to get each.
 *
 * @param {string} source
 * @param {Runtime} runtime
 * @returns {[string, () => Promise<Blob | Uint8Array>][]}
 */
export function needsOf(source, runtime) {
  return Object.entries(FILES)
    .filter(([name]) => source.includes(name))
    .map(([name, fetchIt]) => [name, () => fetchIt(runtime)]);
}

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
    name: "A window",
    code: `import cv2
import numpy as np

picture = np.full((300, 480, 3), 245, np.uint8)
for step in range(60):
    cv2.circle(picture, (40 + 7 * step, 150), 30, (4 * step, 140, 230), 2, cv2.LINE_AA)
    cv2.imshow("Circles", picture)
    cv2.waitKey(30)
cv2.imwrite("circles.png", picture)
`,
  },
  {
    name: "A figure",
    code: `import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 4 * np.pi, 400)
figure, axes = plt.subplots(figsize=(6, 3.2))
axes.plot(x, np.sin(x), label="sine")
axes.plot(x, np.sin(x) * np.exp(-x / 6), label="fading")
axes.legend()
plt.show()
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
