// Bytes from the bundle at once: Python imports and opens files synchronously.

/**
 * @param {string} url
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  const isWorker = !globalThis.document;
  if (isWorker) {
    request.responseType = "arraybuffer";
  } else {
    // A page's own thread may ask for text only: here each byte becomes one character.
    request.overrideMimeType("text/plain; charset=x-user-defined");
  }
  try {
    request.send();
  } catch (error) {
    throw new Error(`${url}: no answer from the server (${/** @type {Error} */ (error).message})`);
  }
  if (request.status !== 200) {
    throw new Error(`${url}: the server answered ${request.status}`);
  }
  if (isWorker) {
    return new Uint8Array(request.response);
  }
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
}
