// IDBFS with promises: one mount at a time is read from or written to IndexedDB.

import { takeLock } from "./tab_locks.js";

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
 * Reads again what IndexedDB holds for the mount at `path`.
 *
 * @param {any} FS
 * @param {string} path
 */
export function refreshIDBFS(FS, path) {
  return synchronise(FS, path, true);
}

/**
 * Takes a mount, or a plain folder, away with its files; IndexedDB keeps those that it has.
 *
 * @param {any} FS
 * @param {string} path
 */
export function unmountIDBFS(FS, path) {
  // Behind what is being written: that reads the files.
  const result = queue.then(() => {
    if (!FS.analyzePath(path).exists) {
      return;
    }
    if (FS.isMountpoint(FS.lookupPath(path, { follow_mount: false }).node)) {
      FS.unmount(path);
    }
    for (const name of FS.readdir(path)) {
      if (name !== "." && name !== "..") {
        FS.unlink(`${path}/${name}`);
      }
    }
    FS.rmdir(path);
  });
  queue = result.catch(() => undefined);
  return result;
}

/** Where IDBFS keeps files, and how it calls that. */
const STORE = "FILE_DATA";
const VERSION = 21;

/**
 * Deletes what IndexedDB holds for a path, without reading it. The database itself stays: IDBFS never
 * closes the connection to one, in any tab, and deleting it would wait for that.
 *
 * @param {string} path
 * @returns {Promise<void>}
 */
export function eraseIDBFS(path) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(path, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(STORE).createIndex("timestamp", "timestamp", { unique: false });
    };
    const fail = () => reject(new Error(`${BLOCKED}: ${opening.error?.message ?? "it could not be opened"}`));
    opening.onerror = fail;
    opening.onblocked = fail;
    opening.onsuccess = () => {
      const database = opening.result;
      const work = database.transaction(STORE, "readwrite");
      work.objectStore(STORE).clear();
      work.oncomplete = () => {
        database.close();
        resolve();
      };
      work.onabort = () => {
        database.close();
        reject(new Error(`${BLOCKED}: ${work.error?.message}`));
      };
    };
  });
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
  const locked = async () => {
    const lock = takeLock(`pyinfer-store:${path}`);
    await lock.granted;
    try {
      await work();
    } finally {
      lock.release();
    }
  };
  const result = queue.then(locked, locked);
  queue = result.catch(() => undefined);
  return /** @type {Promise<void>} */ (result);
}
