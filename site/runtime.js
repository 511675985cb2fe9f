// The one Python of this page: starts it, says how that goes, and starts it again after a failure.

import { messageOf } from "./progress.js";
import { loadPyinfer } from "./pyinfer.js";

/** @typedef {import("./pyinfer.js").WorkerRuntime} WorkerRuntime */
/** @typedef {import("./progress.js").StatusStrip} StatusStrip */

/**
 * Events: `start` when there is a Python, which has `models`; `restart` when Python has been started anew, so
 * that its variables and files are gone.
 */
export class Runtime extends EventTarget {
  /** @type {PromiseWithResolvers<WorkerRuntime>} */
  #ready = Promise.withResolvers();
  /** @type {StatusStrip} */
  #strip;
  #working = false;
  #isReady = false;
  #starts = 0;
  /** @type {WorkerRuntime | null} the newest Python; it may be still starting, or have ended */
  python = null;

  /** @param {StatusStrip} strip */
  constructor(strip) {
    super();
    this.#strip = strip;
  }

  /** Starts Python. A failure is shown in the strip, with a way to try again; this never rejects. */
  async start() {
    const started = performance.now();
    if (typeof WebAssembly !== "object") {
      this.#strip.fail(
        "This browser has no WebAssembly, which Python needs. Current Firefox, Chrome, Edge and Safari have it.",
      );
      return;
    }
    this.#strip.begin();
    // What a worker that failed still reports must not hide that it failed.
    let live = true;
    /** @type {WorkerRuntime | undefined} */
    let python;
    const fail = (/** @type {string} */ words) => {
      live = false;
      this.#strip.fail(words, () => this.start());
    };
    try {
      python = await loadPyinfer({ onProgress: (progress) => live && this.#strip.report(progress) });
      python.addEventListener("close", (event) => {
        if (live) {
          this.#renew();
          fail(`Python stopped: ${/** @type {CustomEvent} */ (event).detail}.`);
        }
      });
      this.python = python;
      this.dispatchEvent(new Event("start"));
      this.#ready.resolve(python);
      this.#isReady = true;
      if (++this.#starts > 1) {
        this.dispatchEvent(new Event("restart"));
      }
      await new Promise((resolve) => setTimeout(resolve)); // what has waited for Python goes first
      await this.#prepare(python, started);
    } catch (error) {
      if (live) {
        this.#renew();
        fail(inWords(error)); // or else it has been told why Python ended
      }
      await python?.close();
    }
  }

  /** Whether there is a Python to call. */
  get isReady() {
    return this.#isReady;
  }

  /** Resolves once Python runs. */
  async ready() {
    await this.#ready.promise;
  }

  /**
   * Calls a Python function once Python runs.
   *
   * @param {string} entry
   * @param {...unknown} args
   * @returns {Promise<any>}
   */
  async call(entry, ...args) {
    const python = await this.#ready.promise;
    return python.call(entry, ...args);
  }

  /**
   * Runs Python source once Python runs; `stop` ends it.
   *
   * @param {string} code
   * @param {string} words what the strip says meanwhile
   * @returns {Promise<any>}
   */
  async run(code, words) {
    const python = await this.#ready.promise;
    this.#working = true;
    this.#strip.work(words);
    try {
      return await python.runPythonAsync(code);
    } finally {
      this.#working = false;
      this.#strip.rest();
    }
  }

  /**
   * Puts a file into Python's working folder.
   *
   * @param {string} name
   * @param {ArrayBuffer | Blob | Uint8Array} content
   */
  async write(name, content) {
    const python = await this.#ready.promise;
    await python.files.write(name, content);
  }

  /**
   * Reads a file that Python sees.
   *
   * @param {string} path
   */
  async read(path) {
    const python = await this.#ready.promise;
    return python.files.read(path);
  }

  /**
   * Installs packages.
   *
   * @param {string} requirement
   */
  async install(requirement) {
    const python = await this.#ready.promise;
    await python.install(requirement);
  }

  /** Models of the newest Python, once there is one. */
  get models() {
    return this.python?.models ?? null;
  }

  /**
   * Fetches a model of the app, from this device if it is there.
   *
   * @param {string} name as the app's manifest has it
   * @returns {Promise<string>} where Python finds it
   */
  async fetchModel(name) {
    const python = await this.#ready.promise;
    return python.models.fetch(name);
  }

  /**
   * Stops the code that is running; restarts Python where it can't be interrupted.
   */
  async stop() {
    if (!this.#working) {
      return;
    }
    const python = await this.#ready.promise;
    const waiting = this.#renew();
    const started = performance.now();
    try {
      if ((await python.interrupt()) === "restarted") {
        await this.#prepare(python, started);
        this.dispatchEvent(new Event("restart"));
      }
      this.#isReady = waiting === this.#ready;
      waiting.resolve(python); // in vain if Python ended meanwhile: then the next one is waited for
    } catch (error) {
      await python.close();
      this.#strip.fail(inWords(error), () => this.start());
    }
  }

  /** Whoever waits, or comes from now on, waits for the next Python. */
  #renew() {
    /** @type {PromiseWithResolvers<WorkerRuntime>} */
    const next = Promise.withResolvers();
    this.#isReady = false;
    this.#ready.resolve(next.promise);
    this.#ready = next;
    return next;
  }

  /**
   * Asks what runs.
   *
   * @param {WorkerRuntime} python
   * @param {number} started
   */
  async #prepare(python, started) {
    const versions = await python.call("pyinfer_demo:versions");
    this.#strip.finish(versions, started);
  }
}

/** @param {unknown} error */
function inWords(error) {
  const message = messageOf(error);
  if (!navigator.onLine || /fetch|network|load failed|importing a module/i.test(message)) {
    return "A download failed. Check the connection.";
  }
  return `Python did not start: ${message}`;
}
