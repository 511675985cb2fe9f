// What the model store needs of the browser: IDBFS, downloads, locks, room.

import { eraseIDBFS, mountIDBFS, persistIDBFS, refreshIDBFS, unmountIDBFS } from "./idbfs.js";
import { joinFiles } from "./joined_file.js";
import { createModelDownloads } from "./model_downloads.js";
import { tellModelsChange } from "./models_channel.js";
import { takeLock } from "./tab_locks.js";

/**
 * @param {any} FS Pyodide's file system
 * @param {import("./downloads.js").ProgressCallback} report
 */
export function createStorage(FS, report) {
  const downloads = createModelDownloads(FS, report);
  /** @type {Map<number, import("./tab_locks.js").Release>} */
  const locks = new Map();
  return {
    ...downloads,

    /**
     * @param {string} name
     * @param {number} ticket by which `unlock` knows it
     */
    lock(name, ticket) {
      const lock = takeLock(`pyinfer-model:${name}`);
      locks.set(ticket, lock.release);
      return lock.granted;
    },

    /** @param {number} ticket of a lock that is held, or that is waited for */
    unlock(ticket) {
      locks.get(ticket)?.();
      locks.delete(ticket);
    },

    /** @param {string} path */
    mount: (path) => mountIDBFS(FS, path),

    /** @param {string} path */
    refresh: (path) => refreshIDBFS(FS, path),

    /** @param {string} path */
    persist: (path) => persistIDBFS(FS, path).then(tellModelsChange),

    /** @param {string} path */
    unmount: (path) => unmountIDBFS(FS, path),

    /** @param {string} path */
    erase: (path) => eraseIDBFS(path).then(tellModelsChange),

    /**
     * @param {string} path
     * @param {string} parts JSON: paths
     */
    join: (path, parts) => joinFiles(FS, path, JSON.parse(parts)),

    /** @param {string} words */
    notice: (words) => report({ phase: "notice", name: words, loaded: 1, total: 1, about: "models" }),

    /** @returns {Promise<string>} */
    async estimate() {
      const storage = navigator.storage;
      const { usage = 0, quota = 0 } = (await storage?.estimate?.()) ?? {};
      const persisted = (await storage?.persisted?.()) ?? false;
      // Who tells nothing does not say that there is no room.
      return JSON.stringify({ usage, quota: quota || Number.MAX_SAFE_INTEGER, persisted });
    },

    /** @returns {Promise<boolean>} */
    askToPersist: async () => (await navigator.storage?.persist?.()) ?? false,

    liveCount: () => downloads.liveCount() + locks.size,
  };
}
