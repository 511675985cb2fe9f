// Extension modules of Python, linked before Python starts.
//
// So each start puts them at the same place of the memory and of the function table, whether Python starts
// afresh or from a snapshot of its memory. What Emscripten's JavaScript learns of them later (the numbers by
// which C knows opened libraries, functions that C asked for by name) is kept with the snapshot.

import { compileFile } from "./bundle_files.js";
import { fetchNow } from "./fetch_now.js";
import { fillLazily } from "./lazy_file.js";

/** @typedef {{ path: string, url: string }} PythonLibrary path below site-packages */

/**
 * @typedef {object} LinkState
 * @property {number} begin entries of the function table before Python's start
 * @property {([library: string, symbol: string] | null)[]} functions the entries since then
 * @property {[handle: number, library: string][]} handles of opened libraries
 */

const MAIN = "__main__";

/**
 * @param {PythonLibrary[]} libraries
 * @returns {Promise<WebAssembly.Module[]>}
 */
export function compileLibraries(libraries) {
  return Promise.all(libraries.map(({ url }) => compileFile(url)));
}

/**
 * @param {any} Module Pyodide's Emscripten module, before it runs
 * @param {PythonLibrary[]} libraries in the order in which they are linked
 * @param {WebAssembly.Module[]} compiled
 */
export function linkLibraries(Module, libraries, compiled) {
  for (const [index, { path }] of libraries.entries()) {
    const place = placeOf(Module, path);
    // Python looks whether there is a file. Emscripten reads the whole of it, and then takes the library that it
    // knows by this path: so it stays empty until the imports of the start are done.
    makeEmptyFile(Module, place);
    const library = Module.newDSO(place, undefined, "loading");
    library.refcount = Number.POSITIVE_INFINITY;
    library.global = false;
    const flags = { loadAsync: false, global: false, nodelete: true, allowUndefined: true };
    library.exports = Module.loadWebAssemblyModule(compiled[index], flags, place, {});
    // Another library may ask for it by its bare name.
    Module.LDSO.loadedLibsByName[place.slice(place.lastIndexOf("/") + 1)] ??= library;
  }
}

/**
 * Gives the libraries' files their contents, for whoever looks at them.
 *
 * @param {any} Module
 * @param {PythonLibrary[]} libraries
 * @param {Record<string, number>} sizes bytes by address
 */
export function fillLibraryFiles(Module, libraries, sizes) {
  for (const { path, url } of libraries) {
    fillLazily(makeEmptyFile(Module, placeOf(Module, path)), sizes[url], () => fetchNow(url));
  }
}

/**
 * @param {any} Module
 * @param {string} place
 * @returns {any} its node
 */
function makeEmptyFile({ FS }, place) {
  FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
  FS.writeFile(place, "");
  return FS.lookupPath(place).node;
}

/**
 * @param {any} Module
 * @param {string} path of a library
 */
function placeOf(Module, path) {
  return path.startsWith("/") ? path : `${Module.API.sitePackages}/${path}`;
}

/**
 * @param {any} Module
 * @param {number} begin
 * @returns {LinkState}
 */
export function readLinks(Module, begin) {
  const { wasmTable, LDSO } = Module;
  /** @type {Map<unknown, [string, string]>} */
  const names = new Map();
  for (const { name, exports } of Object.values(LDSO.loadedLibsByName)) {
    for (const [symbol, value] of Object.entries(exports)) {
      if (typeof value === "function") {
        names.set(value, [name, symbol]);
      }
    }
  }
  const functions = [];
  for (let index = begin; index < wasmTable.length; index++) {
    const entry = wasmTable.get(index);
    const name = entry && names.get(entry);
    if (entry && !name) {
      throw new Error(`entry ${index} of the function table is of no library`);
    }
    functions.push(name ?? null);
  }
  const handles = Object.entries(LDSO.loadedLibsByHandle)
    .filter(([, { name }]) => name !== MAIN)
    .map(([handle, { name }]) => /** @type {[number, string]} */ ([Number(handle), name]));
  return { begin, functions, handles };
}

/**
 * @param {any} Module after its libraries were linked
 * @param {LinkState} state
 */
export function restoreLinks(Module, { begin, functions, handles }) {
  const { wasmTable, LDSO } = Module;
  if (wasmTable.length !== begin) {
    throw new Error(`the function table has ${wasmTable.length} entries, not ${begin}`);
  }
  if (functions.length) {
    wasmTable.grow(functions.length);
  }
  for (const [offset, name] of functions.entries()) {
    const index = begin + offset;
    if (name) {
      const [library, symbol] = name;
      Module.setWasmTableEntry(index, LDSO.loadedLibsByName[library].exports[symbol]);
    } else {
      Module.freeTableIndexes.push(index);
    }
  }
  Module.updateTableMap(begin, functions.length);
  for (const [handle, library] of handles) {
    LDSO.loadedLibsByHandle[handle] = LDSO.loadedLibsByName[library];
  }
}
