// Python's files, as opencv.js sees them: it has a file system of its own, whose root now looks into Python's.
//
// Nothing is copied but what is read or written, where it is read or written. No node is kept: the next look finds
// what Python has by then.

/**
 * Shows opencv.js all of Python's files, but for streams and devices, which are its own.
 *
 * @param {any} cv the loaded opencv.js module
 * @param {any} python file system of Pyodide
 * @param {(end: number) => ArrayBuffer} heap of opencv.js
 */
export function shareFiles(cv, python, heap) {
  const own = cv.FS;
  const { root } = own;
  const nodeOperations = { getattr, setattr, lookup, mknod, unlink };
  const streamOperations = { open, close, read, write, llseek, mmap, msync };

  for (const name of own.readdir("/")) {
    if (![".", "..", "dev", "proc"].includes(name)) {
      own.destroyNode(own.lookupPath(`/${name}`).node);
    }
  }
  root.node_ops = { ...root.node_ops, lookup, mknod, unlink };

  /** @param {any} node @returns {string} */
  function pathOf(node) {
    return node === root ? "" : `${pathOf(node.parent)}/${node.name}`;
  }

  /**
   * @param {any} parent
   * @param {string} name
   * @param {number} mode
   */
  function nodeOf(parent, name, mode) {
    const node = new own.FSNode(parent, name, mode, 0);
    return Object.assign(node, { node_ops: nodeOperations, stream_ops: streamOperations });
  }

  /**
   * Python's file system fails with numbers that are the library's, too.
   *
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  function passed(work) {
    try {
      return work();
    } catch (error) {
      const { errno } = /** @type {{ errno?: number }} */ (error);
      throw errno === undefined ? error : new own.ErrnoError(errno);
    }
  }

  /** @param {any} node */
  function getattr(node) {
    return passed(() => python.stat(pathOf(node)));
  }

  /**
   * @param {any} node
   * @param {{ size?: number }} attributes of which OpenCV changes no other
   */
  function setattr(node, { size }) {
    if (size !== undefined) {
      passed(() => python.truncate(pathOf(node), size));
    }
  }

  /**
   * @param {any} parent
   * @param {string} name
   */
  function lookup(parent, name) {
    // Links are followed there: none is seen here.
    return nodeOf(parent, name, passed(() => python.stat(`${pathOf(parent)}/${name}`)).mode);
  }

  /**
   * @param {any} parent
   * @param {string} name
   * @param {number} mode
   */
  function mknod(parent, name, mode) {
    passed(() => python.mknod(`${pathOf(parent)}/${name}`, mode, 0));
    return nodeOf(parent, name, mode);
  }

  /**
   * @param {any} parent
   * @param {string} name
   */
  function unlink(parent, name) {
    passed(() => python.unlink(`${pathOf(parent)}/${name}`));
  }

  /** @param {any} stream */
  function open(stream) {
    stream.python = passed(() => python.open(pathOf(stream.node), stream.flags));
  }

  /** @param {any} stream */
  function close(stream) {
    passed(() => python.close(stream.python));
  }

  /**
   * @param {any} stream
   * @param {Uint8Array} buffer
   * @param {number} offset
   * @param {number} length
   * @param {number} position
   * @returns {number} bytes
   */
  function read(stream, buffer, offset, length, position) {
    return passed(() => python.read(stream.python, buffer, offset, length, position));
  }

  /**
   * @param {any} stream
   * @param {Uint8Array} buffer
   * @param {number} offset
   * @param {number} length
   * @param {number} position
   * @returns {number} bytes
   */
  function write(stream, buffer, offset, length, position) {
    return passed(() => python.write(stream.python, buffer, offset, length, position));
  }

  /**
   * @param {any} stream
   * @param {number} offset
   * @param {number} whence
   * @returns {number} the new position
   */
  function llseek(stream, offset, whence) {
    stream.python.position = stream.position;
    return passed(() => python.llseek(stream.python, offset, whence));
  }

  /**
   * As Emscripten 3.1 calls it, with which our own build is made; npm's maps no files.
   *
   * @param {any} stream
   * @param {number} _address
   * @param {number} length
   * @param {number} position
   */
  function mmap(stream, _address, length, position) {
    const ptr = /** @type {number} */ (cv._malloc(length));
    read(stream, new Uint8Array(heap(ptr + length), ptr, length), 0, length, position);
    return { ptr, allocated: true };
  }

  /**
   * @param {any} stream
   * @param {Uint8Array} buffer
   * @param {number} position
   * @param {number} length
   */
  function msync(stream, buffer, position, length) {
    write(stream, buffer, 0, length, position);
    return 0;
  }
}
