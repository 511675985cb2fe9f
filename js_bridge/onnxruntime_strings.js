// String tensors: a table of pointers, then the texts.

import { POINTER } from "./onnxruntime_memory.js";

/**
 * @param {import("./onnxruntime_memory.js").OrtModule} ort
 * @param {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} memory
 */
export function openStrings(ort, { allocateBytes, bytes, pointerAt }) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a text may begin with that mark

  /** @param {number} start */
  function endOf(start) {
    bytes(start, 0); // the memory may have grown
    return ort.HEAPU8.indexOf(0, start);
  }

  return {
    /**
     * @param {string[]} list
     * @returns {{ block: number, size: number }} to be freed; the size is that of the table
     */
    write(list) {
      const sizes = list.map((text) => ort.lengthBytesUTF8(text) + 1);
      const size = list.length * POINTER;
      const block = allocateBytes(sizes.reduce((sum, length) => sum + length, size));
      let next = block + size;
      for (const [index, text] of list.entries()) {
        ort.setValue(block + index * POINTER, next, "*");
        ort.stringToUTF8(text, next, sizes[index]);
        next += sizes[index];
      }
      return { block, size };
    },

    /**
     * What the engine returned. Each text ends where the next one starts; where the last one ends
     * is written nowhere but in the NUL behind it.
     *
     * @param {number} table
     * @param {number} length
     */
    read(table, length) {
      return Array.from({ length }, (_, index) => {
        const start = pointerAt(table + index * POINTER);
        const end = index === length - 1 ? endOf(start) : pointerAt(table + (index + 1) * POINTER);
        return decoder.decode(bytes(start, end - start).slice());
      });
    },
  };
}
