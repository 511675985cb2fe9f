// onnxruntime-web's engine in Node.js, and what tests do with it again and again.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createOnnxRuntimeCalls } from "../../../js_bridge/onnxruntime_calls.js";
import { loadOnnxRuntime } from "../../../js_bridge/onnxruntime_module.js";

const ENGINE = new URL("../../../js_bridge/node_modules/onnxruntime-web/dist/", import.meta.url);
const MODELS = new URL("../../data/", import.meta.url);

const OPTIONS = {
  graphOptimizationLevel: 99,
  enableCpuMemArena: false,
  enableMemPattern: true,
  executionMode: 0,
  logId: "",
  logSeverityLevel: 4,
  logVerbosityLevel: 0,
  config: {},
  freeDimensions: {},
  numThreads: 0,
  enableProfiling: false,
  executionProviders: [],
};

// Node.js fetches no files.
globalThis.fetch = async (address) =>
  new Response(await readFile(new URL(address)), { headers: { "Content-Type": "application/wasm" } });

/** @param {string} name */
export const model = (name) => readFile(new URL(`${name}.onnx`, MODELS));

/** The build for the CPU, with one thread. */
export const load = () =>
  loadOnnxRuntime(
    {
      module: new URL("ort-wasm-simd-threaded.mjs", ENGINE).href,
      wasm: new URL("ort-wasm-simd-threaded.wasm", ENGINE).href,
    },
    1,
  );

/** @param {string} path */
export const viewFile = (path) => readFileSync(path);

/** @param {boolean} waits whether its calls give promises, as those of the build for devices */
export async function start(waits = false) {
  const loaded = await load();
  return { ort: loaded.ort, calls: createOnnxRuntimeCalls(loaded, viewFile, waits) };
}

/**
 * What `createSession` gives: a session, or a promise of one.
 *
 * @param {any} calls
 * @param {Uint8Array} bytes of a model
 * @param {object} [options] that differ from the defaults
 */
export function open(calls, bytes, options = {}) {
  const buffer = calls.allocate(bytes.length);
  calls.bufferView(buffer, 0, bytes.length).set(bytes);
  const release = (/** @type {unknown} */ outcome) => {
    calls.releaseBuffer(buffer);
    return outcome;
  };
  const fail = (/** @type {unknown} */ error) => {
    throw release(error);
  };
  let session;
  try {
    session = calls.createSession(buffer, JSON.stringify({ ...OPTIONS, ...options }));
  } catch (error) {
    fail(error);
  }
  return session instanceof Promise ? session.then(release, fail) : release(session);
}

/**
 * A run of a session with one input of strings.
 *
 * @param {any} calls
 * @param {number} session
 * @param {string[]} texts
 * @param {string} name
 */
export function openRunOfStrings(calls, session, texts, name = "x") {
  const inputs = [[name, 8, [texts.length], 0]];
  const run = calls.openRun(session, JSON.stringify({ inputs, outputs: ["y"] }));
  calls.setInputStrings(run, 0, JSON.stringify(texts));
  return run;
}
