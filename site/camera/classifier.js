// The page's end of the Python that classifies.

export const MODULE = "pyinfer_demo.objects";
/** The network, as the app's manifest calls it. */
const NETWORK = "objects";

/** @typedef {{ labels: string[], threshold: number, side: number }} Network */
/** @typedef {{ label: string, accepted: boolean, probabilities: number[], milliseconds: number }} Answer */

export class Classifier {
  /** @type {Promise<Network> | null} settles when the running Python has opened the network */
  #network = null;

  /** @param {import("../runtime.js").Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    runtime.addEventListener("restart", () => {
      this.#network = null;
    });
  }

  /**
   * Opens the network, which is fetched the first time.
   *
   * @param {(loaded: number, total: number) => void} [onProgress]
   * @returns {Promise<Network>}
   */
  open(onProgress) {
    if (!this.#network) {
      const opening = this.#load(onProgress);
      this.#network = opening;
      opening.catch(() => this.#forget(opening));
    }
    return this.#network;
  }

  /**
   * @param {ImageData} frame it is moved to Python, and of no use afterwards
   * @returns {Promise<Answer>}
   */
  async classify(frame) {
    await this.runtime.ready(); // another Python, where the last one has ended: it has no network yet
    const opening = this.open();
    await opening;
    try {
      return await this.runtime.call(`${MODULE}:classify`, frame, { transfer: true });
    } catch (error) {
      if (!isRefusal(error)) {
        this.#forget(opening); // Python may be another one now
      }
      throw error;
    }
  }

  /** @param {((loaded: number, total: number) => void) | undefined} onProgress */
  async #load(onProgress) {
    await this.runtime.ready();
    const models = /** @type {import("../pyinfer.js").PageModels} */ (this.runtime.models);
    const path = await models.fetch(NETWORK, { onProgress });
    const network = await this.runtime.call(`${MODULE}:load`, path);
    await models.unmount(path);
    return network;
  }

  /** @param {Promise<Network>} opening */
  #forget(opening) {
    if (this.#network === opening) {
      this.#network = null;
    }
  }
}

/**
 * Whether Python is well, and only did not like the frame.
 *
 * @param {unknown} error
 */
export function isRefusal(error) {
  return /** @type {any} */ (error).type === "ValueError";
}
