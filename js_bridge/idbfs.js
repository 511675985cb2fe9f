// IDBFS with promises: one mount at a time is read from or written to IndexedDB.

/** Emscripten says only that an operation failed; IndexedDB's own words follow. */
const BLOCKED = "IndexedDB could not be used (private window, blocked site data, or a full disk?)";

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Mounts IDBFS at `path` and reads what IndexedDB holds for it.
 *
 * @param {any} FS Pyodide's file system
 * @param {string} path
 */
export async function mountIDBFS(FS, path) {
  FS.mkdirTree(path);
  FS.mount(FS.filesystems.IDBFS, {}, path);
  try {
    await synchronise(FS, path, true);
  } catch (error) {
    FS.unmount(path);
    throw error;
  }
}

/**
 * Writes what has changed below the mount at `path`.
 *
 * @param {any} FS
 * @param {string} path
 */
export function persistIDBFS(FS, path) {
  return synchronise(FS, path, false);
}

/**
 * Never `FS.syncfs`: it walks all mounts, and erases from IndexedDB those not yet populated.
 * One at a time, also across tabs, since two writers would each delete what the other wrote.
 *
 * @param {any} FS
 * @param {string} path
 * @param {boolean} populate read from IndexedDB rather than write to it
 * @returns {Promise<void>}
 */
function synchronise(FS, path, populate) {
  const work = () =>
    new Promise((resolve, reject) => {
      const { mount } = FS.lookupPath(path).node;
      mount.type.syncfs(mount, populate, (/** @type {any} */ error) => {
        if (error) {
          reject(new Error(`${BLOCKED}: ${error.message ?? error}`));
        } else {
          resolve(undefined);
        }
      });
    });
  const locked = () => (navigator.locks ? navigator.locks.request(`pyinfer-store:${path}`, work) : work());
  const result = queue.then(locked, locked);
  queue = result.catch(() => undefined);
  return /** @type {Promise<void>} */ (result);
}
