// What the engine tells about a session: names, element types and shapes.

import { POINTER } from "./onnxruntime_memory.js";

/**
 * @typedef {object} Session
 * @property {number} handle
 * @property {number} users Python, and the runs that have begun
 * @property {unknown[]} inputs
 * @property {unknown[]} outputs
 * @property {Map<string, number>} names where the engine keeps them
 * @property {number[]} pointers the same, to be freed
 * @property {Map<string, Signature>} signatures of past runs, by their text
 */

/**
 * What a run takes and gives: inputs as `[name, element type, shape, bytes]`.
 *
 * @typedef {object} Signature
 * @property {[string, number, number[], number][]} inputs
 * @property {string[]} outputs
 */

/**
 * @param {import("./onnxruntime_memory.js").OrtModule} ort
 * @param {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} memory
 */
export function createSessionReader(ort, { check, pointerAt, integerAt }) {
  /**
   * @param {number} session
   * @param {number} index inputs first, then outputs
   */
  function readMetadata(session, index) {
    const results = ort.stackAlloc(2 * POINTER);
    check(ort._OrtGetInputOutputMetadata(session, index, results, results + POINTER));
    const pointer = pointerAt(results);
    const name = ort.UTF8ToString(pointer);
    const metadata = pointerAt(results + POINTER);
    try {
      const type = integerAt(metadata);
      const rank = type === 0 ? 0 : integerAt(metadata + 4);
      const symbols = metadata + 8;
      const sizes = symbols + rank * POINTER;
      const shape = Array.from({ length: rank }, (_, axis) => {
        const symbol = pointerAt(symbols + axis * POINTER);
        const size = integerAt(sizes + axis * POINTER);
        return symbol ? ort.UTF8ToString(symbol) : size < 0 ? null : size;
      });
      return { pointer, name, description: [name, type, shape] };
    } finally {
      ort._OrtFree(metadata);
    }
  }

  /**
   * @param {number} handle
   * @returns {Session}
   */
  return function readSession(handle) {
    const counts = ort.stackAlloc(2 * POINTER);
    check(ort._OrtGetInputOutputCount(handle, counts, counts + POINTER));
    const inputCount = integerAt(counts);
    const total = inputCount + integerAt(counts + POINTER);
    /** @type {ReturnType<typeof readMetadata>[]} */
    const all = [];
    try {
      for (let index = 0; index < total; index += 1) {
        all.push(readMetadata(handle, index));
      }
    } catch (error) {
      for (const { pointer } of all) {
        ort._OrtFree(pointer);
      }
      throw error;
    }
    const described = all.map(({ description }) => description);
    return {
      handle,
      users: 1,
      inputs: described.slice(0, inputCount),
      outputs: described.slice(inputCount),
      names: new Map(all.map(({ name, pointer }) => [name, pointer])),
      pointers: all.map(({ pointer }) => pointer),
      signatures: new Map(),
    };
  };
}
