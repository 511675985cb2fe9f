// The page's side of the model store: pyinfer.browser.store.ModelStore, method by method.

/**
 * @typedef {object} StoredModel
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
 * Models, kept on this machine. Each method takes a name of the app's manifest, or an address.
 *
 * @param {Ask} ask
 * @param {(nameOrURL: string) => string} absolute
 */
export function createPageModels(ask, absolute) {
  return Object.freeze({
    /**
     * Fetches a model unless it is stored already.
     *
     * @param {string} nameOrURL
     * @param {FetchOptions} [options]
     * @returns {Promise<string>} the path at which Python finds the model, until `unmount`
     */
    fetch: (nameOrURL, { onProgress, ...keywords } = {}) =>
      ask("fetch", [absolute(nameOrURL)], keywords, onProgress),

    /** @returns {Promise<StoredModel[]>} the one least recently used first */
    list: () => ask("list", []),

    /**
     * @param {string} nameOrURL
     * @returns {Promise<StoredModel | null>} null if it is not stored
     */
    info: (nameOrURL) => ask("info", [absolute(nameOrURL)]),

    /**
     * Reads a stored model's bytes again. One that has changed is forgotten.
     *
     * @param {string} nameOrURL
     * @returns {Promise<boolean>} whether they are still what they were
     */
    verify: (nameOrURL) => ask("verify", [absolute(nameOrURL)]),

    /**
     * Deletes a model from this machine.
     *
     * @param {string} nameOrURL
     * @returns {Promise<void>}
     */
    evict: (nameOrURL) => ask("evict", [absolute(nameOrURL)]),

    /**
     * Keeps a model when room is needed for others, or lets it go again.
     *
     * @param {string} nameOrURL
     * @param {boolean} [kept]
     * @returns {Promise<void>}
     */
    keep: (nameOrURL, kept = true) => ask("keep", [absolute(nameOrURL), kept]),

    /**
     * Deletes all models of the app from this machine.
     *
     * @returns {Promise<void>}
     */
    clear: () => ask("clear", []),

    /** @returns {Promise<ModelUsage>} */
    usage: () => ask("usage", []),

    /** @returns {Promise<boolean>} whether the browser agrees not to clear what is stored */
    persist: () => ask("persist", []),

    /**
     * Gives a model's memory back. Its path is no longer good, sessions made of it are.
     *
     * @param {string} path
     * @returns {Promise<void>}
     */
    unmount: (path) => ask("unmount", [path]),
  });
}
