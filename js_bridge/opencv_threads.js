// OpenCV's threads: each is a worker, which OpenCV waits for as long as it takes.

import { fetchFile } from "./bundle_files.js";

/**
 * An address that this page may make workers of: of a script at another origin, a copy's.
 *
 * @param {string} url of the script of a thread
 * @param {AbortSignal} closed
 */
export async function threadScript(url, closed) {
  if (new URL(url).origin === globalThis.location.origin) {
    return url;
  }
  const response = await fetchFile(url);
  const copy = new Blob([await response.arrayBuffer()], { type: "text/javascript" });
  const address = URL.createObjectURL(copy);
  closed.addEventListener("abort", () => URL.revokeObjectURL(address));
  return address;
}

/**
 * A thread that does not start would be waited for for ever.
 *
 * @param {any} module of OpenCV, which waits for its threads
 * @param {string} url of their script
 * @returns {Promise<never>}
 */
export function threadFailure(module, url) {
  return new Promise((_resolve, reject) => {
    for (const worker of module.PThread.unusedWorkers) {
      worker.addEventListener("error", (/** @type {ErrorEvent} */ { message }) => {
        const reason = message || "is it there, and may this page make workers of it?";
        reject(new Error(`${url} can't be run as a thread of OpenCV: ${reason}`));
      });
    }
  });
}
