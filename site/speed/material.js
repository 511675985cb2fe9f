// What all engines are given: the same frames, the same network in each one's own form, and the right answers.

/** @typedef {{ frames: Uint8Array, counts: Float32Array, probabilities: Float32Array }} Frames */

export const MODULE = "pyinfer_demo.speed";

export class Material {
  /** @type {Frames | null} */
  #frames = null;

  /** @param {import("../runtime.js").Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
  }

  /**
   * Has the page's own Python draw frames and answer, on the CPU.
   *
   * @param {number} count
   */
  async draw(count) {
    const path = await this.runtime.fetchModel("digits");
    await this.runtime.call(`${MODULE}:load`, path, "CPUExecutionProvider", 1, count);
    const { frames, counts, probabilities } = await this.runtime.call(`${MODULE}:material`, count);
    this.#frames = { frames: frames.data, counts: counts.data, probabilities: probabilities.data };
  }

  get frames() {
    if (!this.#frames) {
      throw new Error("no frames are drawn");
    }
    return this.#frames;
  }

  /** The network as an ONNX file. */
  onnx() {
    return this.#fileOf("digits");
  }

  /** The network as a .tflite file. */
  tflite() {
    return this.#fileOf("digits-tflite");
  }

  /** @returns {Promise<{ data: Float32Array, shape: number[] }[]>} its matrices and biases */
  async weights() {
    return this.runtime.call("pyinfer_demo.digits:weights", await this.runtime.fetchModel("digits-layers"));
  }

  /** @param {string} model */
  async #fileOf(model) {
    const bytes = await this.runtime.read(await this.runtime.fetchModel(model));
    return bytes.slice().buffer;
  }
}
