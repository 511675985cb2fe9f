// What a C++ library prints, on its way to Python's standard output and standard error.

const OUTPUT = 1;
const ERROR = 2;

/** What a library prints, by lines: to the console, until there is a Python. */
export class StandardStreams {
  /** @type {any} */
  #FS;
  #encoder = new TextEncoder();

  /** What Emscripten's modules are made with. */
  get settings() {
    return {
      print: (/** @type {string} */ line) => this.#write(OUTPUT, line, console.log),
      printErr: (/** @type {string} */ line) => this.#write(ERROR, line, console.warn),
    };
  }

  /** @param {any} FS Pyodide's file system, whose first streams take what comes from now on */
  connect(FS) {
    this.#FS = FS;
  }

  /**
   * @param {number} descriptor
   * @param {string} line
   * @param {(line: string) => void} log
   */
  #write(descriptor, line, log) {
    const stream = this.#FS?.getStream(descriptor);
    if (!stream) {
      log(line); // or Python has closed it
      return;
    }
    const bytes = this.#encoder.encode(`${line}\n`);
    this.#FS.write(stream, bytes, 0, bytes.length);
  }
}
