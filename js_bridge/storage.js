// What the model store needs of the browser: IDBFS and downloads.

import { mountIDBFS, persistIDBFS } from "./idbfs.js";

// Browsers limit one stored value (127 MiB in a private Chromium profile).
const PART_BYTES = 64 * 1024 * 1024;

/**
 * @param {any} FS Pyodide's file system
 * @param {import("./downloads.js").ProgressCallback} report
 */
export function createStorage(FS, report) {
  return {
    /** @param {string} path */
    mount: (path) => mountIDBFS(FS, path),

    /** @param {string} path */
    persist: (path) => persistIDBFS(FS, path),

    /** @param {string} path */
    unmount: (path) => FS.unmount(path),

    /**
     * Downloads `url` into the files `<path>.000`, `<path>.001`, ... of at most 64 MiB.
     *
     * @param {string} url
     * @param {string} path
     * @param {string} name for progress reports
     * @param {number} size in bytes if known, else 0
     * @returns {Promise<number>} the number of files written
     */
    async download(url, path, name, size) {
      const response = await fetch(url);
      if (!response.ok || !response.body) {
        throw new Error(`${url}: the server answered ${response.status} ${response.statusText}`.trim());
      }
      const total = size || Number(response.headers.get("content-length")) || 0;
      const writer = new PartWriter(FS, path);
      try {
        for await (const chunk of chunksOf(response.body)) {
          writer.write(chunk);
          report({ phase: "model", name, loaded: writer.written, total });
        }
      } finally {
        writer.close();
      }
      return writer.count;
    },
  };
}

/** Spreads a stream of bytes over files of limited size. */
class PartWriter {
  /**
   * @param {any} FS
   * @param {string} path
   */
  constructor(FS, path) {
    this.FS = FS;
    this.path = path;
    this.count = 0;
    this.written = 0;
    this.room = 0;
    this.file = null;
    this.next();
  }

  next() {
    this.close();
    this.file = this.FS.open(`${this.path}.${String(this.count).padStart(3, "0")}`, "w");
    this.count += 1;
    this.room = PART_BYTES;
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    let rest = bytes;
    while (rest.length) {
      if (!this.room) {
        this.next();
      }
      const piece = rest.subarray(0, this.room);
      this.FS.write(this.file, piece, 0, piece.length);
      this.room -= piece.length;
      this.written += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  close() {
    if (this.file) {
      this.FS.close(this.file);
      this.file = null;
    }
  }
}

/**
 * Not every browser's streams are iterable.
 *
 * @param {ReadableStream<Uint8Array>} body
 */
async function* chunksOf(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    yield value;
  }
}
