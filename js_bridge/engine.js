// The libraries themselves, loaded side by side: Pyodide, opencv.js, onnxruntime-web, libjpeg-turbo.

import { loadOnnxRuntime } from "./onnxruntime_module.js";
import { hasSharedMemory } from "./shared_memory.js";

/**
 * @typedef {object} Engines
 * @property {any} pyodide
 * @property {Library} opencv
 * @property {import("./onnxruntime_module.js").LoadedOnnxRuntime} onnxruntime
 * @property {Library} jpeg
 */

/**
 * A C++ library, and where its stack ends: what throws leaves without moving that back.
 *
 * @typedef {object} Library
 * @property {any} module
 * @property {WebAssembly.Global} stackPointer
 */

/** @typedef {Omit<Engines, "pyodide">} Libraries */

/**
 * @typedef {object} LibraryOptions
 * @property {import("./bundle.js").Bundle} bundle
 * @property {number} [numThreads] threads of onnxruntime; needs cross-origin isolation
 * @property {import("./downloads.js").ProgressCallback} report
 * @property {AbortSignal} closed when the engines go
 */

/**
 * @typedef {object} PyodideOptions
 * @property {string[]} packages names in the bundle's lock file, loaded while the engines compile
 * @property {Record<string, string>} [env] environment variables of the Python process
 */

/** @typedef {LibraryOptions & PyodideOptions} EngineOptions */

/**
 * Starts everything at the same time and waits until all of it runs.
 *
 * @param {EngineOptions} options
 * @returns {Promise<Engines>}
 */
export async function startEngines(options) {
  const [pyodide, libraries] = await Promise.all([
    timed(options.report, "Python", startPyodide(options)),
    startLibraries(options),
  ]);
  return { pyodide, ...libraries };
}

/**
 * Starts what Python computes with.
 *
 * @param {LibraryOptions} options
 * @returns {Promise<Libraries>}
 */
export async function startLibraries({ bundle, numThreads, report, closed }) {
  const loading = loadOnnxRuntime(bundle.onnxruntime, threadCount(numThreads), closed);
  const [opencv, onnxruntime, jpeg] = await Promise.all([
    timed(report, "OpenCV", startLibrary(bundle.opencv)),
    timed(report, "ONNX Runtime", loading),
    timed(report, "JPEG codec", startLibrary(bundle.jpeg)),
  ]);
  return { opencv, onnxruntime, jpeg };
}

/**
 * @template T
 * @param {import("./downloads.js").ProgressCallback} report
 * @param {string} name
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function timed(report, name, work) {
  report({ phase: "start", name, loaded: 0, total: 1 });
  const value = await work;
  report({ phase: "start", name, loaded: 1, total: 1 });
  return value;
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
 * Compiles a library while it streams. The build made it export its stack pointer.
 *
 * @param {{ module: string, wasm: string }} urls
 * @returns {Promise<Library>}
 */
async function startLibrary({ module: script, wasm }) {
  const response = fetch(wasm);
  const { default: create } = await import(script);
  /** @type {WebAssembly.Global | undefined} */
  let stackPointer;
  const module = await new Promise((resolve, reject) => {
    create({
      instantiateWasm(
        /** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ receive,
      ) {
        WebAssembly.instantiateStreaming(response, imports).then(({ instance, module: compiled }) => {
          stackPointer = /** @type {WebAssembly.Global} */ (instance.exports.__stack_pointer);
          receive(instance, compiled);
        }, reject);
        return {};
      },
    }).then(resolve, reject);
  });
  if (!stackPointer) {
    throw new Error(`${wasm} does not export its stack pointer: it was not made by pyinfer build`);
  }
  return { module, stackPointer };
}

/**
 * Threads need shared memory.
 *
 * @param {number | undefined} wanted
 */
function threadCount(wanted) {
  if (!hasSharedMemory) {
    return 1;
  }
  const cores = navigator.hardwareConcurrency || 1;
  return Math.max(1, Math.min(wanted ?? Math.min(4, Math.ceil(cores / 2)), cores));
}
