// Files that an app opens by their path: they lie in Python's working folder from the start.

/** @typedef {import("./bundle.js").AppAsset} AppAsset */

/**
 * Downloads them, each checked against its hash.
 *
 * @param {AppAsset[]} assets
 * @returns {Promise<Map<string, Uint8Array>>} bytes by path
 */
export async function fetchAssets(assets) {
  const files = await Promise.all(assets.map(async (asset) => [asset.path, await fetchAsset(asset)]));
  return new Map(/** @type {[string, Uint8Array][]} */ (files));
}

/** @param {AppAsset} asset */
async function fetchAsset({ path, url, sha256 }) {
  const digest = sha256.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  try {
    const response = await fetch(url, { integrity: `sha256-${btoa(digest)}` });
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    // Of other bytes than expected a browser says no more than that fetching failed.
    throw new Error(
      `${path} of the app could not be fetched from ${url}, or has other bytes than were built: ${
        /** @type {Error} */ (error).message
      }`,
    );
  }
}

/**
 * @param {any} FS Emscripten's file system
 * @param {Map<string, Uint8Array>} files bytes by path below the working folder
 */
export function placeAssets(FS, files) {
  for (const [path, bytes] of files) {
    const place = `${FS.cwd().replace(/\/$/, "")}/${path}`;
    FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
    FS.writeFile(place, bytes, { canOwn: true });
  }
}
