// Progress of downloads that libraries start by themselves.

/**
 * @typedef {object} Progress
 * @property {"download" | "start" | "app" | "model" | "notice" | "ready"} phase
 * @property {string} name what is being worked on, for people
 * @property {number} loaded bytes, or steps
 * @property {number} total the same unit; 0 when it is not known
 * @property {{ from: number, to: number }} [span] of a part of the start that has ended: milliseconds since 1970
 * @property {number} [share] how much of the start is done, from 0 to 1: it never goes back
 * @property {string} [words] what is going on, for people
 * @property {boolean} [ended] of a model: this is the last word of it
 * @property {string} [failure] why it did not arrive; empty if it did
 * @property {"models"} [about] what a notice is about, if not the start
 */

/** @typedef {(progress: Progress) => void} ProgressCallback */

/** @type {Progress} the last word of every start */
export const READY = Object.freeze({ phase: "ready", name: "ready", loaded: 1, total: 1 });

/**
 * Runs `work` while `fetch` of a file of the bundle reports its progress and fails the whole if it fails.
 *
 * Pyodide and the engines fetch their own files, so the only place to count is `fetch` itself.
 * The library gets the browser's own Response, which it can compile while it streams and which
 * the browser's code cache knows; what is counted is a clone. Not every library tells of a failed
 * fetch: Pyodide writes it to the console and waits for ever.
 *
 * @template T
 * @param {Record<string, number>} sizes bytes by absolute address
 * @param {ProgressCallback} report
 * @param {() => Promise<T>} work
 * @param {Promise<boolean>} [isCounted] whether to count bytes, which costs time: none may be to come
 * @returns {Promise<T>}
 */
export async function withDownloadProgress(sizes, report, work, isCounted = Promise.resolve(true)) {
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  const failed = new Promise((_, reject) => {
    fail = reject;
  });
  const listener = { sizes, report, fail, isCounted };
  if (!listeners.size) {
    restore = countFetches();
  }
  listeners.add(listener);
  try {
    return await Promise.race([work(), failed]);
  } finally {
    listeners.delete(listener);
    if (!listeners.size) {
      restore();
    }
  }
}

/**
 * Puts a `fetch` that counts in the place of the one there is. What others have put around it meanwhile stays,
 * and what they call counts no more.
 *
 * @returns {() => void} puts the other back
 */
function countFetches() {
  const { fetch: original } = globalThis;
  let isOver = false;
  /** @type {typeof fetch} */
  const counted = (input, init) => (isOver ? original(input, init) : countedFetch(original, input, init));
  globalThis.fetch = counted;
  return () => {
    isOver = true;
    if (globalThis.fetch === counted) {
      globalThis.fetch = original;
    }
  };
}

/** A slow line brings thousands of pieces, and each report goes to another thread. */
const BETWEEN_MILLISECONDS = 30;

/** So much of a file that the next may begin: what is left keeps the line busy until then. */
const NEARLY = 0.75;

/** Tells when a file has nearly arrived, from what is reported of it. */
export class Arrival {
  /** Gives `ended` a value. */
  end = () => {};

  /** @type {Promise<void>} */
  ended = new Promise((resolve) => {
    this.end = resolve;
  });

  /**
   * @param {string} url
   * @param {ProgressCallback} report takes what `report` takes
   */
  constructor(url, report) {
    const file = fileName(url);
    /** @param {Progress} progress */
    this.report = (progress) => {
      const { phase, name, loaded, total } = progress;
      if (phase === "download" && name === file && loaded >= NEARLY * total) {
        this.end();
      }
      report(progress);
    };
  }
}

/**
 * Who wants to hear of downloads: more than one when several loads overlap.
 *
 * @type {Set<{
 *   sizes: Record<string, number>,
 *   report: ProgressCallback,
 *   fail: (error: unknown) => void,
 *   isCounted: Promise<boolean>,
 * }>}
 */
const listeners = new Set();
let restore = () => {};

/**
 * @param {typeof fetch} original
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
async function countedFetch(original, input, init) {
  const address = new URL(input instanceof Request ? input.url : input, globalThis.location.href).href;
  const concerned = [...listeners].filter(({ sizes }) => sizes[address] !== undefined);
  try {
    const response = await original(input, init);
    for (const { sizes, report, fail, isCounted } of concerned) {
      if (!response.ok) {
        fail(
          new Error(`${address}: the server answered ${response.status} ${response.statusText}`.trimEnd()),
        );
      } else if (await isCounted) {
        void countBytes(response.clone(), fileName(address), sizes[address], report);
      }
    }
    return response;
  } catch (error) {
    for (const { fail } of concerned) {
      fail(new Error(`${address}: no answer from the server (${/** @type {Error} */ (error).message})`));
    }
    throw error;
  }
}

/**
 * @param {Response} response
 * @param {string} name
 * @param {number} total
 * @param {ProgressCallback} report
 */
async function countBytes(response, name, total, report) {
  const reader = response.body?.getReader();
  let loaded = 0;
  let told = 0;
  const tell = () => report({ phase: "download", name, loaded: Math.min(loaded, total), total });
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) {
        break;
      }
      loaded += chunk.value.byteLength;
      if (performance.now() - told >= BETWEEN_MILLISECONDS) {
        told = performance.now();
        tell();
      }
    }
    tell();
  } catch {
    // The library reads the same body and reports the same failure, as an error of its own.
  }
}

/**
 * The file's name without the hash that the build put into it.
 *
 * @param {string} url
 */
export function fileName(url) {
  const name = new URL(url).pathname.split("/").at(-1) ?? url;
  return decodeURIComponent(name).replace(/\.[0-9a-f]{8,64}(?=\.)/, "");
}
