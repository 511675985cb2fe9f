// Where a snapshot of Python is kept on the visitor's machine: one for each bundle, in the Cache API.
//
// A record is the state as JSON, its length before it (four bytes), and the memory behind it. Its hash stands
// beside it, as does the key: what the snapshot must fit. Whatever fits no more is thrown away.

/** @typedef {import("./snapshot.js").Snapshot} Snapshot */

const KEY = "pyinfer-key";
const HASH = "pyinfer-sha256";

/** @param {string} folder of the bundle */
const cacheName = (folder) => `pyinfer-snapshot-${folder}`;

/**
 * Whether an earlier visit left a snapshot, be it one that fits.
 *
 * @param {string} folder of the bundle
 */
export async function hasSnapshot(folder) {
  try {
    return await caches.has(cacheName(folder));
  } catch {
    return false; // no storage
  }
}

export class SnapshotStore {
  #name;
  #address;
  #key;

  /**
   * @param {string} folder of the bundle
   * @param {string} key
   */
  constructor(folder, key) {
    this.#name = cacheName(folder);
    this.#address = new URL("pyinfer/snapshot", folder).href;
    this.#key = key;
  }

  /**
   * @returns {Promise<(() => Promise<Snapshot>) | null>} what reads the snapshot, which rejects if it is damaged;
   *   null where there is none, none that fits, or no storage
   */
  async find() {
    try {
      const response = await caches.match(this.#address, { cacheName: this.#name });
      if (!response) {
        return null;
      }
      if (response.headers.get(KEY) === this.#key) {
        return () => read(response);
      }
    } catch {
      return null;
    }
    await this.remove();
    return null;
  }

  /**
   * @param {Snapshot} snapshot
   * @returns {Promise<boolean>} false where the browser has no place for it
   */
  async write(snapshot) {
    try {
      const bytes = pack(snapshot);
      const headers = { [KEY]: this.#key, [HASH]: await sha256(bytes) };
      const cache = await caches.open(this.#name);
      await cache.put(this.#address, new Response(bytes, { headers }));
      return true;
    } catch (error) {
      console.info(`pyinfer: a snapshot could not be kept: ${/** @type {Error} */ (error).message}`);
      await this.remove();
      return false;
    }
  }

  async remove() {
    try {
      await caches.delete(this.#name);
    } catch {
      // No storage, so nothing to remove.
    }
  }
}

/** @param {Response} response */
async function read(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if ((await sha256(bytes)) !== response.headers.get(HASH)) {
    throw new Error("what an earlier visit left is damaged");
  }
  return unpack(bytes);
}

/** @param {Snapshot} snapshot */
function pack({ state, memory }) {
  const text = new TextEncoder().encode(JSON.stringify(state));
  const bytes = new Uint8Array(4 + text.length + memory.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  bytes.set(memory, 4 + text.length);
  return bytes;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Snapshot}
 */
function unpack(bytes) {
  const end = 4 + new DataView(bytes.buffer).getUint32(0);
  const state = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
  return { state, memory: bytes.subarray(end) };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
