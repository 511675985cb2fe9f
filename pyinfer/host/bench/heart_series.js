// A whole CT series, from pixels in memory to the box around the heart: the demo's Python, and the same by hand
// as an engineer writes it for npm's opencv.js and onnxruntime-web, with its Mats kept from slice to slice.

import { loadPyinfer } from "/pyinfer.js";
import { inTurn } from "./in_turn.js";

const LIBRARY = "/node_modules/onnxruntime-web/dist/";
const SIZE = 512;
const SIDE = 64;
const SMALLEST = 200;
const TIP = 40;
const BATCH = 32;
const LOW = -160;
const HIGH = 240;
const LARGEST_GAP = 0.03;
const OUTLIERS = 0.05;

/**
 * @typedef {object} Settings
 * @property {number} slices
 * @property {number} drawn so many of them differ
 * @property {number} threads
 * @property {number} rounds
 * @property {string[]} modules the demo's Python files, below /site/
 */

/** @typedef {{ x: number, y: number, width: number, height: number, area: number }} Part */
/** @typedef {[first: number, last: number, x: number, y: number, width: number, height: number]} Box */

/**
 * @param {Settings} settings
 * @returns {Promise<Record<string, number>>} milliseconds
 */
export async function benchSeries({ slices, drawn, threads, rounds, modules }) {
  const pyodide = await loadPyinfer({ thread: "main", numThreads: threads });
  const network = await bytesAt("/site/models/heart.onnx");
  pyodide.FS.mkdirTree("/tmp/demo/pyinfer_demo");
  pyodide.FS.mkdirTree("/tmp/demo/chest_phantom");
  for (const module of modules) {
    pyodide.FS.writeFile(`/tmp/demo/${module.replace("models/", "")}`, await bytesAt(`/site/${module}`));
  }
  pyodide.FS.writeFile("/tmp/heart.onnx", network);
  pyodide.runPython(`
import json
import sys
import time

import numpy as np

sys.path.insert(0, "/tmp/demo")
from pyinfer_demo import heart, heart_phantom

session = heart.load("/tmp/heart.onnx")
some = [heart_phantom.make_slice(k, ${drawn}) for k in range(${drawn})]
series = [some[k * ${drawn} // ${slices}].copy() for k in range(${slices})]

def search():
    box = heart.enclose(heart.locate(session, series))
    return [box.first, box.last, box.x, box.y, box.width, box.height]

def milliseconds():
    start = time.perf_counter()
    search()
    return (time.perf_counter() - start) * 1000
`);
  const series = Array.from({ length: slices }, (_, k) => int16Of(pyodide, `series[${k}].reshape(-1)`));
  const byHand = await createByHand(network, threads);
  const expected = JSON.stringify(await byHand(series));
  const found = pyodide.runPython("json.dumps(search(), separators=(',', ':'))");
  if (found !== expected) {
    throw new Error(`Python found ${found}, JavaScript ${expected}`);
  }
  const times = await inTurn(
    {
      "Python on the shims": () => pyodide.runPython("milliseconds()"),
      "JavaScript on npm's engines": async () => {
        const start = performance.now();
        await byHand(series);
        return performance.now() - start;
      },
    },
    rounds,
  );
  await pyodide.close();
  return times;
}

/** @param {string} address */
async function bytesAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`${address} is not served`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param {any} pyodide
 * @param {string} expression
 * @returns {Int16Array}
 */
function int16Of(pyodide, expression) {
  const proxy = pyodide.runPython(expression);
  const buffer = proxy.getBuffer();
  const copy = buffer.data.slice();
  buffer.release();
  proxy.destroy();
  return copy;
}

async function openNpmsOpenCV() {
  const module = "/made/npm.mjs";
  const { default: create } = await import(module);
  return new Promise((resolve, reject) => {
    create({
      instantiateWasm(/** @type {WebAssembly.Imports} */ imports, /** @type {Function} */ receive) {
        WebAssembly.instantiateStreaming(fetch("/made/npm.wasm"), imports).then(
          ({ instance, module }) => receive(instance, module),
          reject,
        );
        return {};
      },
    }).then(resolve, reject);
  });
}

/**
 * @param {Uint8Array} network
 * @param {number} threads
 * @returns {Promise<(series: Int16Array[]) => Promise<Box | null>>}
 */
