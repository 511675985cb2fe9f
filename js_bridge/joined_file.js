// A file that reads as several others do one after the other, and holds no bytes of its own.

/**
 * The parts may be deleted or unmounted only after this file.
 *
 * @param {any} FS Pyodide's file system
 * @param {string} path
 * @param {string[]} parts
 */
export function joinFiles(FS, path, parts) {
  const nodes = parts.map((part) => FS.lookupPath(part).node);
  const starts = [0];
  for (const node of nodes) {
    starts.push(starts[starts.length - 1] + node.usedBytes);
  }
  const size = starts[starts.length - 1];
  FS.writeFile(path, new Uint8Array());
  const { node } = FS.lookupPath(path);
  const { llseek, msync } = node.stream_ops;
  node.usedBytes = size; // what `stat` tells
  node.stream_ops = {
    llseek,
    msync,
    read: (
      /** @type {unknown} */ _stream,
      /** @type {Uint8Array} */ buffer,
      /** @type {number} */ offset,
      /** @type {number} */ length,
      /** @type {number} */ position,
    ) => {
      const end = Math.min(size, position + length);
      for (let index = 0; index < nodes.length; index += 1) {
        const from = Math.max(position, starts[index]);
        const to = Math.min(end, starts[index + 1]);
        if (from < to) {
          const piece = nodes[index].contents.subarray(from - starts[index], to - starts[index]);
          buffer.set(piece, offset + from - position);
        }
      }
      return Math.max(0, end - position);
    },
  };
  FS.chmod(path, 0o444);
}
