// The one Python of this page: starts it, says how that goes, and starts it again after a failure.

import { messageOf } from "./progress.js";
import { loadPyinfer } from "./pyinfer.js";

/** @typedef {import("./pyinfer.js").WorkerRuntime} WorkerRuntime */
/** @typedef {import("./progress.js").StatusStrip} StatusStrip */

/** The network that reads digits, as the app's manifest calls it. */
const NETWORK = "digits";

/** Where examples of the editor find it: a name in Python's working folder. */
const NETWORK_FILE = "digits.onnx";

/**
 * Events: `start` when there is a Python, which has `models`; `output` (a CustomEvent: which stream, what
 * text); `restart` when Python has been started anew, so that its variables and files are gone.
 */
export class Runtime extends EventTarget {
  /** @type {PromiseWithResolvers<WorkerRuntime>} */
  #ready = Promise.withResolvers();
  /** @type {StatusStrip} */
  #strip;
  #working = false;
  #starts = 0;
  /** @type {Promise<void> | null} settles when the running Python has opened the network */
  #network = null;
  /** @type {import("./pyinfer.js").PageModels | null} those of the newest Python */
  models = null;

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
      python.addEventListener("stdout", (event) => this.#passOn(event));
      python.addEventListener("stderr", (event) => this.#passOn(event));
      python.addEventListener("close", (event) => {
        if (live) {
          this.#renew();
          fail(`Python stopped: ${/** @type {CustomEvent} */ (event).detail}.`);
        }
      });
      this.models = python.models;
      this.dispatchEvent(new Event("start"));
      await this.#prepare(python, started);
      this.#ready.resolve(python);
      if (++this.#starts > 1) {
        this.dispatchEvent(new Event("restart"));
      }
    } catch (error) {
      fail(inWords(error));
      await python?.close();
    }
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
   * Calls a Python function that reads digits; the network for that is fetched the first time.
   *
   * @param {string} entry
   * @param {...unknown} args
   * @returns {Promise<any>}
   */
  async callWithNetwork(entry, ...args) {
    const python = await this.#ready.promise;
    await this.#openNetwork(python);
    return python.call(entry, ...args);
  }

  /**
   * Runs Python source once Python runs.
   *
   * @param {string} code
   * @returns {Promise<any>}
   */
  async run(code) {
    const python = await this.#ready.promise;
    this.#working = true;
    this.#strip.work("Running the editor’s code");
    try {
      if (code.includes(NETWORK_FILE)) {
        await this.#openNetwork(python);
      }
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
   * @param {ArrayBuffer} bytes
   */
  async write(name, bytes) {
    const python = await this.#ready.promise;
    await python.files.write(name, bytes);
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
    this.#ready.resolve(next.promise);
    this.#ready = next;
    return next;
  }

  /** @param {WorkerRuntime} python */
  #openNetwork(python) {
    if (!this.#network) {
      const opening = this.#fetchNetwork(python);
      this.#network = opening;
      opening.catch(() => {
        if (this.#network === opening) {
          this.#network = null; // whoever needs it next tries again
        }
      });
    }
    return this.#network;
  }

  /** @param {WorkerRuntime} python */
  async #fetchNetwork(python) {
    const path = await python.models.fetch(NETWORK);
    await python.call("pyinfer_demo.digits:load", path);
    await python.files.write(NETWORK_FILE, await python.files.read(path));
    await python.models.unmount(path);
  }

  /**
   * Asks what runs.
   *
   * @param {WorkerRuntime} python
   * @param {number} started
   */
  async #prepare(python, started) {
    this.#network = null;
    const versions = await python.call("pyinfer_demo.versions:versions");
    this.#strip.finish(versions, started);
  }

  /** @param {Event} event an OutputEvent */
  #passOn(event) {
    const text = /** @type {any} */ (event).text;
    this.dispatchEvent(new CustomEvent("output", { detail: { stream: event.type, text } }));
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
