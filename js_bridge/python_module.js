// The object that Python imports as `pyinfer_js`. It mirrors pyinfer/browser/bridge/contract.py
// name by name.

import { createJpegCalls } from "./jpeg_calls.js";
import { createOnnxRuntimeCalls } from "./onnxruntime_calls.js";
import { createOpenCVCalls } from "./opencv_calls.js";
import { createStorage } from "./storage.js";

/**
 * @param {import("./engine.js").Engines} engines
 * @param {import("./page_buffers.js").PageBuffers} page
 * @param {import("./downloads.js").ProgressCallback} report
 */
export function createPythonModule(engines, page, report) {
  return {
    opencv: createOpenCVCalls(engines.opencv.cv, engines.opencv.stackPointer, engines.pyodide),
    onnxruntime: createOnnxRuntimeCalls(engines.onnxruntime.ort, {
      numThreads: engines.onnxruntime.numThreads,
    }),
    jpeg: createJpegCalls(engines.jpeg),
    storage: createStorage(engines.pyodide.FS, report),
    page: {
      incoming: (/** @type {number} */ call, /** @type {number} */ index) => page.incoming(call, index),
      outgoing: (/** @type {number} */ call, /** @type {number} */ size) => page.outgoing(call, size),
      liveCount: () => page.liveCount(),
    },
    sleep: createSleep(engines.pyodide),
  };
}

const NAP_MILLISECONDS = 50;

/**
 * A sleep that leaves the event loop alone and still hears of interrupts; for workers only.
 *
 * @param {any} pyodide
 */
function createSleep(pyodide) {
  const nothing = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
  return (/** @type {number} */ seconds) => {
    const end = performance.now() + seconds * 1000;
    for (let left = seconds * 1000; left > 0; left = end - performance.now()) {
      Atomics.wait(nothing, 0, 0, Math.min(left, NAP_MILLISECONDS));
      pyodide.checkInterrupt();
    }
  };
}
