// What the page asks of pyinfer_demo.heart_series, function by function.

export const MODULE = "pyinfer_demo.heart_series";

const NETWORK = "heart";

/** @typedef {[number, number, number, number]} Rectangle x, y, width, height in pixels */

/** @typedef {{ name: string, reason: string }} Refusal a file that is no slice */

/**
 * @typedef {object} Series
 * @property {number} count
 * @property {number} width in pixels
 * @property {number} height
 * @property {string} modality empty for pictures
 * @property {[number, number] | null} pixel its height and width in mm
 * @property {number | null} distance from slice to slice in mm
 * @property {number} darkest
 * @property {number} brightest
 * @property {string[]} notices
 */

/** @typedef {{ first: number, last: number, x: number, y: number, width: number, height: number }} Box */

/**
 * @typedef {object} Found
 * @property {Box | null} box
 * @property {[number, number, number] | null} millimetres its width, height and depth
 * @property {(Rectangle | null)[]} rectangles
 * @property {number} milliseconds
 */

/** The series that Python holds. */
export class PythonSeries {
  /** @type {Promise<void> | null} settles when Python has opened the network */
  #network = null;

  /** @param {import("../runtime.js").Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    runtime.addEventListener("restart", () => {
      this.#network = null;
    });
  }

  /** @returns {Promise<void>} */
  begin() {
    return this.#call("begin");
  }

  /**
   * @param {number} count
   * @param {number} start
   * @param {number} stop
   * @returns {Promise<number>} milliseconds
   */
  addPhantom(count, start, stop) {
    return this.#call("add_phantom", count, start, stop);
  }

  /**
   * @param {string[]} names
   * @param {ArrayBuffer[]} contents are moved
   * @returns {Promise<{ refused: Refusal[], milliseconds: number }>}
   */
  addFiles(names, contents) {
    return this.#call("add_files", names, contents, { transfer: true });
  }

  /** @returns {Promise<Series>} */
  putTogether() {
    return this.#call("put_together");
  }

  /**
   * Fetches the network, unless this Python has it.
   *
   * @param {(loaded: number, total: number) => void} onProgress
   */
  async openNetwork(onProgress) {
    this.#network ??= this.#fetchNetwork(onProgress);
    try {
      await this.#network;
    } catch (error) {
      this.#network = null; // whoever needs it next tries again
      throw error;
    }
  }

  /**
   * @param {number} start
   * @param {number} stop
   * @returns {Promise<{ rectangles: (Rectangle | null)[], milliseconds: Record<string, number> }>}
   */
  find(start, stop) {
    return this.#call("find", start, stop);
  }

  /** @returns {Promise<Found>} */
  enclose() {
    return this.#call("enclose");
  }

  /**
   * @param {number} index
   * @param {number} low what is black
   * @param {number} high what is white
   * @returns {Promise<{ data: Uint8Array, shape: number[] }>}
   */
  picture(index, low, high) {
    return this.#call("picture", index, low, high);
  }

  /** @returns {Promise<Uint8Array<ArrayBuffer>>} an .npz file */
  save() {
    return this.#call("save");
  }

  /**
   * @param {number} low what is black
   * @param {number} high what is white
   * @returns {Promise<Uint8Array<ArrayBuffer>>} a .zip file of PNGs
   */
  savePictures(low, high) {
    return this.#call("save_pictures", low, high);
  }

  /** @param {(loaded: number, total: number) => void} onProgress */
  async #fetchNetwork(onProgress) {
    await this.runtime.ready();
    const models = this.runtime.models;
    if (!models) {
      throw new Error("Python is gone");
    }
    const path = await models.fetch(NETWORK, { onProgress });
    await this.#call("load", path);
    await models.unmount(path);
  }

  /**
   * @param {string} name
   * @param {...unknown} args
   */
  #call(name, ...args) {
    return this.runtime.call(`${MODULE}:${name}`, ...args);
  }
}
