// What Python computes with: opencv.js, in one part or two, onnxruntime-web, libjpeg-turbo. Each is loaded once.

import { withAlteredFile } from "./altered_files.js";
import { filesOf } from "./bundle.js";
import { compileFile, importScript } from "./bundle_files.js";
import { viewFile } from "./file_view.js";
import { createJpegCalls } from "./jpeg_calls.js";
import { keepUntil } from "./keep_until.js";
import { initialize, loadOnnxRuntime } from "./onnxruntime_module.js";
import { createExecutionProviders } from "./onnxruntime_providers.js";
import { createRenewedCalls } from "./onnxruntime_renewal.js";
import { createOpenCVCalls } from "./opencv_calls.js";
import { createOpenCVParts, FIRST_OBJECT_OF_NETWORKS } from "./opencv_parts.js";
import { threadFailure, threadScript } from "./opencv_threads.js";
import { hasSharedMemory } from "./shared_memory.js";
import { StandardStreams } from "./standard_streams.js";
import { timed } from "./start_timeline.js";
import { withResolvers } from "./with_resolvers.js";

/** @typedef {"opencv" | "networks" | "onnxruntime" | "jpeg"} EngineName */

/**
 * A C++ library, and where its stack ends: what throws leaves without moving that back.
 *
 * @typedef {object} Library
 * @property {any} module
 * @property {WebAssembly.Global} stackPointer
 * @property {StandardStreams} streams what it prints
 */

/**
 * @typedef {object} EnginesOptions
 * @property {import("./bundle.js").Bundle} bundle
 * @property {number} [numThreads] threads of onnxruntime; needs cross-origin isolation
 * @property {import("./downloads.js").ProgressCallback} report
 * @property {AbortSignal} closed when the engines go
 */

/** @type {Record<EngineName, string>} */
const WORDS = {
  opencv: "OpenCV",
  networks: "OpenCV's neural networks",
  onnxruntime: "ONNX Runtime",
  jpeg: "JPEG codec",
};

/** Words of source code by which it may want an engine. */
const SIGNS = {
  opencv: /\bcv2\b/,
  // As in pyinfer/host/start/program.py.
  networks:
    /\breadNet|\bdnn[._](Net|\w*Model)|\bFace(DetectorYN|RecognizerSF)|\bTracker(Nano|Vit|DaSiamRPN)|\bALIKED|\bDISK\b|LightGlue|\bBarcodeDetector|\bCChecker/,
  onnxruntime: /\bonnxruntime\b/,
  jpeg: /\bim(read|write|decode|encode)/,
};

/** ONNX Runtime's own default severity of what it logs. */
const WARNING = 2;

const ENGINE_NAMES = /** @type {EngineName[]} */ (Object.keys(WORDS));

export class Engines {
  #options;
  /** @type {Map<EngineName, Promise<void>>} */
  #loading = new Map();
  /** @type {Map<EngineName, any>} */
  #loaded = new Map();
  /** @type {(name: EngineName, library: any) => void} */
  #hand = () => {};
  /** @type {ReturnType<typeof createOpenCVParts> | undefined} */
  #parts;

  /** @param {EnginesOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Those that anything may want: our own opencv.js reads JPEG files itself. */
  get wanted() {
    const { build } = this.#options.bundle.opencv;
    return ENGINE_NAMES.filter((name) => name !== "networks" && (name !== "jpeg" || build === "npm"));
  }

