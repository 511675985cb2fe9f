// Downloads of models, in parts that are files of Pyodide's file system.

/** So much is set aside at once for a part whose size is not known. */
const BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * @typedef {object} Stream
 * @property {string} name the model's
 * @property {{ read: () => Promise<{ done: boolean, value?: Uint8Array }> }} reader
 * @property {AbortController} abort
 * @property {number} missing bytes that are still to come; 0: not known
 * @property {Uint8Array} rest what has arrived and did not fit into the part before
 */

/** The reader of an answer that has not come yet. */
const NOTHING = { read: async () => ({ done: true }) };

/**
 * @param {any} FS
 * @param {import("./downloads.js").ProgressCallback} report
 */
export function createModelDownloads(FS, report) {
  /** @type {Map<number, Stream>} */
  const streams = new Map();
  /** @type {Map<string, { loaded: number, total: number }>} */
  const arrived = new Map();
  /** @type {Map<string, any>} Python's callbacks, copied */
  const listeners = new Map();

  /**
   * @param {string} name
   * @param {number} bytes
   */
  const count = (name, bytes) => {
    const progress = arrived.get(name) ?? { loaded: 0, total: 0 };
    progress.loaded += bytes;
    arrived.set(name, progress);
    report({ phase: "model", name, ...progress });
    listeners.get(name)?.(progress.loaded, progress.total);
  };

  return {
    /**
     * @param {number} id by which `readPart` and `close` know the stream
     * @param {string} name
     * @param {string} url
     * @param {number} offset
     * @param {string} validator
     * @param {string} headers JSON
     * @param {RequestCredentials} credentials
     */
    async open(id, name, url, offset, validator, headers, credentials) {
      const abort = new AbortController();
      /** @type {Stream} */
      const stream = { name, abort, reader: NOTHING, missing: 0, rest: new Uint8Array() };
      streams.set(id, stream);
      const asked = new Headers(JSON.parse(headers));
      if (offset && validator) {
        asked.set("Range", `bytes=${offset}-`);
        asked.set("If-Range", validator);
      }
      const response = await fetch(url, { headers: asked, credentials, signal: abort.signal });
      stream.reader = (response.body ?? new Blob().stream()).getReader();
      const isEncoded = response.headers.has("content-encoding");
      stream.missing = isEncoded ? 0 : Number(response.headers.get("content-length")) || 0;
      const progress = arrived.get(name);
      if (progress && !progress.total && response.status === 200) {
        progress.total = stream.missing;
      }
      return JSON.stringify({
        status: response.status,
        reason: response.statusText,
        type: response.headers.get("content-type") ?? "",
        validator: isEncoded ? "" : versionOf(response),
        retryAfter: secondsOf(response.headers.get("retry-after")),
      });
    },

    /**
     * @param {number} id
     * @param {string} path
     * @param {number} limit
     */
    async readPart(id, path, limit) {
      const stream = /** @type {Stream} */ (streams.get(id));
      const part = new Part(Math.min(limit, stream.missing || BLOCK_BYTES), limit);
      let done = false;
      let failure = "";
      stream.rest = part.add(stream.rest);
      while (!done && !part.isFull) {
        let chunk;
        try {
          chunk = await stream.reader.read();
        } catch (error) {
          failure = String(/** @type {Error} */ (error)?.message ?? error) || "no words";
          break;
        }
        done = chunk.done;
        if (chunk.value) {
          count(stream.name, chunk.value.length);
          stream.rest = part.add(chunk.value);
        }
      }
      if (!streams.has(id)) {
        return JSON.stringify({ size: 0, done: false, failure: "nobody waits for it any more" });
      }
      const bytes = part.bytes();
      stream.missing = Math.max(0, stream.missing - bytes.length);
      if (bytes.length) {
        FS.writeFile(path, bytes, { canOwn: true });
      }
      return JSON.stringify({ size: bytes.length, done: done && !stream.rest.length, failure });
    },

    /** @param {number} id */
    close(id) {
      streams.get(id)?.abort.abort();
      streams.delete(id);
    },

    /**
     * @param {string} url
     * @param {string} headers JSON
     * @param {RequestCredentials} credentials
     * @returns {Promise<string>}
     */
    async validator(url, headers, credentials) {
      const response = await fetch(url, {
        method: "HEAD",
        cache: "no-cache",
        headers: JSON.parse(headers),
        credentials,
      });
      if (!response.ok) {
        throw new Error(`${url}: the server answered ${response.status} ${response.statusText}`.trim());
      }
      return versionOf(response);
    },

    /**
     * @param {string} name
     * @param {number} bytes
     * @param {number} total
     */
    expect(name, bytes, total) {
      const loaded = (arrived.get(name)?.loaded ?? 0) + bytes;
      arrived.set(name, { loaded, total });
    },

    /**
     * @param {string} name
     * @param {any} callback Python's, or the page's
     */
    listen(name, callback) {
      listeners.get(name)?.destroy?.();
      listeners.set(name, callback.copy?.() ?? callback);
    },

    /**
     * @param {string} name
     * @param {string} failure
     */
    end(name, failure) {
      listeners.get(name)?.destroy?.();
      listeners.delete(name);
      const progress = arrived.get(name);
      arrived.delete(name);
      if (progress) {
        report({ phase: "model", name, ...progress, ended: true, failure });
      }
    },

    liveCount: () => streams.size + listeners.size,
  };
}

/** The bytes of one part, put together without asking for more room than it takes. */
class Part {
  #written = 0;

  /**
   * @param {number} expected
   * @param {number} limit
   */
  constructor(expected, limit) {
    this.buffer = new Uint8Array(expected);
    this.limit = limit;
  }

  get isFull() {
    return this.#written === this.limit;
  }

  /**
   * @param {Uint8Array} chunk
   * @returns {Uint8Array} what did not fit
   */
  add(chunk) {
    const taken = Math.min(chunk.length, this.limit - this.#written);
    const end = this.#written + taken;
    if (end > this.buffer.length) {
      const size = Math.min(this.limit, Math.max(end, 2 * this.buffer.length));
      const larger = new Uint8Array(size);
      larger.set(this.buffer.subarray(0, this.#written));
      this.buffer = larger;
    }
    this.buffer.set(chunk.subarray(0, taken), this.#written);
    this.#written = end;
    return chunk.subarray(taken);
  }

  bytes() {
    const { buffer } = this;
    return this.#written === buffer.length ? buffer : buffer.slice(0, this.#written);
  }
}

/** @param {Response} response */
function versionOf({ headers }) {
  const tag = headers.get("etag") ?? "";
  // A weak tag names what means the same, not what has the same bytes.
  return tag && !tag.startsWith("W/") ? tag : (headers.get("last-modified") ?? "");
}

/** @param {string | null} value a number of seconds, or a date */
function secondsOf(value) {
  if (!value) {
    return null;
  }
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
