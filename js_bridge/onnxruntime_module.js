// A build of onnxruntime-web's WebAssembly module, loaded, and what it prints.
//
// There are two: one that computes on the CPU and answers at once, and one that also reaches GPU and
// WebNN and makes JavaScript wait (JSPI). Each has a heap of its own.

/**
 * @typedef {object} LoadedOnnxRuntime
 * @property {any} ort the emscripten module
 * @property {number} numThreads it was loaded with
 * @property {Printer} printer
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
 * @returns {Promise<LoadedOnnxRuntime>}
 */
export async function loadOnnxRuntime({ module, wasm }, numThreads) {
  const { default: create } = await import(module);
  const { log } = console;
  const printer = new Printer(log.bind(console));
  let starting;
  // The module has no option for it: it takes the console's function at hand while it is created.
  console.log = (...words) => printer.print(...words);
  try {
    starting = create({ numThreads, locateFile: () => wasm });
  } finally {
    console.log = log;
  }
  return { ort: await starting, numThreads, printer };
}
