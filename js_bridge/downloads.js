// Progress of downloads that libraries start by themselves.

/**
 * @typedef {object} Progress
 * @property {"download" | "start" | "app" | "model" | "notice" | "ready"} phase
 * @property {string} name what is being worked on, for people
 * @property {number} loaded bytes, or steps
 * @property {number} total the same unit; 0 when it is not known
 * @property {boolean} [ended] of a model: this is the last word of it
 * @property {string} [failure] why it did not arrive; empty if it did
 * @property {"models"} [about] what a notice is about, if not the start
 */

/** @typedef {(progress: Progress) => void} ProgressCallback */

/** @type {Progress} the last word of every start */
export const READY = Object.freeze({ phase: "ready", name: "ready", loaded: 1, total: 1 });

/**
 * Runs `work` while every `fetch` of a file of the bundle reports its progress.
 *
 * Pyodide and the engines fetch their own files, so the only place to count is `fetch` itself.
 * The library gets the browser's own Response, which it can compile while it streams and which
 * the browser's code cache knows; what is counted is a clone.
 *
 * @template T
 * @param {Record<string, number>} sizes bytes by absolute address
 * @param {ProgressCallback} report
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDownloadProgress(sizes, report, work) {
  const listener = { sizes, report };
  if (!listeners.size) {
    original = globalThis.fetch;
    globalThis.fetch = countedFetch;
  }
  listeners.add(listener);
  try {
    return await work();
  } finally {
    listeners.delete(listener);
    if (!listeners.size && globalThis.fetch === countedFetch) {
      globalThis.fetch = original;
    }
  }
}

/**
 * Who wants to hear of downloads: more than one when several loads overlap.
 *
 * @type {Set<{ sizes: Record<string, number>, report: ProgressCallback }>}
 */
const listeners = new Set();
let original = globalThis.fetch;

/** @type {typeof fetch} */
async function countedFetch(input, init) {
  const response = await original(input, init);
  for (const { sizes, report } of listeners) {
    const total = sizes[response.url];
    if (total !== undefined && response.ok) {
      void countBytes(response.clone(), fileName(response.url), total, report);
    }
  }
  return response;
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
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) {
        break;
      }
      loaded += chunk.value.byteLength;
      report({ phase: "download", name, loaded: Math.min(loaded, total), total });
    }
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
