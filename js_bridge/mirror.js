// A folder of another machine, there at once and fetched when it is looked at.
//
// The address of a folder ends with a slash and answers with a JSON list of entries; the address of
// a file answers with its bytes. Python opens files synchronously, so they are asked for
// synchronously, which only a worker may do. What Python writes stays in memory: `changed` names it.

import { knownChild, onFirstUse } from "./lazy_file.js";

/**
 * @typedef {object} MirrorEntry
 * @property {string} name
 * @property {"file" | "folder" | "link"} kind
 * @property {number} size bytes of a file
 * @property {number} modified milliseconds since 1970
 * @property {number} mode permission bits
 * @property {string} [target] where a link points
 */

const FILE = 0o100000;
const FOLDER = 0o040000;
const NO_SUCH_ENTRY = 44;
const NOT_PERMITTED = 2;
const INPUT_OUTPUT_ERROR = 29;
/** @type {Record<number, number>} errno by HTTP status */
const REASONS = { 403: NOT_PERMITTED, 404: NO_SUCH_ENTRY };

export class Mirror {
  /** @param {any} FS Pyodide's file system, of which the part in memory is used */
  constructor(FS) {
    this.FS = FS;
    /** @type {Map<any, { path: string, entry: MirrorEntry }>} what the other machine has, by node */
    this.origins = new Map();
    /** @type {Set<any>} folders of which nothing has been asked for yet */
    this.unread = new Set();
    /** @type {Set<any>} what was here before, in a folder that was filled up */
    this.kept = new Set();
    /** @type {Set<string>} */
    this.roots = new Set();
  }

  /**
   * Shows one entry of the other machine at `path`. A folder that is there already is filled up;
   * what it holds already stays.
   *
   * @param {string} path absolute
   * @param {string} url
   * @param {MirrorEntry} entry
   */
  add(path, url, entry) {
    const { FS } = this;
    const folder = path.replace(/\/[^/]*$/, "") || "/";
    FS.mkdirTree(folder);
    this.roots.add(path);
    if (path === "/") {
      this.fill(FS.root, path, url);
    } else {
      const parent = FS.lookupPath(folder, { follow: true }).node;
      this.merge(parent, path, url, { ...entry, name: path.slice(path.lastIndexOf("/") + 1) });
    }
  }

  /**
   * Files below the mirrored paths that Python made or changed.
   *
   * @returns {string[]} absolute paths, sorted
   */
  changed() {
    /** @type {Set<string>} */
    const found = new Set();
    for (const root of this.roots) {
      const { exists, object } = this.FS.analyzePath(root);
      if (exists) {
        this.collect(object, root, found);
      }
    }
    return [...found].sort();
  }

  /**
   * @param {any} node
   * @param {string} path
   * @param {Set<string>} found
   */
  collect(node, path, found) {
    const { FS } = this;
    if (this.kept.has(node)) {
      return;
    }
    const origin = this.origins.get(node);
    const moved = origin?.path !== path;
    if (FS.isFile(node.mode)) {
      const { modified, size } = origin?.entry ?? {};
      if (moved || Number(node.mtime) !== modified || (isLoaded(node) && node.usedBytes !== size)) {
        found.add(path);
      }
    } else if (FS.isDir(node.mode) && (moved || !this.unread.has(node))) {
      for (const child of Object.values(node.contents ?? {})) {
        this.collect(child, join(path, child.name), found);
      }
    }
  }

  /**
   * @param {any} parent
   * @param {string} path
   * @param {string} url
   * @param {MirrorEntry} entry
   */
  place(parent, path, url, entry) {
    const { mknod, symlink } = parent.node_ops;
    const isFolder = entry.kind === "folder";
    const node =
      entry.kind === "link"
        ? symlink(parent, entry.name, entry.target)
        : mknod(parent, entry.name, (isFolder ? FOLDER : FILE) | entry.mode, 0);
    node.atime = node.mtime = node.ctime = entry.modified;
    this.origins.set(node, { path, entry });
    if (isFolder) {
      this.unread.add(node);
      onFirstUse(node, () => this.fill(node, path, url));
      node.node_ops = { ...node.node_ops, lookup: knownChild(this.FS) };
    } else if (entry.kind === "file") {
      node.usedBytes = entry.size;
      onFirstUse(node, () => {
        node.contents = new Uint8Array(this.request(url, "arraybuffer"));
        node.usedBytes = node.contents.length;
      });
    }
  }

  /**
   * Places an entry, or fills up the folder of that name that is there already.
   *
   * @param {any} parent
   * @param {string} path
   * @param {string} url
   * @param {MirrorEntry} entry
   */
  merge(parent, path, url, entry) {
    let present;
    try {
      present = this.FS.lookupNode(parent, entry.name);
    } catch {
      this.place(parent, path, url, entry);
      return;
    }
    if (entry.kind === "folder" && this.FS.isDir(present.mode) && !this.origins.has(present)) {
      this.kept.delete(present);
      this.fill(present, path, url);
    }
  }

  /**
   * Puts what the other machine has in a folder beside what is there.
   *
   * @param {any} folder
   * @param {string} path
   * @param {string} url
   */
  fill(folder, path, url) {
    const { mtime, ctime } = folder;
    const entries = /** @type {MirrorEntry[]} */ (JSON.parse(this.request(url, "text")));
    const isNew = this.unread.delete(folder);
    if (isNew) {
      folder.contents = {};
    }
    for (const child of Object.values(folder.contents)) {
      this.kept.add(child);
    }
    for (const entry of entries) {
      const address = url + encodeURIComponent(entry.name) + (entry.kind === "folder" ? "/" : "");
      const put = isNew ? this.place : this.merge;
      put.call(this, folder, join(path, entry.name), address, entry);
    }
    folder.mtime = mtime;
    folder.ctime = ctime;
  }

  /**
   * @param {string} url
   * @param {"text" | "arraybuffer"} type
   * @returns {any}
   */
  request(url, type) {
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.responseType = type;
    try {
      request.send();
    } catch {
      throw new this.FS.ErrnoError(INPUT_OUTPUT_ERROR);
    }
    if (request.status !== 200) {
      throw new this.FS.ErrnoError(REASONS[request.status] ?? INPUT_OUTPUT_ERROR);
    }
    return request.response;
  }
}

/**
 * @param {string} folder
 * @param {string} name
 */
function join(folder, name) {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** @param {any} node */
function isLoaded(node) {
  return !Object.getOwnPropertyDescriptor(node, "contents")?.get;
}
