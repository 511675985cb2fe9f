// A file of Pyodide's file system, read a range at a time.

/**
 * What an engine needs of a file of weights. An `Uint8Array` has it, too.
 *
 * @typedef {object} FileView
 * @property {number} byteLength
 * @property {(start: number, end: number) => Uint8Array} subarray good until the next
 */

/**
 * Holds no bytes but those of the largest range that is asked for.
 *
 * @param {any} FS Pyodide's file system
 * @param {string} path
 * @returns {FileView}
 */
export function viewFile(FS, path) {
  let room = new Uint8Array();
  return {
    byteLength: FS.stat(path).size,
    subarray(start, end) {
      const size = end - start;
      if (room.length < size) {
        room = new Uint8Array(size);
      }
      const stream = FS.open(path, "r");
      try {
        if (FS.read(stream, room, 0, size, start) !== size) {
          throw new Error(`${path} ends before byte ${end}`);
        }
      } finally {
        FS.close(stream);
      }
      return room.subarray(0, size);
    },
  };
}
