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
     * @param {string} headers JSON
     * @param {RequestCredentials} credentials
     */
    async open(id, name, url, offset, headers, credentials) {
      const abort = new AbortController();
      /** @type {Stream} */
      const stream = { name, abort, reader: NOTHING, missing: 0, rest: new Uint8Array() };
      streams.set(id, stream);
      const asked = new Headers(JSON.parse(headers));
      if (offset) {
        // Without If-Range, for which a server of another origin would have to be asked first: what the
        // answer says of itself is looked at instead.
        asked.set("Range", `bytes=${offset}-`);
      }
      // The browser's own cache would keep a second copy, and give an older one.
      const response = await fetch(url, {
        headers: asked,
        credentials,
        signal: abort.signal,
        cache: "no-store",
      });
      stream.reader = (response.body ?? new Blob().stream()).getReader();
      const isEncoded = response.headers.has("content-encoding");
      stream.missing = isEncoded ? 0 : Number(response.headers.get("content-length")) || 0;
      const progress = arrived.get(name);
      if (progress && !progress.total && response.status === 200) {
        progress.total = stream.missing;
      }
      // Servers of other origins mostly don't show that what they send is compressed.
      const tellsLength = stream.missing > 0 && response.type === "basic";
      return JSON.stringify({
        status: response.status,
        reason: response.statusText,
        type: response.headers.get("content-type") ?? "",
        validator: versionOf(response),
        retryAfter: secondsOf(response.headers.get("retry-after")),
        length: tellsLength ? stream.missing : null,
        isEncoded,
        contentRange: response.headers.get("content-range") ?? "",
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
      // Some servers answer HEAD with an error: addresses that are signed, programs that only know GET.
      let response = new Response();
      for (const method of ["HEAD", "GET"]) {
        const abort = new AbortController();
        const { signal } = abort;
        response = await fetch(url, {
          method,
          cache: "no-store",
          headers: JSON.parse(headers),
          credentials,
          signal,
        });
        abort.abort();
        if (response.ok) {
          return versionOf(response);
        }
      }
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
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
