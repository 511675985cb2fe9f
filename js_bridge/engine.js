// The libraries themselves, loaded side by side: Pyodide, opencv.js, onnxruntime-web, libjpeg-turbo.

/**
 * @typedef {object} Engines
 * @property {any} pyodide
 * @property {{ cv: any, stackPointer: WebAssembly.Global }} opencv
 * @property {{ ort: any, numThreads: number }} onnxruntime
 * @property {any} jpeg
 */

/**
 * @typedef {object} EngineOptions
 * @property {import("./bundle.js").Bundle} bundle
 * @property {string[]} packages names in the bundle's lock file, loaded while the engines compile
 * @property {Record<string, string>} [env] environment variables of the Python process
 * @property {number} [numThreads] threads of onnxruntime; needs cross-origin isolation
 * @property {import("./downloads.js").ProgressCallback} report
 */

/**
 * Starts everything at the same time and waits until all of it runs.
 *
 * @param {EngineOptions} options
 * @returns {Promise<Engines>}
 */
export async function startEngines(options) {
  const { bundle, report } = options;
  const timed = async (/** @type {string} */ name, /** @type {Promise<any>} */ work) => {
    report({ phase: "start", name, loaded: 0, total: 1 });
    const value = await work;
    report({ phase: "start", name, loaded: 1, total: 1 });
    return value;
  };
  const [pyodide, opencv, onnxruntime, jpeg] = await Promise.all([
    timed("Python", startPyodide(options)),
    timed("OpenCV", startOpenCV(bundle.opencv)),
    timed("ONNX Runtime", startOnnxRuntime(bundle.onnxruntime, options.numThreads)),
    timed("JPEG codec", startJpegCodec(bundle.jpeg)),
  ]);
  return { pyodide, opencv, onnxruntime, jpeg };
}

/** @param {EngineOptions} options */
async function startPyodide({ bundle, packages, env }) {
  const { indexURL, lockFileURL, packageBaseUrl } = bundle.pyodide;
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL,
    lockFileURL,
    packageBaseUrl,
    packages,
    env: { HOME: "/home/pyodide", ...env },
  });
  await loadPackages(pyodide, packages);
  return pyodide;
}

/**
 * Loads packages, of which some may be there. Pyodide itself only logs what it could not download
 * or what has another hash than its lock file says, and goes on without it.
 *
 * @param {any} pyodide
 * @param {string[]} packages names in the lock file, or addresses of wheels
 */
export async function loadPackages(pyodide, packages) {
  /** @type {string[]} */
  const complaints = [];
  const errorCallback = (/** @type {string} */ message) => complaints.push(message);
  await pyodide.loadPackage(packages, { messageCallback: () => {}, errorCallback });
  if (complaints.length) {
    throw new Error(`Python packages could not be loaded: ${complaints.join("; ")}`);
  }
}

/**
 * Compiles opencv.wasm while it streams. The build split it out of opencv.js and exported its
 * stack pointer, which opencv.js itself never restores when a call throws.
 *
 * @param {{ module: string, wasm: string }} urls
 */
async function startOpenCV({ module, wasm }) {
  const response = fetch(wasm);
  const { default: createOpenCV } = await import(module);
  /** @type {WebAssembly.Global | undefined} */
  let stackPointer;
  const cv = await new Promise((resolve, reject) => {
    createOpenCV({
      instantiateWasm(
        /** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ receive,
      ) {
        WebAssembly.instantiateStreaming(response, imports).then(({ instance, module }) => {
          stackPointer = /** @type {WebAssembly.Global} */ (instance.exports.__stack_pointer);
          receive(instance, module);
        }, reject);
        return {};
      },
    }).then(resolve, reject);
  });
  if (!stackPointer) {
    throw new Error(`${wasm} does not export its stack pointer: it was not made by pyinfer build`);
  }
  return { cv, stackPointer };
}

/**
 * @param {{ module: string, wasm: string }} urls
 * @param {number | undefined} wanted
 */
async function startOnnxRuntime({ module, wasm }, wanted) {
  const numThreads = threadCount(wanted);
  const { default: createOnnxRuntime } = await import(module);
  const ort = await createOnnxRuntime({ numThreads, locateFile: () => wasm });
  return { ort, numThreads };
}

/**
 * Threads need shared memory, which browsers give only to cross-origin isolated pages.
 *
 * @param {number | undefined} wanted
 */
function threadCount(wanted) {
  if (!globalThis.crossOriginIsolated) {
    return 1;
  }
  const cores = navigator.hardwareConcurrency || 1;
  return Math.max(1, Math.min(wanted ?? Math.min(4, Math.ceil(cores / 2)), cores));
}

/** @param {{ module: string, wasm: string }} urls */
async function startJpegCodec({ module, wasm }) {
  const { default: createCodec } = await import(module);
  return createCodec({ locateFile: () => wasm });
}
