// Python, started: from a snapshot that an earlier visit left on this machine, or afresh.

import { loadPyodide } from "pyodide";
import { pythonOf } from "./bundle.js";
import { compileFile, importScript } from "./bundle_files.js";
import { compileLibraries, fillLibraryFiles, linkLibraries } from "./python_libraries.js";
import { objectNamed, restoreFrom, takeSnapshot } from "./snapshot.js";
import { SnapshotStore } from "./snapshot_store.js";
import { StartFiles } from "./start_files.js";
import { timed } from "./start_timeline.js";

/** What Pyodide gets in place of its WebAssembly's response, which has been taken already. */
const STAND_IN = Promise.resolve(new Response());

/**
 * @typedef {object} PythonOptions
 * @property {import("./bundle.js").Bundle} bundle
 * @property {Record<string, string>} env environment variables of the Python process
 * @property {boolean} keep whether the next visit may start from a snapshot that this one leaves
 * @property {import("./downloads.js").ProgressCallback} report
 */

/**
 * @typedef {object} StartedPython
 * @property {any} pyodide
 * @property {(() => Promise<boolean>) | null} keep leaves a snapshot for the next visit; null if there is one
 */

/**
 * @param {PythonOptions} options
 * @returns {Promise<StartedPython>}
 */
export async function startPython(options) {
  const { bundle, keep, report } = options;
  // What both ways need is on its way while the store is asked. Python goes first: all else waits for it.
  const parts = {
    python: compileFile(pythonOf(bundle)),
    script: importScript(`${bundle.pyodide.indexURL}pyodide.asm.mjs`),
    libraries: timed(report, "NumPy", () => compileLibraries(bundle.start.libraries)),
  };
  for (const part of Object.values(parts)) {
    part.catch(() => {}); // whoever needs it awaits it
  }
  const store = new SnapshotStore(bundle.folder, snapshotKey(options));
  const read = keep ? await store.find() : void store.remove();
  if (read) {
    try {
      const pyodide = await timed(report, "Python", () => resume(options, parts, read));
      return { pyodide, keep: null };
    } catch (error) {
      console.warn(`pyinfer: Python starts afresh: ${/** @type {Error} */ (error).message}`);
      await store.remove();
    }
  }
  const { pyodide, taken } = await timed(report, "Python", () => startAfresh(options, parts));
  return { pyodide, keep: taken && (() => store.write(taken)) };
}

/**
 * What a snapshot must fit: the very build, the kind of thread, what Python read of its surroundings.
 *
 * @param {PythonOptions} options
 */
function snapshotKey({ bundle, env }) {
  const thread = globalThis.document ? "page" : "worker";
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return JSON.stringify([bundle.start.key, thread, timeZone, navigator.userAgent, env]);
}

/**
 * @typedef {object} Parts
 * @property {Promise<WebAssembly.Module>} python
 * @property {Promise<any>} script
 * @property {Promise<WebAssembly.Module[]>} libraries
 */

/**
 * @param {PythonOptions} options
 * @param {Parts} parts
 */
async function startAfresh({ bundle, env, keep, report }, parts) {
  const { start } = bundle;
  const files = timed(report, "Python's files", () => StartFiles.download(start.archives));
  files.catch(() => {}); // it is awaited when there is a place for them
  let tableBegin = 0;
  const pyodide = await loadWithoutFetching(pythonOf(bundle), {
    ...commonOptions(bundle, env),
    createPyodideModule: pyodideModule(parts, bundle, files, (/** @type {any} */ Module) => {
      tableBegin = Module.wasmTable.length;
    }),
  });
  const placed = await files;
  placed.placeMetadata(pyodide.FS, sitePackagesOf(pyodide));
  await timed(report, "Python's packages", async () => importModules(pyodide, start));
  fillLibraryFiles(pyodide._module, start.libraries, bundle.sizes);
  const taken = keep ? take(pyodide, tableBegin, placed.archives) : null;
  addPackages(pyodide, start.packages);
  return { pyodide, taken };
}

/**
 * @param {any} pyodide
 * @param {number} tableBegin
 * @param {import("./start_files.js").Archive[]} archives
 * @returns {import("./snapshot.js").Snapshot | null} null where Python holds what can't be kept
 */
function take(pyodide, tableBegin, archives) {
  try {
    const { memory, ...state } = takeSnapshot(pyodide, tableBegin);
    return { memory, state: { ...state, archives } };
  } catch (error) {
    console.warn(`pyinfer: the next visit starts Python afresh: ${/** @type {Error} */ (error).message}`);
    return null;
  }
}

/**
 * @param {PythonOptions} options
 * @param {Parts} parts
 * @param {() => Promise<import("./snapshot.js").Snapshot>} read
 */
async function resume({ bundle, env }, parts, read) {
  /** @type {any} */
  let emscripten;
  let files = new StartFiles([]);
  /** @type {any} */
  const pyodide = await loadWithoutFetching(pythonOf(bundle), {
    ...commonOptions(bundle, env),
    // Its being there has Pyodide restore; what it restores is our own.
    _loadSnapshot: new Uint8Array(0),
    _snapshotDeserializer: (name) => objectNamed(emscripten.API.public_api, name),
    createPyodideModule: async (settings) => {
      const creating = pyodideModule(parts, bundle, Promise.resolve(files), () => {})(settings);
      // Named nowhere else, since Pyodide keeps this function, and with it whatever it knows.
      const [module, snapshot] = await Promise.all([creating, read()]);
      emscripten = module;
      files = new StartFiles(snapshot.state.archives);
      files.place(module.FS, module.API.sitePackages);
      restoreFrom(module, snapshot);
      return module;
    },
  });
  files.placeMetadata(pyodide.FS, sitePackagesOf(pyodide));
  fillLibraryFiles(pyodide._module, bundle.start.libraries, bundle.sizes);
  addPackages(pyodide, bundle.start.packages);
  // Pyodide puts the working folder in front of Python's path at each start, and it was there.
  emscripten.API.runPythonInternal("import sys\nif sys.path[:2] == ['', '']: del sys.path[0]");
  callModule(pyodide, "pyinfer.browser.reseed", "reseed");
  return pyodide;
}

