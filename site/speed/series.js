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

/** Whether there is one is asked for later. */
const DEVICES = [
  { name: "WebGPU", provider: "WebGpuExecutionProvider", find: findWebGpu },
  { name: "WebNN", provider: "WebNNExecutionProvider", find: findWebNN },
];

/** @returns {Series[]} those on devices with an obstacle still, until {@link findDevices} has answered */
export function listSeries() {
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
    ...DEVICES.map(({ name, provider }) => ({
      id: deviceSeries(name),
      name: `Python, ${name}`,
      engine: /** @type {const} */ ("python"),
      provider,
      threads: 1,
      about: `cv2 and onnxruntime, ${name}`,
      obstacle: `Looking for ${name}`,
    })),
    ...counts.map((threads) => ({
      id: `by-hand-${threads}`,
      name: `JavaScript, ${inThreads(threads)}`,
      engine: /** @type {const} */ ("by-hand"),
      provider: "wasm",
      threads,
      about: "opencv.js and onnxruntime-web",
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

/**
 * Asks the browser for its devices.
 *
 * @param {(id: string, obstacle: string | null) => void} tell
 */
export async function findDevices(tell) {
  await Promise.all(
    DEVICES.map(async ({ name, find }) => {
      const found = await find().catch(() => null);
      const missing = found === undefined ? `This browser has no ${name}` : `No device for ${name} here`;
      tell(deviceSeries(name), found ? null : missing);
    }),
  );
}

/** @param {string} name */
function deviceSeries(name) {
  return `python-${name.toLowerCase()}`;
}

/** @returns {Promise<unknown>} undefined: the browser has no such thing */
async function findWebGpu() {
  const { gpu } = /** @type {{ gpu?: { requestAdapter: () => Promise<unknown> } }} */ (navigator);
  return gpu?.requestAdapter();
}

/** @returns {Promise<unknown>} undefined: the browser has no such thing */
async function findWebNN() {
  const { ml } = /** @type {{ ml?: { createContext: () => Promise<{ destroy?: () => void }> } }} */ (
    navigator
  );
  const context = await ml?.createContext();
  context?.destroy?.();
  return context;
}
