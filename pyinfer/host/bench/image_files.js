// What `pyinfer bench` measures of image files: cv2's functions, and Python's own codecs, which npm's opencv.js needs.

import { loadPyinfer } from "/pyinfer.js";
import { inTurn } from "./in_turn.js";

const SETUP = `
import time
import cv2
import numpy as np
from cv2 import _image_io as python_codecs

random = np.random.default_rng(0)
coarse = random.integers(0, 256, (45, 80, 3), np.uint8)
picture = cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC) // 2
picture += random.integers(0, 16, picture.shape, np.uint8)
files = {kind: cv2.imencode(f".{kind}", picture)[1] for kind in ("jpg", "png")}
modules = {"cv2": cv2, "Python's codecs": python_codecs}

for module in modules.values():
    assert np.array_equal(module.imdecode(files["png"], cv2.IMREAD_COLOR), picture)

def milliseconds(module, function, kind):
    start = time.perf_counter()
    if function == "imdecode":
        modules[module].imdecode(files[kind], cv2.IMREAD_COLOR)
    else:
        modules[module].imencode(f".{kind}", picture)
    return (time.perf_counter() - start) * 1000
`;

/**
 * Milliseconds by function and format, then by who computes; a picture of 1920 x 1080.
 *
 * @param {number} [rounds]
 * @returns {Promise<Record<string, Record<string, number>>>}
 */
export async function benchImageFiles(rounds = 9) {
  const runtime = await loadPyinfer();
  await runtime.runPythonAsync(SETUP);
  /** @type {Record<string, Record<string, number>>} */
  const times = {};
  for (const name of ["imdecode", "imencode"]) {
    for (const kind of ["jpg", "png"]) {
      const candidate = (/** @type {string} */ module) => () =>
        runtime.runPythonAsync(`milliseconds("${module}", "${name}", "${kind}")`);
      times[`${name}, ${kind}`] = await inTurn(
        { cv2: candidate("cv2"), "Python's codecs": candidate("Python's codecs") },
        rounds,
      );
    }
  }
  await runtime.close();
  return times;
}
