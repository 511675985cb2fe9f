// The page's side of the model store: pyinfer.browser.store.ModelStore, method by method, and its news.

import { hearModelsChange, tellModelsChange } from "./models_channel.js";

/**
 * @typedef {object} StoredModel
 * @property {string} identity names it among models of the same name, address or bytes
 * @property {string} name what the app calls it
 * @property {string} url where it came from
 * @property {string} sha256 of the model file's bytes
 * @property {number} size bytes, files of weights included
 * @property {boolean} kept it is not evicted when room is needed
 * @property {number} fetched seconds since 1970
 * @property {number} used seconds since 1970
 */

/**
 * @typedef {object} ModelUsage
 * @property {number} used bytes of everything that the origin stores, as the browser estimates them
 * @property {number} quota bytes that it may store
 * @property {number} models bytes of the app's models
 * @property {boolean} persisted the browser does not clear them when its disk is full
 */

/**
 * @typedef {object} FetchOptions
 * @property {string} [sha256] what the bytes must be
 * @property {number} [size] how many there are
 * @property {Record<string, string>} [headers] sent along, such as `Authorization`
 * @property {RequestCredentials} [credentials]
 * @property {(loaded: number, total: number) => void} [onProgress] bytes that are here, and all (0: not known)
 */

/**
 * Asks Python.
 *
 * @callback Ask
 * @param {string} method
 * @param {unknown[]} args
 * @param {Record<string, unknown>} [keywords]
 * @param {(loaded: number, total: number) => void} [onProgress]
 * @returns {Promise<any>}
 */

/**
 * A model that is being fetched.
 *
 * @typedef {object} ModelDownload
 * @property {string} name
 * @property {number} loaded bytes that are here
 * @property {number} total all of them; 0 when that is not known
 */

/** How the fetch of a model is getting on: an event of type `progress`. */
export class ModelProgressEvent extends Event {
  /** @param {ModelDownload & { ended?: boolean, failure?: string }} progress */
  constructor({ name, loaded, total, ended = false, failure = "" }) {
    super("progress");
    this.name = name;
    /** Bytes that are here. */
    this.loaded = loaded;
    /** All of them; 0 when that is not known. */
    this.total = total;
    /** Whether this is the last event of this fetch. */
    this.ended = ended;
    /** Why the model did not arrive; empty if it did, or still may. */
    this.failure = failure;
  }
}

/** Something the visitor should know of a model: an event of type `notice`. */
export class ModelNoticeEvent extends Event {
  /** @param {string} message */
  constructor(message) {
    super("notice");
    this.message = message;
  }
}

/**
 * Models, kept on this machine. Each method takes a name of the app's manifest, an address, or what
 * `list` gives as `identity`.
 *
 * Events: `change` when something else is stored than before, whoever did it: the page, Python, or another
 * tab; `progress` ({@link ModelProgressEvent}) of fetches by the page and by Python; `notice`
 * ({@link ModelNoticeEvent}).
 */
export class PageModels extends EventTarget {
  /** @type {Ask} */
  #ask;
  /** @type {(nameOrURL: string) => string} */
  #absolute;
  /** @type {ReadonlyMap<string, ModelDownload>} */
  #downloads;

  /**
   * @param {Ask} ask
   * @param {(nameOrURL: string) => string} absolute
   * @param {ReadonlyMap<string, ModelDownload>} downloads
   */
  constructor(ask, absolute, downloads) {
    super();
    this.#ask = ask;
    this.#absolute = absolute;
    this.#downloads = downloads;
  }

  /** What is being fetched now. */
  get downloads() {
    return [...this.#downloads.values()];
  }

  /**
   * Fetches a model unless it is stored already.
   *
   * @param {string} nameOrURL
   * @param {FetchOptions} [options]
   * @returns {Promise<string>} the path at which Python finds the model, until `unmount`
   */
  fetch(nameOrURL, { onProgress, ...keywords } = {}) {
    return this.#ask("fetch", [this.#absolute(nameOrURL)], keywords, onProgress);
  }

  /** @returns {Promise<StoredModel[]>} the one least recently used first */
  list() {
    return this.#ask("list", []);
  }

  /**
   * @param {string} nameOrURL
   * @returns {Promise<StoredModel | null>} null if it is not stored
   */
  info(nameOrURL) {
    return this.#ask("info", [this.#absolute(nameOrURL)]);
  }

  /**
   * Reads a stored model's bytes again. One that has changed is forgotten.
   *
   * @param {string} nameOrURL
   * @returns {Promise<boolean>} whether they are still what they were
   */
  verify(nameOrURL) {
    return this.#ask("verify", [this.#absolute(nameOrURL)]);
  }

  /**
   * Deletes a model from this machine.
   *
   * @param {string} nameOrURL
   * @returns {Promise<void>}
   */
  evict(nameOrURL) {
    return this.#ask("evict", [this.#absolute(nameOrURL)]);
  }

  /**
   * Keeps a model when room is needed for others, or lets it go again.
   *
   * @param {string} nameOrURL
   * @param {boolean} [kept]
   * @returns {Promise<void>}
   */
  keep(nameOrURL, kept = true) {
    return this.#ask("keep", [this.#absolute(nameOrURL), kept]);
  }

  /**
   * Deletes all models of the app from this machine.
   *
   * @returns {Promise<void>}
   */
  clear() {
    return this.#ask("clear", []);
  }

  /** @returns {Promise<ModelUsage>} */
  usage() {
    return this.#ask("usage", []);
  }

  /** @returns {Promise<boolean>} whether the browser agrees not to clear what is stored */
  async persist() {
    // Browsers let pages ask, not workers, where Python runs.
    const agreed = (await globalThis.navigator?.storage?.persist?.()) ?? false;
    tellModelsChange();
    return agreed;
  }

  /**
   * Gives a model's memory back. Its path is no longer good, sessions made of it are.
   *
   * @param {string} path
   * @returns {Promise<void>}
   */
  unmount(path) {
    return this.#ask("unmount", [path]);
  }
}

/**
 * @param {Ask} ask
 * @param {(nameOrURL: string) => string} absolute
 */
export function createPageModels(ask, absolute) {
  /** @type {Map<string, ModelDownload>} */
  const downloads = new Map();
  const models = new PageModels(ask, absolute, downloads);
  const changed = () => models.dispatchEvent(new Event("change"));
  const stopHearing = hearModelsChange(changed);

  /** @param {import("./downloads.js").Progress} progress */
  const hear = ({ phase, name, loaded, total, ended, failure, about }) => {
    if (phase === "model") {
      if (ended) {
        downloads.delete(name);
      } else {
        downloads.set(name, { name, loaded, total });
      }
      models.dispatchEvent(new ModelProgressEvent({ name, loaded, total, ended, failure }));
    } else if (about === "models") {
      models.dispatchEvent(new ModelNoticeEvent(name));
    }
  };

  return {
    models,
    hear,
    changed,

    /** @param {string} reason why Python is gone, and with it what was being fetched */
    lose(reason) {
      for (const download of downloads.values()) {
        hear({ phase: "model", ...download, ended: true, failure: reason });
      }
    },

    stopHearing,
  };
}
