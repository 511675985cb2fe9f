// What can be measured here: one series for each engine, provider and number of threads.

/**
 * @typedef {object} Series
 * @property {string} id
 * @property {string} name
 * @property {"python" | "by-hand" | "tensorflow" | "litert"} engine
 * @property {string} provider what computes
 * @property {number} threads
 * @property {string} about
 * @property {string | null} obstacle why this browser can't
 */

const CPU = "CPUExecutionProvider";

/** @returns {Promise<Series[]>} */
export async function listSeries() {
  const devices = [
    { name: "WebGPU", provider: "WebGpuExecutionProvider", obstacle: await webGpuObstacle() },
    { name: "WebNN", provider: "WebNNExecutionProvider", obstacle: await webNNObstacle() },
  ];
  const counts = threadCounts();
  return [
    ...counts.map((threads) => ({
      id: `python-${threads}`,
      name: `Python, ${inThreads(threads)}`,
      engine: /** @type {const} */ ("python"),
      provider: CPU,
      threads,
      about: "cv2 and onnxruntime, CPU",
      obstacle: threadObstacle(threads),
    })),
    ...devices.map(({ name, provider, obstacle }) => ({
      id: `python-${name.toLowerCase()}`,
      name: `Python, ${name}`,
      engine: /** @type {const} */ ("python"),
      provider,
      threads: 1,
      about: `cv2 and onnxruntime, ${name}`,
      obstacle,
    })),
    ...counts.map((threads) => ({
      id: `by-hand-${threads}`,
      name: `JavaScript, ${inThreads(threads)}`,
      engine: /** @type {const} */ ("by-hand"),
      provider: "wasm",
      threads,
      about: "opencv.js and onnxruntime-web, by hand",
      obstacle: threadObstacle(threads),
    })),
    ...["wasm", "webgl"].map((provider) => ({
      id: `tensorflow-${provider}`,
      name: `TensorFlow.js, ${provider === "wasm" ? "WebAssembly" : "WebGL"}`,
      engine: /** @type {const} */ ("tensorflow"),
      provider,
      threads: 1,
      about: "The network alone, 1 thread",
      obstacle: null,
    })),
    {
      id: "litert-wasm",
      name: "LiteRT.js, WebAssembly",
      engine: "litert",
      provider: "wasm",
      threads: 1,
      about: "The network alone, 1 thread",
      obstacle: null,
    },
  ];
}

/** One, and each power of two that the machine has cores for. */
function threadCounts() {
  const cores = navigator.hardwareConcurrency || 1;
  return [1, 2, 4, 8].filter((threads) => threads <= cores);
}

/** @param {number} threads */
function inThreads(threads) {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** @param {number} threads */
function threadObstacle(threads) {
  return threads > 1 && !globalThis.crossOriginIsolated ? "This server sends no isolation headers" : null;
}

async function webGpuObstacle() {
  const { gpu } = /** @type {{ gpu?: { requestAdapter: () => Promise<unknown> } }} */ (navigator);
  if (!gpu) {
    return "This browser has no WebGPU";
  }
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ? null : "This browser has WebGPU, but no device for it";
}

async function webNNObstacle() {
  const { ml } = /** @type {{ ml?: { createContext: () => Promise<{ destroy?: () => void }> } }} */ (
    navigator
  );
  if (!ml) {
    return "This browser has no WebNN";
  }
  const context = await ml.createContext().catch(() => null);
  context?.destroy?.();
  return context ? null : "This browser has WebNN, but no device for it";
}
