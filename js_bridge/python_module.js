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
    opencv: createOpenCVCalls(engines.opencv.cv, engines.opencv.stackPointer),
    onnxruntime: createOnnxRuntimeCalls(engines.onnxruntime.ort, {
      numThreads: engines.onnxruntime.numThreads,
    }),
    jpeg: createJpegCalls(engines.jpeg),
    storage: createStorage(engines.pyodide.FS, report),
    page,
  };
}
