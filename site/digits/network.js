// The network that reads digits, on either engine: the Python around it is the same.

import { messageOf } from "../progress.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {"onnxruntime" | "tensorflow"} Engine */

const MODULE = "pyinfer_demo.digits";

/** A script of its own, which comes when it is first asked for: TensorFlow.js is as large as the page. */
const TENSORFLOW = new URL("digits/tensorflow.js", document.baseURI);

export class Network {
  /** @type {Promise<void> | null} settles when the running Python has opened the network */
  #opened = null;
  /** @type {Promise<import("./tensorflow.js").Perceptron> | null} */
  #perceptron = null;

  /** @param {import("../runtime.js").Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    for (const type of ["start", "restart"]) {
      runtime.addEventListener(type, () => {
        this.#opened = null;
      });
    }
  }

  /**
   * @param {File} file
   * @returns {Promise<{ data: Uint8Array, shape: number[] }>} its pixels, fewer if it is large
   */
  open(file) {
    return this.runtime.call(`${MODULE}:open_picture`, file);
  }

  /**
   * @param {any} picture ImageData, or an array of Python's
   * @param {Engine} engine
   * @returns {Promise<Answer>}
   */
  read(picture, engine) {
    return engine === "tensorflow" ? this.#readWithTensorFlow(picture) : this.#readWithPython(picture);
  }

  /** @param {any} picture */
  async #readWithPython(picture) {
    await this.runtime.ready();
    this.#opened ??= this.#open();
    const opening = this.#opened;
    opening.catch(() => {
      if (this.#opened === opening) {
        this.#opened = null; // whoever needs it next tries again
      }
    });
    await opening;
    return this.runtime.call(`${MODULE}:read`, picture);
  }

  async #open() {
    await this.runtime.call(`${MODULE}:load`, await this.runtime.fetchModel("digits"));
  }

  /** @param {any} picture */
  async #readWithTensorFlow(picture) {
    this.#perceptron ??= this.#makePerceptron();
    const making = this.#perceptron;
    making.catch(() => {
      if (this.#perceptron === making) {
        this.#perceptron = null;
      }
    });
    const perceptron = await making;
    const { counts, steps, milliseconds } = await this.runtime.call(`${MODULE}:prepare`, picture);
    const started = performance.now();
    const probabilities = await perceptron.classify(counts.data);
    const spent = performance.now() - started;
    const decided = await this.runtime.call(`${MODULE}:decide`, probabilities);
    return { ...decided, steps, milliseconds: milliseconds + spent };
  }

  async #makePerceptron() {
    const path = await this.runtime.fetchModel("digits-layers");
    const weights = await this.runtime.call(`${MODULE}:weights`, path);
    let module;
    try {
      module = await import(TENSORFLOW.href);
    } catch (error) {
      throw new Error(`TensorFlow.js could not be fetched: ${messageOf(error)}`);
    }
    return module.createPerceptron(weights);
  }
}
