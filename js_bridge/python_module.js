// The object that Python imports as `pyinfer_js`. It mirrors pyinfer/browser/bridge/contract.py
// name by name.

import { viewFile } from "./file_view.js";
import { createJpegCalls } from "./jpeg_calls.js";
import { loadOnnxRuntime } from "./onnxruntime_module.js";
import { createExecutionProviders } from "./onnxruntime_providers.js";
import { createRenewedCalls } from "./onnxruntime_renewal.js";
import { createOpenCVCalls } from "./opencv_calls.js";
import { createStorage } from "./storage.js";
import { createNap, createWindowCalls } from "./windows.js";

/**
 * @param {import("./engine.js").Engines} engines
 * @param {import("./bundle.js").Bundle} bundle
 * @param {import("./page_buffers.js").PageBuffers} page
 * @param {import("./downloads.js").ProgressCallback} report
 * @param {import("./windows.js").WindowSender} windows
 * @param {AbortSignal} closed when the engines go
 */
export function createPythonModule(engines, bundle, page, report, windows, closed) {
  const { numThreads } = engines.onnxruntime;
  const { FS } = engines.pyodide;
  const fileOf = (/** @type {string} */ path) => viewFile(FS, path);
  const { calls: onnxruntime, renewal } = createRenewedCalls(
    engines.onnxruntime,
    () => loadOnnxRuntime(bundle.onnxruntime, numThreads, closed),
    fileOf,
  );
  return {
    opencv: createOpenCVCalls(engines.opencv.module, engines.opencv.stackPointer, engines.pyodide),
    onnxruntime,
    onnxruntimeRenewal: renewal,
    executionProviders: createExecutionProviders(bundle, numThreads, fileOf, report, closed),
    jpeg: createJpegCalls(engines.jpeg),
    storage: createStorage(FS, report),
    page: {
      incoming: (/** @type {number} */ call, /** @type {number} */ index) => page.incoming(call, index),
      outgoing: (/** @type {number} */ call, /** @type {number} */ size) => page.outgoing(call, size),
      liveCount: () => page.liveCount(),
    },
    windows: createWindowCalls(windows, engines.pyodide),
    sleep: createSleep(engines.pyodide, windows),
  };
}

/**
 * A sleep that leaves the event loop alone and still hears of interrupts; for workers only.
 *
 * @param {any} pyodide
 * @param {import("./windows.js").WindowSender} windows
 */
function createSleep(pyodide, windows) {
  const nap = createNap(pyodide);
  return (/** @type {number} */ seconds) => {
    windows.flush();
    const end = performance.now() + seconds * 1000;
    for (let left = seconds * 1000; left > 0; left = end - performance.now()) {
      nap(left);
    }
  };
}
