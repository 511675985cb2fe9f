// What `pyinfer bench` measures of OpenCV, in one page: the shims, the recipe that tutorials give, and the same
// calls written by hand in JavaScript, in turn, on the same engine builds.

import { loadPyinfer } from "/pyinfer.js";
import { inTurn } from "./in_turn.js";
import { BY_HAND } from "./pipelines.js";

const WIDTH = 1920;
const HEIGHT = 1080;

/** @param {{ module: string, wasm: string }} urls */
async function rawOpenCV({ module, wasm }) {
  const { default: create } = await import(new URL(module, location.origin).href);
  return new Promise((resolve, reject) => {
    create({
      instantiateWasm(imports, receive) {
        WebAssembly.instantiateStreaming(fetch(`/${wasm}`), imports).then(
          ({ instance, module }) => receive(instance, module),
          reject,
        );
        return {};
      },
    }).then(resolve, reject);
  });
}

/** @param {number} [rounds] */
export async function benchResize(rounds = 15) {
  const pyodide = await loadPyinfer({ thread: "main" });
  const manifest = await (await fetch("/pyinfer.json")).json();
  const cv = await rawOpenCV(manifest.opencv);
  globalThis.rawCv = cv;
  pyodide.runPython(`
import time
import cv2
import numpy as np
from js import rawCv
from pyodide.ffi import to_js

image = np.random.default_rng(0).integers(0, 256, (${HEIGHT}, ${WIDTH}, 3), np.uint8)

def shim():
    return cv2.resize(image, (192, 108))

def recipe():
    source = rawCv.matFromArray(${HEIGHT}, ${WIDTH}, rawCv.CV_8UC3, to_js(image.ravel()))
    target = rawCv.Mat.new()
    rawCv.resize(source, target, rawCv.Size.new(192, 108), 0, 0, rawCv.INTER_LINEAR)
    out = np.asarray(target.data.to_py()).reshape(108, 192, 3)
    source.delete()
    target.delete()
    return out

assert np.array_equal(shim(), recipe())

def milliseconds(function, calls):
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) * 1000 / calls
`);
  const image = new Uint8Array(WIDTH * HEIGHT * 3);
  crypto.getRandomValues(image.subarray(0, 65536));
  for (let filled = 65536; filled < image.length; filled *= 2) {
    image.copyWithin(filled, 0, filled);
  }
  const byHand = () => {
    const source = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC3);
    source.data.set(image);
    const target = new cv.Mat();
    cv.resize(source, target, new cv.Size(192, 108), 0, 0, cv.INTER_LINEAR);
    const out = target.data.slice();
    source.delete();
    target.delete();
    return out;
  };
  const times = await inTurn(
    {
      "cv2.resize": () => pyodide.runPython("milliseconds(shim, 20)"),
      "by hand in JavaScript": () => repeated(byHand, 20),
      "the tutorials' recipe": () => pyodide.runPython("milliseconds(recipe, 3)"),
    },
    rounds,
  );
  await pyodide.close();
  return times;
}

/**
 * @param {() => unknown} work
 * @param {number} calls
 */
function repeated(work, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) {
    work();
  }
  return (performance.now() - start) / calls;
}

/**
 * What the shim itself costs: the smallest call, beside the same calls on opencv.js through JsProxy.
 *
 * @param {number} [rounds]
 */
export async function benchSmallCall(rounds = 25) {
  const pyodide = await loadPyinfer({ thread: "main" });
  globalThis.rawCv = await rawOpenCV((await (await fetch("/pyinfer.json")).json()).opencv);
  pyodide.runPython(`
import time
import cv2
import numpy as np
from js import rawCv

image = np.zeros((8, 8), np.uint8)

def shim():
    return cv2.bitwise_not(image)

def by_proxy():
    source = rawCv.Mat.new(8, 8, rawCv.CV_8UC1)
    source.data.assign(image)
    target = rawCv.Mat.new()
    rawCv.bitwise_not(source, target)
    out = np.empty((8, 8), np.uint8)
    target.data.assign_to(out)
    source.delete()
    target.delete()
    return out

assert np.array_equal(shim(), by_proxy())

def milliseconds(function, calls):
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) * 1000 / calls
`);
  const times = await inTurn(
    {
      "cv2.bitwise_not": () => pyodide.runPython("milliseconds(shim, 500)"),
      "the same through JsProxy": () => pyodide.runPython("milliseconds(by_proxy, 500)"),
    },
    rounds,
  );
  await pyodide.close();
  return times;
}

/**
 * Whether Python's result is that of the same calls by hand. The shim corrects opencv.js's ORB to native's
 * key points, which are a few others: there about as many matches will do.
 *
 * @param {string} name
 * @param {ArrayLike<number>} expected
 * @param {ArrayLike<number>} found
 */
function agree(name, expected, found) {
  if (name === "ORB match") {
    return Math.abs(expected.length - found.length) <= 0.1 * expected.length;
  }
  return expected.length === found.length && Array.from(expected).every((value, i) => value === found[i]);
}

/** Calls of a pipeline that are timed together. */
const TOGETHER = 3;

/**
 * The six pipelines, each in Python and by hand, on the same inputs; both must give the same first.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} [rounds]
 * @returns {Promise<Record<string, Record<string, number>>>} milliseconds by pipeline and candidate
 */
export async function benchPipelines(width, height, rounds = 9) {
  const pyodide = await loadPyinfer({ thread: "main" });
  const cv = await rawOpenCV((await (await fetch("/pyinfer.json")).json()).opencv);
  pyodide.FS.writeFile("/tmp/pipelines.py", await (await fetch("/bench/pipelines.py")).text());
  pyodide.runPython(`
import sys
sys.path.insert(0, "/tmp")
import pipelines
inputs = pipelines.make_inputs(${width}, ${height})
`);
  const toTypedArray = (/** @type {string} */ expression) => {
    const proxy = pyodide.runPython(expression);
    const buffer = proxy.getBuffer();
    const copy = buffer.data.slice();
    buffer.release();
    proxy.destroy();
    return copy;
  };
  /** @type {any} */
  const inputs = { width, height };
  for (const name of ["image", "mask", "detections", "boxes"]) {
    inputs[name] = toTypedArray(`inputs["${name}"].reshape(-1)`);
  }
  /** @type {Record<string, Record<string, number>>} */
  const results = {};
  for (const [name, byHand] of Object.entries(BY_HAND)) {
    const expected = byHand(cv, inputs);
    const found = toTypedArray(`pipelines.PIPELINES["${name}"](**inputs).reshape(-1)`);
    if (!agree(name, expected, found)) {
      throw new Error(`${name}: Python and JavaScript disagree`);
    }
    results[name] = await inTurn(
      {
        Python: () => pyodide.runPython(`pipelines.milliseconds("${name}", inputs, ${TOGETHER})`),
        "outside cv2": () =>
          pyodide.runPython(`pipelines.milliseconds_outside("${name}", inputs, ${TOGETHER})`),
        JavaScript: () => repeated(() => byHand(cv, inputs), TOGETHER),
      },
      rounds,
    );
  }
  await pyodide.close();
  return results;
}
