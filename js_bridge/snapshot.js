// A copy of the memory of Python, started and with its modules imported, and what JavaScript must know to
// go on from it.
//
// Pyodide can take snapshots itself, but only before the first extension module is loaded, and of a Python to
// which each JavaScript object is a proxy. Here the libraries are linked before (see python_libraries.js), and
// the few JavaScript objects that Python knows by then are found by their names.

import { readLinks, restoreLinks } from "./python_libraries.js";

/** Memory is kept in pieces of this size, without those that are all zero. */
const PIECE = 65536;

/**
 * @typedef {object} SnapshotState
 * @property {number} size of the whole memory
 * @property {number[]} pieces numbers of those that are kept
 * @property {any} objects JavaScript objects that Python knows
 * @property {import("./python_libraries.js").LinkState} links
 * @property {import("./start_files.js").Archive[]} archives
 */

/** @typedef {{ state: SnapshotState, memory: Uint8Array<ArrayBuffer> }} Snapshot */

/**
 * @param {any} pyodide
 * @param {number} tableBegin
 * @returns {Pick<SnapshotState, "size" | "pieces" | "objects" | "links"> & { memory: Uint8Array<ArrayBuffer> }}
 */
export function takeSnapshot(pyodide, tableBegin) {
  const { _module: Module, _api: API } = pyodide;
  const objects = API.serializeHiwireState(nameIn(rootsOf(pyodide)));
  const links = readLinks(Module, tableBegin);
  /** @type {Uint8Array} */
  const heap = Module.HEAPU8;
  const words = new Int32Array(heap.buffer);
  const perPiece = PIECE / 4;
  const pieces = [];
  for (let piece = 0; piece < heap.length / PIECE; piece++) {
    const begin = piece * perPiece;
    if (hasBits(words, begin, begin + perPiece)) {
      pieces.push(piece);
    }
  }
  const memory = new Uint8Array(pieces.length * PIECE);
  for (const [place, piece] of pieces.entries()) {
    memory.set(heap.subarray(piece * PIECE, (piece + 1) * PIECE), place * PIECE);
  }
  return { size: heap.length, pieces, objects, links, memory };
}

/**
 * Lets Pyodide's own restoring find the snapshot, in an Emscripten module that has not started Python.
 *
 * @param {any} Module
 * @param {Snapshot} snapshot
 */
export function restoreFrom(Module, { state, memory }) {
  const { restoreSnapshot } = Module.API;
  Module.API.restoreSnapshot = () => {
    Module.API.restoreSnapshot = restoreSnapshot; // or else the snapshot would stay in memory
    const { size, pieces, links, objects } = state;
    const { length } = Module.HEAPU8;
    if (length < size && !Module.growMemory(size)) {
      throw new Error("there is not enough memory for the snapshot");
    }
    /** @type {Uint8Array} */
    const heap = Module.HEAPU8;
    let end = 0;
    for (const [place, piece] of pieces.entries()) {
      heap.fill(0, end, piece * PIECE);
      heap.set(memory.subarray(place * PIECE, (place + 1) * PIECE), piece * PIECE);
      end = (piece + 1) * PIECE;
    }
    heap.fill(0, end, Math.max(end, length));
    restoreLinks(Module, links);
    return objects;
  };
}

/**
 * @param {any} pyodide once it runs
 * @param {string} name as a snapshot has it
 */
export function objectNamed(pyodide, name) {
  const [root, ...path] = name.split(".");
  return path.reduce((value, part) => value?.[part], rootsOf(pyodide)[root]);
}

/**
 * @param {any} pyodide
 * @returns {Record<string, any>}
 */
function rootsOf(pyodide) {
  return { js: globalThis, api: pyodide._api, pyodide, module: pyodide._module };
}

/** @param {Record<string, any>} roots */
function nameIn(roots) {
  /** @type {Map<unknown, string> | undefined} */
  let names;
  return (/** @type {unknown} */ object) => {
    names ??= namesOf(roots);
    const name = names.get(object);
    if (!name) {
      throw new Error(`Python holds a JavaScript object that has no name: ${describe(object)}`);
    }
    return name;
  };
}

/**
 * Names of what lies in the roots, and in what lies there.
 *
 * @param {Record<string, any>} roots
 */
function namesOf(roots) {
  /** @type {Map<unknown, string>} */
  const names = new Map();
  const add = (/** @type {string} */ name, /** @type {any} */ object, /** @type {number} */ depth) => {
    const isObject = (typeof object === "object" && object) || typeof object === "function";
    if (!isObject || names.has(object)) {
      return;
    }
    names.set(object, name);
    if (depth > 0) {
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
        if (value && !key.includes(".")) {
          add(`${name}.${key}`, value, depth - 1);
        }
      }
    }
  };
  for (const [name, root] of Object.entries(roots)) {
    add(name, root, 1);
  }
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    const { value } = Object.getOwnPropertyDescriptor(globalThis, key) ?? {};
    if (typeof value === "function") {
      names.delete(value);
      add(`js.${key}`, value, 1);
    }
  }
  return names;
}

/** @param {any} object */
function describe(object) {
  return `${typeof object} ${object?.name ?? object?.constructor?.name ?? ""}`.trimEnd();
}

/**
 * @param {Int32Array} words
 * @param {number} begin
 * @param {number} end
 */
function hasBits(words, begin, end) {
  for (let index = begin; index < end; index++) {
    if (words[index]) {
      return true;
    }
  }
  return false;
}
