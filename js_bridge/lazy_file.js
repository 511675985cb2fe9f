// Files and folders of Emscripten's file system in memory that get their contents when somebody looks.

const FILE = 0o100644;
const FOLDER = 0o040755;
const NO_SUCH_ENTRY = 44;

/**
 * Every operation of the file system in memory goes through `node.contents`.
 *
 * @param {any} node
 * @param {() => void} load assigns `node.contents`
 */
export function onFirstUse(node, load) {
  Object.defineProperty(node, "contents", {
    configurable: true,
    enumerable: true,
    get() {
      load();
      return node.contents;
    },
    set(value) {
      Object.defineProperty(node, "contents", {
        configurable: true,
        enumerable: true,
        writable: true,
        value,
      });
    },
  });
}

/**
 * @param {any} parent
 * @param {string} name
 * @param {number} size
 * @param {() => Uint8Array} read
 */
export function makeLazyFile(parent, name, size, read) {
  fillLazily(parent.node_ops.mknod(parent, name, FILE, 0), size, read);
}

/**
 * @param {any} node of a file
 * @param {number} size
 * @param {() => Uint8Array} read
 */
export function fillLazily(node, size, read) {
  node.usedBytes = size;
  onFirstUse(node, () => {
    node.contents = read();
  });
}

/**
 * @param {any} FS
 * @param {any} parent
 * @param {string} name
 * @param {(folder: any) => void} fill makes its entries
 */
export function makeLazyFolder(FS, parent, name, fill) {
  const node = parent.node_ops.mknod(parent, name, FOLDER, 0);
  onFirstUse(node, () => {
    node.contents = {};
    fill(node);
  });
  node.node_ops = { ...node.node_ops, lookup: knownChild(FS) };
}

/**
 * What a folder answers when the file system asks it for a name that it has no node of: such a folder may
 * have been filled by the question.
 *
 * @param {any} FS
 */
export function knownChild(FS) {
  return (/** @type {any} */ parent, /** @type {string} */ name) => {
    const child = Object.hasOwn(parent.contents, name) ? parent.contents[name] : undefined;
    if (!child) {
      throw new FS.ErrnoError(NO_SUCH_ENTRY);
    }
    return child;
  };
}