async function createByHand(network, threads) {
  const cv = await openNpmsOpenCV();
  const ort = await import(`${LIBRARY}ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = LIBRARY;
  const session = await ort.InferenceSession.create(network);
  const whole = new cv.Mat(SIZE, SIZE, cv.CV_16S);
  const small = new cv.Mat();
  const mask = new cv.Mat(SIDE, SIDE, cv.CV_8U);
  const hierarchy = new cv.Mat();
  const size = new cv.Size(SIDE, SIDE);

  /** @param {Int16Array[]} slices */
  const prepare = (slices) => {
    const greys = new Float32Array(slices.length * SIDE * SIDE);
    slices.forEach((slice, index) => {
      whole.data16S.set(slice);
      cv.resize(whole, small, size, 0, 0, cv.INTER_LINEAR);
      const values = small.data16S;
      for (let i = 0, to = index * SIDE * SIDE; i < values.length; i += 1, to += 1) {
        greys[to] = Math.min(255, Math.max(0, (values[i] - LOW) * (255 / (HIGH - LOW))));
      }
    });
    return greys;
  };

  /** @param {Float32Array} logits of one slice */
  const outline = (logits) => {
    const bits = mask.data;
    let shows = 0;
    for (let i = 0; i < bits.length; i += 1) {
      const bit = logits[i] > 0 ? 1 : 0;
      bits[i] = bit;
      shows |= bit;
    }
    if (!shows) {
      return null;
    }
    const contours = new cv.MatVector();
    cv.findContours(mask, contours, hierarchy, cv.RETR_LIST, cv.CHAIN_APPROX_SIMPLE);
    let largest = null;
    let area = 0;
    for (let i = 0; i < contours.size(); i += 1) {
      const contour = contours.get(i);
      const its = cv.contourArea(contour);
      if (its > area) {
        largest?.delete();
        largest = contour;
        area = its;
      } else {
        contour.delete();
      }
    }
    const box = largest && area >= TIP ? cv.boundingRect(largest) : null;
    largest?.delete();
    contours.delete();
    return box && { ...scaled(box), area };
  };

  return async (series) => {
    /** @type {(Part | null)[]} */
    const parts = [];
    for (let start = 0; start < series.length; start += BATCH) {
      const batch = series.slice(start, start + BATCH);
      const input = new ort.Tensor("float32", prepare(batch), [batch.length, 1, SIDE, SIDE]);
      const { output } = await session.run({ input });
      for (let index = 0; index < batch.length; index += 1) {
        parts.push(outline(output.data.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE)));
      }
    }
    return enclose(parts);
  };
}

/** @param {{ x: number, y: number, width: number, height: number }} box in the network's picture */
function scaled({ x, y, width, height }) {
  const scale = SIZE / SIDE;
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/**
 * @param {(Part | null)[]} parts
 * @returns {Box | null}
 */
function enclose(parts) {
  const gap = 1 + Math.max(1, Math.round(LARGEST_GAP * parts.length));
  /** @type {number[][]} */
  const runs = [];
  parts.forEach((part, k) => {
    if (part && part.area >= SMALLEST) {
      const run = runs.at(-1);
      if (run && k - run[run.length - 1] <= gap) {
        run.push(k);
      } else {
        runs.push([k]);
      }
    }
  });
  if (!runs.length) {
    return null;
  }
  const run = runs.reduce((one, other) => (other.length > one.length ? other : one));
  const kept = run.map((k) => /** @type {Part} */ (parts[k]));
  const left = percentile(
    kept.map(({ x }) => x),
    OUTLIERS,
  );
  const top = percentile(
    kept.map(({ y }) => y),
    OUTLIERS,
  );
  const right = percentile(
    kept.map(({ x, width }) => x + width),
    1 - OUTLIERS,
  );
  const bottom = percentile(
    kept.map(({ y, height }) => y + height),
    1 - OUTLIERS,
  );
  const isInside = (/** @type {Part | null | undefined} */ part) => {
    const x = part ? part.x + part.width / 2 : -1;
    const y = part ? part.y + part.height / 2 : -1;
    return left <= x && x < right && top <= y && y < bottom;
  };
  let first = run[0];
  let last = run[run.length - 1];
  while (isInside(parts[first - 1])) {
    first -= 1;
  }
  while (isInside(parts[last + 1])) {
    last += 1;
  }
  return [first, last, left, top, right - left, bottom - top];
}

/**
 * @param {number[]} values
 * @param {number} share
 */
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return Math.round(sorted[below] + (above - sorted[below]) * (place - below));
}