/**
 * @param {import("./bundle.js").Bundle} bundle
 * @param {Record<string, string>} env
 */
function commonOptions({ pyodide, start }, env) {
  const { indexURL, lockFileURL, packageBaseUrl } = pyodide;
  return { indexURL, lockFileURL, packageBaseUrl, stdLibURL: start.standard, env };
}

/**
 * What makes Pyodide's Emscripten module, with files and libraries in place before Python starts.
 *
 * @param {Parts} parts
 * @param {import("./bundle.js").Bundle} bundle
 * @param {Promise<StartFiles>} files
 * @param {(Module: any) => void} onInitialized called when all is linked and nothing of Python has run
 */
function pyodideModule(parts, { start }, files, onInitialized) {
  return async (/** @type {any} */ settings) => {
    const { default: create } = await parts.script;
    /** @type {(error: unknown) => void} */
    let fail = () => {};
    const failed = new Promise((_, reject) => {
      fail = reject;
    });
    const prepare = async (/** @type {any} */ Module) => {
      Module.addRunDependency("pyinfer");
      try {
        (await files).place(Module.FS, Module.API.sitePackages);
        linkLibraries(Module, start.libraries, await parts.libraries);
        Module.onRuntimeInitialized = () => onInitialized(Module);
        Module.removeRunDependency("pyinfer");
      } catch (error) {
        fail(error); // Emscripten would wait for ever
      }
    };
    const instantiateWasm = instantiationOf(parts.python, settings.instantiateWasm, fail);
    const preRun = [...settings.preRun, prepare];
    return Promise.race([create({ ...settings, preRun, instantiateWasm }), failed]);
  };
}

/**
 * Has Pyodide's Emscripten module made of WebAssembly that is compiled already. Left alone, Pyodide would write to
 * the console that it could not be had, and wait for ever.
 *
 * @param {Promise<WebAssembly.Module>} compiling
 * @param {(imports: unknown, receive: unknown) => unknown} instantiate
 * @param {(error: unknown) => void} fail
 */
function instantiationOf(compiling, instantiate, fail) {
  return (/** @type {unknown} */ imports, /** @type {unknown} */ receive) => {
    const instantiated = async (/** @type {unknown} */ _, /** @type {WebAssembly.Imports} */ given) => {
      try {
        const module = await compiling;
        return { module, instance: await WebAssembly.instantiate(module, given) };
      } catch (error) {
        fail(error);
        throw error;
      }
    };
    const isPython = (/** @type {unknown} */ source) => source === STAND_IN;
    replaceOnce(WebAssembly, "instantiateStreaming", isPython, instantiated);
    return instantiate(imports, receive);
  };
}

/**
 * Loads Pyodide without a request for its WebAssembly, which is under way already.
 *
 * @param {string} url of that
 * @param {Parameters<typeof loadPyodide>[0]} options
 * @returns {Promise<any>}
 */
async function loadWithoutFetching(url, options) {
  const isMeant = (/** @type {unknown} */ input) => String(input) === url;
  const undo = replaceOnce(globalThis, "fetch", isMeant, () => STAND_IN);
  try {
    return await loadPyodide(options);
  } finally {
    undo();
  }
}

/**
 * Puts a function in another's place until it has been called once. Two loads may overlap on a page's own thread.
 *
 * @param {any} object
 * @param {string} name
 * @param {(...args: any[]) => boolean} isMeant whether it is this call
 * @param {(...args: any[]) => unknown} replacement
 * @returns {() => void} puts the other back
 */
function replaceOnce(object, name, isMeant, replacement) {
  const { [name]: original } = object;
  const undo = () => {
    if (object[name] === once) {
      object[name] = original;
    }
  };
  let isOpen = true;
  const once = (/** @type {any[]} */ ...args) => {
    if (!isOpen || !isMeant(...args)) {
      return original.apply(object, args);
    }
    isOpen = false;
    undo();
    return replacement(...args);
  };
  object[name] = once;
  return undo;
}

/** @param {any} pyodide */
function sitePackagesOf(pyodide) {
  return pyodide._module.API.sitePackages;
}

/**
 * Lets Pyodide know what is in place.
 *
 * @param {any} pyodide
 * @param {Record<string, string>} packages
 */
function addPackages(pyodide, packages) {
  for (const name of Object.keys(packages)) {
    pyodide.loadedPackages[name] = "default channel";
  }
}

/**
 * @param {any} pyodide
 * @param {import("./bundle.js").StartParts} start
 */
function importModules(pyodide, { imports, onUse }) {
  callModule(pyodide, "pyinfer.browser.packages_on_use", "install", JSON.stringify(onUse));
  for (const name of imports) {
    pyodide.pyimport(name).destroy();
  }
}

/**
 * @param {any} pyodide
 * @param {string} name
 * @param {string} method
 * @param {...unknown} args
 */
function callModule(pyodide, name, method, ...args) {
  const module = pyodide.pyimport(name);
  module[method](...args);
  module.destroy();
}
