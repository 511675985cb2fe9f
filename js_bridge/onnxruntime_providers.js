// The execution providers that a browser may have besides the CPU, and the engine that knows them.
//
// That engine is another build of onnxruntime-web with a heap of its own. It is downloaded when a
// session asks for one of its providers and the browser has it; most pages never do.

import { withDownloadProgress } from "./downloads.js";
import { createOnnxRuntimeCalls } from "./onnxruntime_calls.js";
import { loadOnnxRuntime } from "./onnxruntime_module.js";
import { WebNNBackend, webNN } from "./webnn_backend.js";

/** @typedef {ReturnType<typeof createOnnxRuntimeCalls>} Calls */

/**
 * @param {import("./bundle.js").Bundle} bundle
 * @param {number} numThreads
 * @param {import("./onnxruntime_session_calls.js").ViewFile} viewFile
 * @param {import("./downloads.js").ProgressCallback} report
 * @param {AbortSignal} closed when the engines go
 */
export function createExecutionProviders(bundle, numThreads, viewFile, report, closed) {
  /** @type {Promise<Calls> | null} */
  let engine = null;
  let hasContext = false;

  async function load() {
    const name = "ONNX Runtime for GPUs";
    report({ phase: "start", name, loaded: 0, total: 1 });
    const loaded = await withDownloadProgress(bundle.sizes, report, () =>
      loadOnnxRuntime(bundle.onnxruntime.accelerated, numThreads, closed),
    );
    loaded.ort.webgpuInit(() => {}); // whoever wants the device may have it; nobody does
    const webnn = new WebNNBackend(loaded.ort);
    loaded.ort.backend = webnn;
    report({ phase: "start", name, loaded: 1, total: 1 });
    const calls = createOnnxRuntimeCalls(loaded, viewFile, true);
    return { ...calls, liveCount: () => calls.liveCount() + webnn.size };
  }

  return {
    /**
     * Asks the browser for a GPU each time, since one may come and go, and for a WebNN context until
     * there is one, since that takes longer.
     *
     * @returns {Promise<string>} names of the providers that it has, separated by spaces
     */
    available: async () => {
      const [adapter, context] = await Promise.all([hasAdapter(), hasContext || makesContext()]);
      hasContext = context;
      return `${context ? "WebNNExecutionProvider " : ""}${adapter ? "WebGpuExecutionProvider" : ""}`;
    },

    /** @returns {Promise<Calls>} */
    engine: () => {
      engine ??= load().catch((error) => {
        engine = null; // the next session tries again
        throw error;
      });
      return engine;
    },
  };
}

/** Whether there is WebNN and something behind it. */
async function makesContext() {
  try {
    const context = await webNN()?.createContext();
    context?.destroy?.();
    return Boolean(context);
  } catch {
    return false;
  }
}

async function hasAdapter() {
  const { gpu } = /** @type {{ gpu?: { requestAdapter: () => Promise<unknown> } }} */ (navigator);
  try {
    return Boolean(await gpu?.requestAdapter());
  } catch {
    return false; // Firefox rejects where the page may not use it
  }
}
