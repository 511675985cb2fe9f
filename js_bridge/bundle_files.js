// Files of the bundle, fetched: a failure names the file and says what happened to it.

/** @typedef {{ url: string, sha256: string }} BundleFile */

/**
 * @param {string} url
 * @returns {Promise<Response>}
 */
export async function fetchFile(url) {
  const response = await fetch(url).catch((error) => {
    throw new Error(`${url}: no answer from the server (${error.message})`);
  });
  if (!response.ok) {
    throw new Error(`${url}: the server answered ${response.status} ${response.statusText}`.trimEnd());
  }
  return response;
}

/**
 * Has the browser put files into its cache, for a worker that will want them and may be too busy to take them
 * from the line. Whoever wants them hears what is wrong with one.
 *
 * @param {string[]} urls
 */
export function fetchAhead(urls) {
  for (const url of urls) {
    fetch(url)
      .then((response) => response.body?.pipeTo(new WritableStream()))
      .catch(() => {});
  }
}

/**
 * @param {string} url
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchBytes(url) {
  const response = await fetchFile(url);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${url}: the download broke off (${/** @type {Error} */ (error).message})`);
  }
}

/**
 * Compiles WebAssembly while it streams.
 *
 * @param {string} url
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileFile(url) {
  const response = await fetchFile(url);
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    throw new Error(`${url} can't be compiled: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * @param {string} url of an ES module
 * @returns {Promise<any>}
 */
export async function importScript(url) {
  try {
    return await import(url);
  } catch (error) {
    throw new Error(`${url} can't be loaded: ${/** @type {Error} */ (error).message}`);
  }
}
