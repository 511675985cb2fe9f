// The files that Python finds when it starts: those of the archives that the build made for it.

import { fetchBytes } from "./bundle_files.js";
import { fetchNow } from "./fetch_now.js";
import { makeLazyFile, makeLazyFolder } from "./lazy_file.js";
import { membersOf } from "./stored_zip.js";

/** @typedef {{ url: string, members: import("./stored_zip.js").Member[] }} Archive */

/** @typedef {Map<string, Tree | (() => Uint8Array)>} Tree */

const DESCRIBES = /\.dist-info$/;

/** Archives that were downloaded, or will be when Python looks at one of their files. */
export class StartFiles {
  /** @type {Map<string, Uint8Array>} */
  #bytes = new Map();

  /** @param {Archive[]} archives */
  constructor(archives) {
    this.archives = archives;
  }

  /**
   * @param {string[]} urls
   * @returns {Promise<StartFiles>}
   */
  static async download(urls) {
    const downloaded = await Promise.all(urls.map(fetchBytes));
    const files = new StartFiles(urls.map((url, index) => ({ url, members: membersOf(downloaded[index]) })));
    for (const [index, url] of urls.entries()) {
      files.#bytes.set(url, downloaded[index]);
    }
    return files;
  }

  /**
   * Makes all files but those that describe distributions; of folders only those at the top, until somebody looks
   * into them.
   *
   * @param {any} FS
   * @param {string} folder which exists
   */
  place(FS, folder) {
    this.#fill(FS, folder, (name) => !DESCRIBES.test(name));
  }

  /**
   * Makes the files that describe distributions. If they were there before, Pyodide would read them all to find
   * out what is installed.
   *
   * @param {any} FS
   * @param {string} folder
   */
  placeMetadata(FS, folder) {
    this.#fill(FS, folder, (name) => DESCRIBES.test(name));
  }

  /**
   * @param {any} FS
   * @param {string} folder
   * @param {(name: string) => boolean} isMeant
   */
  #fill(FS, folder, isMeant) {
    const tree = new Map([...this.#tree()].filter(([name]) => isMeant(name)));
    fill(FS, FS.lookupPath(folder).node, tree);
  }

  /** @returns {Tree} */
  #tree() {
    /** @type {Tree} */
    const tree = new Map();
    for (const { url, members } of this.archives) {
      for (const [path, offset, size] of members) {
        const names = path.split("/");
        const name = /** @type {string} */ (names.pop());
        let folder = tree;
        for (const part of names) {
          let next = folder.get(part);
          if (!(next instanceof Map)) {
            next = new Map();
            folder.set(part, next);
          }
          folder = next;
        }
        folder.set(
          name,
          Object.assign(() => this.#read(url).subarray(offset, offset + size), { size }),
        );
      }
    }
    return tree;
  }

  /** @param {string} url */
  #read(url) {
    let bytes = this.#bytes.get(url);
    if (!bytes) {
      bytes = fetchNow(url);
      this.#bytes.set(url, bytes);
    }
    return bytes;
  }
}

/**
 * @param {any} FS
 * @param {any} parent
 * @param {Tree} tree
 */
function fill(FS, parent, tree) {
  for (const [name, entry] of tree) {
    if (entry instanceof Map) {
      makeLazyFolder(FS, parent, name, (folder) => fill(FS, folder, entry));
    } else {
      makeLazyFile(parent, name, /** @type {any} */ (entry).size, entry);
    }
  }
}
