// Engines, opened: each in a worker of its own, which ends with the signal.

import { wrap } from "comlink";
import { loadPyinfer } from "../pyinfer.js";
import { MODULE } from "./material.js";

/** @typedef {import("./series.js").Series} Series */
/** @typedef {import("./material.js").Material} Material */
/** @typedef {import("./engine_service.js").EngineService} EngineService */
/** @typedef {import("./engine_service.js").Answers} Answers */
/** @typedef {import("./engine_service.js").Times} Times */

/**
 * @typedef {object} Lane
 * @property {string} version
 * @property {(batch: number) => Promise<Answers>} answers
 * @property {(batch: number) => Promise<Times>} measure
 */

const TENSORFLOW = "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

/** The second for browsers without relaxed SIMD. */
const LITERT = {
  relaxed: {
    script: "node_modules/@litertjs/core/wasm/litert_wasm_internal.js",
    wasm: "node_modules/@litertjs/core/wasm/litert_wasm_internal.wasm",
  },
  compatible: {
    script: "node_modules/@litertjs/core/wasm/litert_wasm_compat_internal.js",
    wasm: "node_modules/@litertjs/core/wasm/litert_wasm_compat_internal.wasm",
  },
};

/**
 * @param {Series} series
 * @param {Material} material
 * @param {AbortSignal} signal
 * @returns {Promise<Lane>}
 */
export function openLane(series, material, signal) {
  return {
    python: openPython,
    "by-hand": openByHand,
    tensorflow: openTensorFlow,
    litert: openLiteRt,
  }[series.engine](series, material, signal);
}

/**
 * @param {Series} series
 * @param {Material} material
 * @param {AbortSignal} signal
 * @returns {Promise<Lane>}
 */
async function openPython({ provider, threads }, material, signal) {
  const python = await loadPyinfer({ numThreads: threads, signal });
  signal.addEventListener("abort", () => python.close(), { once: true });
  if (signal.aborted) {
    await python.close();
  }
  const path = await python.models.fetch("digits");
  const frames = material.frames.probabilities.length / 10;
  const providers = await python.call(`${MODULE}:load`, path, provider, threads, frames);
  if (providers[0] !== provider) {
    throw new Error(`ONNX Runtime took ${providers[0]} instead`);
  }
  const { python: version, onnxruntime } = await python.call("pyinfer_demo:versions");
  return {
    version: `Python ${version}, onnxruntime ${onnxruntime}`,
    answers: async (batch) => {
      const { network, pixels } = await python.call(`${MODULE}:answers`, batch);
      return { network: network.data, pixels: pixels.data };
    },
    measure: (batch) => python.call(`${MODULE}:measure`, batch),
  };
}

/**
 * @param {Series} series
 * @param {Material} material
 * @param {AbortSignal} signal
 */
async function openByHand({ threads }, material, signal) {
  const { opencv, onnxruntime } = await engineFiles(signal);
  const { frames, counts } = material.frames;
  const script = opencv.build === "npm" ? "speed/by_hand.eval-worker.js" : "speed/by_hand.wasm-worker.js";
  const setup = { model: await material.onnx(), frames, counts, threads, opencv, onnxruntime };
  return openWorker(script, { type: "module" }, setup, signal);
}

/**
 * @param {Series} series
 * @param {Material} material
 * @param {AbortSignal} signal
 */
async function openTensorFlow({ provider }, material, signal) {
  const { counts } = material.frames;
  const wasm = absolute(TENSORFLOW);
  const setup = { backend: provider, wasm, weights: await material.weights(), counts };
  return openWorker("speed/tensorflow.wasm-worker.js", { type: "module" }, setup, signal);
}

/**
 * @param {Series} _
 * @param {Material} material
 * @param {AbortSignal} signal
 */
async function openLiteRt(_, material, signal) {
  const { counts } = material.frames;
  const located = (/** @type {{ script: string, wasm: string }} */ { script, wasm }) => ({
    script: absolute(script),
    wasm: absolute(wasm),
  });
  const builds = { relaxed: located(LITERT.relaxed), compatible: located(LITERT.compatible) };
  const setup = { builds, model: await material.tflite(), counts };
  return openWorker("speed/litert.wasm-worker.js", { type: "classic" }, setup, signal);
}

/**
 * @param {string} script
 * @param {WorkerOptions} options
 * @param {object} setup
 * @param {AbortSignal} signal
 * @returns {Promise<Lane>}
 */
async function openWorker(script, options, setup, signal) {
  signal.throwIfAborted();
  const worker = new Worker(absolute(script), options);
  /** @type {import("comlink").Remote<EngineService>} */
  const engine = wrap(worker);
  // Comlink waits for ever for a worker that has ended, or never began.
  const ended = new Promise((_, reject) => {
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(event.message || "its script could not be fetched"));
    });
    signal.addEventListener("abort", () => {
      worker.terminate();
      reject(signal.reason);
    });
  });
  ended.catch(() => {}); // nobody may be waiting
  const unlessEnded = (/** @type {Promise<any>} */ answer) => Promise.race([answer, ended]);
  return {
    version: await unlessEnded(engine.open(setup)),
    answers: (batch) => unlessEnded(engine.answers(batch)),
    measure: (batch) => unlessEnded(engine.measure(batch)),
  };
}

/**
 * Where the engines lie that Python has: whoever writes by hand takes the same.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<Record<"opencv" | "onnxruntime", { build?: string, module: string, wasm: string }>>}
 */
async function engineFiles(signal) {
  const answer = await fetch(absolute("pyinfer.json"), { signal });
  const { opencv, onnxruntime } = await answer.json();
  const located = (/** @type {{ module: string, wasm: string }} */ { module, wasm }) => ({
    module: absolute(module),
    wasm: absolute(wasm),
  });
  return {
    // Our own build comes in variants; by hand, one thread is what people take.
    opencv: { build: opencv.build, ...located(opencv.variants?.simd ?? opencv) },
    onnxruntime: located(onnxruntime),
  };
}

/** @param {string} address */
function absolute(address) {
  return new URL(address, document.baseURI).href;
}