  /**
   * @param {EngineName[]} names
   * @returns {Promise<void>} when they are there
   */
  async load(names) {
    await Promise.all(names.map((name) => this.#load(name)));
  }

  /**
   * Engines that source code names and that are not there yet.
   *
   * @param {string} source
   */
  missingIn(source) {
    const named = new Set(ENGINE_NAMES.filter((name) => SIGNS[name].test(source)));
    const wanted = named.has("opencv") && named.has("networks") ? [...this.wanted, "networks"] : this.wanted;
    return /** @type {EngineName[]} */ (wanted).filter((name) => named.has(name) && !this.#loaded.has(name));
  }

  /**
   * Gives Python the engines: those that are there, and each other one when it is.
   *
   * @param {any} pyodide
   * @param {any} module what Python imports
   */
  connect(pyodide, module) {
    this.#hand = (name, library) => Object.assign(module, this.#calls(name, library, pyodide));
    for (const [name, library] of this.#loaded) {
      this.#hand(name, library);
    }
    module.engine = (/** @type {EngineName} */ name) =>
      this.#load(name).catch(async (error) => {
        throw await withAlteredFile(error, this.#options.bundle);
      });
  }

  /**
   * @param {EngineName} name
   * @returns {Promise<void>}
   */
  #load(name) {
    let loading = this.#loading.get(name);
    if (!loading) {
      const first = name === "networks" ? this.#load("opencv") : undefined;
      const starting = timed(this.#options.report, WORDS[name], () => this.#start(name));
      loading = Promise.all([starting, first]).then(([library]) => {
        this.#loaded.set(name, library);
        this.#hand(name, library);
      });
      this.#loading.set(name, loading);
      loading.catch(() => this.#loading.delete(name)); // so that it can be tried again
    }
    return loading;
  }

  /**
   * @param {EngineName} name
   * @returns {Promise<any>}
   */
  #start(name) {
    const { bundle, numThreads, closed } = this.#options;
    if (name === "onnxruntime") {
      return loadOnnxRuntime(bundle.onnxruntime, threadCount(numThreads), closed).then(ahead);
    }
    const files = filesOf(bundle, name);
    return files ? startLibrary(files, closed) : Promise.resolve();
  }

  /**
   * @param {EngineName} name
   * @param {any} library
   * @param {any} pyodide
   */
  #calls(name, library, pyodide) {
    if (name === "opencv") {
      return { opencv: this.#opencvCalls(library, pyodide) };
    }
    if (name === "networks") {
      if (library) {
        this.#parts?.add(createLibraryCalls(library, pyodide, FIRST_OBJECT_OF_NETWORKS));
      }
      return { networks: true };
    }
    if (name === "jpeg") {
      return { jpeg: createJpegCalls(library) };
    }
    return this.#onnxruntimeCalls(library, pyodide);
  }

  /**
   * @param {Library} library
   * @param {any} pyodide
   */
  #opencvCalls(library, pyodide) {
    const calls = createLibraryCalls(library, pyodide);
    if (!library.module.pyinferLater) {
      return calls; // npm's build, which is one library
    }
    this.#parts = createOpenCVParts(calls, JSON.parse(library.module.pyinferLater()));
    return this.#parts.calls;
  }

  /**
   * @param {import("./onnxruntime_module.js").LoadedOnnxRuntime} loaded
   * @param {any} pyodide
   */
  #onnxruntimeCalls(loaded, { FS }) {
    const { bundle, report, closed } = this.#options;
    const { numThreads } = loaded;
    const fileOf = (/** @type {string} */ path) => viewFile(FS, path);
    const renew = () => loadOnnxRuntime(bundle.onnxruntime, numThreads, closed);
    const { calls, renewal } = createRenewedCalls(loaded, renew, fileOf);
    return {
      onnxruntime: calls,
      onnxruntimeRenewal: renewal,
      executionProviders: createExecutionProviders(bundle, numThreads, fileOf, report, closed),
    };
  }
}

/**
 * An engine of one thread leaves the first session nothing to choose. What all sessions share takes a tenth of a
 * second to make, most of it to compile code that runs once: time that this thread mostly has while Python starts.
 *
 * @param {import("./onnxruntime_module.js").LoadedOnnxRuntime} loaded
 */
function ahead(loaded) {
  if (loaded.numThreads === 1) {
    initialize(loaded, 1, WARNING); // a failure is the first session's to tell
  }
  return loaded;
}

/**
 * One of OpenCV's, as Python calls it.
 *
 * @param {Library} library
 * @param {any} pyodide
 * @param {number} [firstObject]
 */
function createLibraryCalls({ module, stackPointer, streams }, pyodide, firstObject) {
  streams.connect(pyodide.FS);
  return createOpenCVCalls(module, stackPointer, pyodide, firstObject);
}

/**
 * The build made the library export its stack pointer.
 *
 * @param {import("./opencv_variant.js").EngineFiles} urls
 * @param {AbortSignal} closed
 * @returns {Promise<Library>}
 */
async function startLibrary({ module: script, wasm, worker }, closed) {
  const compiling = compileFile(wasm);
  compiling.catch(() => {}); // awaited below, if the script arrives
  const { default: create } = await importScript(script);
  const thread = worker && (await threadScript(worker, closed));
  const compiled = await compiling;
  /** @type {WebAssembly.Global | undefined} */
  let stackPointer;
  const streams = new StandardStreams();
  const { promise: created, resolve, reject } = withResolvers();
  /** @type {any} becomes the module, with its threads */
  const settings = {
    ...streams.settings,
    ...(thread && { mainScriptUrlOrBlob: script, locateFile: () => thread }),
    instantiateWasm(
      /** @type {WebAssembly.Imports} */ imports,
      /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ receive,
    ) {
      WebAssembly.instantiate(compiled, imports).then((instance) => {
        stackPointer = /** @type {WebAssembly.Global} */ (instance.exports.__stack_pointer);
        receive(instance, compiled);
      }, reject);
      return {};
    },
  };
  create(settings).then(resolve, reject);
  if (worker) {
    threadFailure(settings, worker).catch(reject);
  }
  const module = await keepUntil(settings, created);
  if (!stackPointer) {
    throw new Error(`${wasm} does not export its stack pointer: it was not made by pyinfer build`);
  }
  if (worker) {
    // As many as have started: OpenCV would wait for ever for one that starts when this thread is free.
    module.setNumThreads(module.PThread.unusedWorkers.length + 1);
    const endThreads = () => module.PThread.terminateAllThreads();
    closed.addEventListener("abort", endThreads);
    if (closed.aborted) {
      endThreads();
    }
  }
  return { module, stackPointer, streams };
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
