// A build of onnxruntime-web's WebAssembly module, loaded, and what it prints.
//
// There are two: one that computes on the CPU and answers at once, and one that also reaches GPU and
// WebNN and makes JavaScript wait (JSPI). Each has a heap of its own.

import { compileFile, importScript } from "./bundle_files.js";
import { keepUntil } from "./keep_until.js";
import { workerOf } from "./worker_script.js";

/**
 * @typedef {object} LoadedOnnxRuntime
 * @property {any} ort the emscripten module
 * @property {number} numThreads it was loaded with
 * @property {number} threads that it computes with, once that is fixed; 0 before
 * @property {Printer} printer
 * @property {() => void} endThreads of no use after that; they would stay, and the heap with them
 */

/** What the engine prints: to the console, as its profiles too, unless somebody collects it. */
export class Printer {
  /** @type {string[] | null} */
  #lines = null;

  /** @param {(...words: any[]) => void} log */
  constructor(log) {
    this.log = log;
  }

  /** @param {any[]} words */
  print(...words) {
    if (this.#lines) {
      this.#lines.push(words.join(" "));
    } else {
      this.log(...words);
    }
  }

  /**
   * @template T
   * @param {() => T} work
   * @returns {[T, string]} what it gave, and the text that was printed meanwhile
   */
  collect(work) {
    /** @type {string[]} */
    const lines = [];
    this.#lines = lines;
    try {
      return [work(), lines.join("\n")];
    } finally {
      this.#lines = null;
    }
  }
}

/**
 * @param {{ module: string, wasm: string }} urls
 * @param {number} numThreads
 * @param {AbortSignal} [closed] when Python and its engines go: a page's own thread does not end with them
 * @returns {Promise<LoadedOnnxRuntime>}
 */
export async function loadOnnxRuntime({ module, wasm }, numThreads, closed) {
  const compiling = compileFile(wasm);
  compiling.catch(() => {}); // awaited below, if the script arrives
  const { default: create } = await importScript(module);
  const compiled = await compiling;
  const { log } = console;
  const { Worker: OwnWorker } = globalThis;
  /** @type {Worker[]} */
  const threads = [];
  const endThreads = () => {
    for (const thread of threads.splice(0)) {
      thread.terminate();
    }
  };
  const printer = new Printer(log.bind(console));
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  const failed = new Promise((_, reject) => {
    fail = reject;
  });
  const instantiation = {
    instantiateWasm(
      /** @type {WebAssembly.Imports} */ imports,
      /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ receive,
    ) {
      // The module would wait for ever.
      WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled), fail);
      return {};
    },
  };
  let starting;
  // The module has no options for these: it takes the console's function at hand while it is created,
  // and starts its threads then.
  console.log = (...words) => printer.print(...words);
  if (numThreads > 1) {
    globalThis.Worker = /** @type {typeof Worker} */ (
      /** @type {unknown} */ (
        // Called with `new`, a function may give another object than its own.
        function startThread(/** @type {string | URL} */ url, /** @type {WorkerOptions} */ options) {
          const thread = workerOf(url, (address) => new OwnWorker(address, options));
          thread.addEventListener("error", ({ message }) =>
            fail(new Error(`${module}: a thread could not start${message ? ` (${message})` : ""}`)),
          );
          threads.push(thread);
          return thread;
        }
      )
    );
  }
  try {
    starting = create({ numThreads, ...instantiation });
  } finally {
    console.log = log;
    globalThis.Worker = OwnWorker;
  }
  closed?.addEventListener("abort", endThreads, { once: true });
  const ort = await keepUntil(threads, Promise.race([starting, failed])).catch((error) => {
    endThreads();
    throw error;
  });
  if (closed?.aborted) {
    endThreads();
  }
  return { ort, numThreads, threads: 0, printer, endThreads };
}

/**
 * Has the engine make what all its sessions share, and fixes its threads: the first session may still choose them.
 *
 * @param {LoadedOnnxRuntime} loaded
 * @param {number} threads
 * @param {number} logSeverityLevel of what is no session's own
 * @returns {number} the engine's error code
 */
export function initialize(loaded, threads, logSeverityLevel) {
  const code = loaded.ort._OrtInit(threads, logSeverityLevel);
  loaded.threads = code === 0 ? threads : 0;
  return code;
}
