// Which file of a bundle is another than was built: found out when a start has failed.

import { fetchBytes } from "./bundle_files.js";

/**
 * @param {Error} error why the start failed
 * @param {import("./bundle.js").Bundle} bundle
 * @returns {Promise<Error>} the error, or one that names the file that explains it
 */
export async function withAlteredFile(error, { folder, sizes }) {
  try {
    const built = await (await fetch(new URL("integrity.json", folder))).json();
    const seen = new Set(performance.getEntriesByType("resource").map(({ name }) => name));
    for (const url of Object.keys(sizes)) {
      const integrity = built[decodeURI(url.slice(folder.length))];
      if (seen.has(url) && integrity && (await integrityOf(await fetchBytes(url))) !== integrity) {
        return new Error(`${url} has other bytes than were built: ${error.message}`, { cause: error });
      }
    }
  } catch {
    // The server is gone, or gives no more than the error says.
  }
  return error;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function integrityOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  return `sha384-${btoa(String.fromCharCode(...digest))}`;
}
