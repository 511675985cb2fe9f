// One Python with its engines, in whatever thread this module is loaded into. The worker wraps it
// in Comlink; main-thread mode uses it as it is.

import { withAlteredFile } from "./altered_files.js";
import { fetchAssets, placeAssets } from "./app_assets.js";
import { pythonOf } from "./bundle.js";
import { Arrival, withDownloadProgress } from "./downloads.js";
import { Engines } from "./engines.js";
import { PythonError } from "./errors.js";
import { Mirror } from "./mirror.js";
import { PageBuffers } from "./page_buffers.js";
import { createPythonModule } from "./python_module.js";
import { loadPackages } from "./python_packages.js";
import { startPython } from "./python_start.js";
import { hasSharedMemory, UNSHARED_NOTICE } from "./shared_memory.js";
import { hasSnapshot } from "./snapshot_store.js";
import { standardInput } from "./standard_input.js";

/** How long after the start what the next one can use is written down. */
const REST_MILLISECONDS = 1000;

/**
 * @typedef {object} EngineRoomConfig
 * @property {import("./bundle.js").Bundle} bundle
 * @property {import("./bundle.js").AppManifest} app
 * @property {Record<string, string>} [env] environment variables of the Python process
 * @property {number} [numThreads]
 * @property {boolean} keep whether the browser may keep what makes the next start faster
 * @property {string | Uint8Array | null} [stdin] what standard input holds
 * @property {string | null} [stdinURL] where a worker asks for standard input, a chunk a GET
 * @property {Terminal} [terminal]
 */

/**
 * Which standard streams are to look like a terminal to Python, and how large it is.
 *
 * @typedef {object} Terminal
 * @property {boolean} [stdin]
 * @property {boolean} [stdout]
 * @property {boolean} [stderr]
 * @property {number} [columns]
 * @property {number} [rows]
 */

/**
 * @typedef {object} EngineRoomHooks
 * @property {import("./downloads.js").ProgressCallback} report
 * @property {import("./output.js").OutputWriter} output
 * @property {import("./windows.js").WindowSender} windows
 */

export { attach } from "./attachment.js";

/** @typedef {import("./page_values.js").Lowered} Lowered */

/**
 * @param {EngineRoomConfig} config
 * @param {EngineRoomHooks} hooks
 * @returns {Promise<EngineRoom>}
 */
export async function createEngineRoom(config, hooks) {
  const { bundle } = config;
  const isFirstVisit = hasSnapshot(bundle.folder).then((has) => !has);
  const python = new Arrival(pythonOf(bundle), hooks.report);
  isFirstVisit.then((isFirst) => isFirst || python.end());
  try {
    const begin = () => start(config, { ...hooks, report: python.report }, python.ended);
    return await withDownloadProgress(bundle.sizes, python.report, begin, isFirstVisit);
  } catch (error) {
    throw await withAlteredFile(/** @type {Error} */ (error), bundle);
  }
}

/**
 * The start, a graph: what stands behind an `await` waits for that, all else goes on at the same time.
 *
 * @param {EngineRoomConfig} config
 * @param {EngineRoomHooks} hooks
 * @param {Promise<void>} downloaded when little is to come of Python any more: on a slow line the engines are
 *   fetched after it
 */
async function start(config, hooks, downloaded) {
  const { bundle, app, env, numThreads, keep } = config;
  const { report, windows, output } = hooks;
  if (!hasSharedMemory) {
    report({ phase: "notice", name: UNSHARED_NOTICE, loaded: 0, total: 0 });
  }
  const ending = new AbortController();
  const engines = new Engines({ bundle, numThreads, report, closed: ending.signal });
  // Python comes first: it has the longest way to go from there.
  const starting = startPython({ bundle, env: { HOME: "/home/pyodide", ...env }, keep, report });
  const assets = fetchAssets(app.assets ?? []);
  const wanted = downloaded.then(() =>
    engines.load(app === bundle.app ? bundle.start.engines : engines.wanted),
  );
  for (const part of [assets, wanted, starting]) {
    part.catch(() => {}); // each is awaited when it is needed
  }

  const python = await starting;
  const { pyodide } = python;
  const page = new PageBuffers();
  const module = createPythonModule(pyodide, page, report, windows);
  pyodide.registerJsModule("pyinfer_js", module);
  connectStreams(pyodide, config, output);
  const name = app.name ?? "Python packages";
  report({ phase: "app", name, loaded: 0, total: 1 });
  await loadOthers(pyodide, bundle, app);
  placeAssets(pyodide.FS, await assets);
  engines.connect(pyodide, module);
  const canWait = waitsForEngines(pyodide);
  if (!canWait) {
    await wanted;
  }
  const runtime = await startRuntime(pyodide, app, canWait);
  report({ phase: "app", name, loaded: 1, total: 1 });
  const complete = wanted.catch((error) => {
    report({ phase: "notice", name: error.message, loaded: 0, total: 0 }); // whoever uses it hears of it
  });
  complete.then(() => setTimeout(() => python.keep?.(), REST_MILLISECONDS));
  return new EngineRoom(pyodide, runtime, page, hooks, ending, engines, complete);
}

/**
 * Whether Python waits for each engine when it first uses it. It can where the browser lets WebAssembly wait for a
 * promise, but not below a synchronous call, as pages may make them to a Python in their own thread.
 *
 * @param {any} pyodide
 * @returns {boolean}
 */
function waitsForEngines(pyodide) {
  return pyodide._module.jspiSupported && !globalThis.document;
}

/**
 * Loads what the app needs and the start has not brought: packages of an app that was not built with this bundle.
 *
 * @param {any} pyodide
 * @param {import("./bundle.js").Bundle} bundle
 * @param {import("./bundle.js").AppManifest} app
 */
async function loadOthers(pyodide, { start: { packages } }, app) {
  const others = (app.packages ?? []).filter((name) => !(name in packages));
  const wanted = [...others, ...(app.wheels ?? [])];
  if (wanted.length) {
    await loadPackages(pyodide, wanted);
  }
}

/**
 * @param {any} pyodide
 * @param {import("./bundle.js").AppManifest} app
 * @param {boolean} canWait whether the app's module may have to wait while it is imported
 * @returns {Promise<any>} a PyProxy of pyinfer.browser.runtime.Runtime
 */
async function startRuntime(pyodide, app, canWait) {
  const module = pyodide.pyimport("pyinfer.browser.runtime");
  const { start } = module;
  try {
    const manifest = JSON.stringify(app);
    return await (canWait ? start.callPromising(manifest) : start(manifest));
  } catch (error) {
    const { type, message } = /** @type {{ type?: string, message: string }} */ (error);
    if (!type) {
      throw error;
    }
    // Pyodide gives the whole traceback as the message; its last line is Python's own message.
    const lastLine = message.trimEnd().split("\n").at(-1) ?? message;
    throw new PythonError({ type, message: lastLine, traceback: message });
  } finally {
    start.destroy();
    module.destroy();
  }
}

/**
 * @param {any} pyodide
 * @param {EngineRoomConfig} config
 * @param {import("./output.js").OutputWriter} output
 */
function connectStreams(pyodide, config, output) {
  const { columns = 80, rows = 24, ...isTerminal } = config.terminal ?? {};
  const getTerminalSize = () => ({ columns, rows });
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
    const write = (/** @type {Uint8Array} */ bytes) => {
      output.write(stream, bytes);
      return bytes.length;
    };
    pyodide[stream === "stdout" ? "setStdout" : "setStderr"]({
      write,
      isatty: isTerminal[stream] ?? false,
      getTerminalSize,
    });
  }
  pyodide.setStdin(standardInput(config, () => output.flush()));
}

export class EngineRoom {
  /**
   * @param {any} pyodide
   * @param {any} runtime a PyProxy of pyinfer.browser.runtime.Runtime
   * @param {PageBuffers} page
   * @param {EngineRoomHooks} hooks
   * @param {AbortController} ending tells the engines
   * @param {Engines} engines
   * @param {Promise<void>} complete settles when all engines are there that the app names
   */
  constructor(pyodide, runtime, page, { output, windows }, ending, engines, complete) {
    this.pyodide = pyodide;
    this.runtime = runtime;
    this.page = page;
    this.output = output;
    this.windows = windows;
    this.ending = ending;
    this.engines = engines;
    this.complete = complete;
    this.mirror = new Mirror(pyodide.FS);
    /** @type {Map<number, number>} calls under way, by the page's ticket */
    this.tickets = new Map();
    /** Rejects when Pyodide breaks down: what Python was doing then never answers. */
    this.broken = new Promise((_, reject) => {
      pyodide._api.on_fatal = reject;
    });
    this.broken.catch(() => {}); // whoever waits for an answer hears of it
  }

  /** Cancels the calls that await something. */
  cancel() {
    this.runtime.cancel(this.page.lastCall);
  }

  /**
   * @param {string} code
   * @returns {Promise<Lowered>}
   */
  async runPythonAsync(code) {
    const loading = this.engines.load(this.engines.missingIn(code));
    if (waitsForEngines(this.pyodide)) {
      loading.catch(() => {}); // whoever uses them hears of it
    } else {
      await loading;
    }
    return this.cross([], (call) => this.runtime.run(call, code));
  }

  /**
   * @param {string} entry `module:function`
   * @param {Lowered} args
   * @param {number} ticket by which `cancelCall` knows it
   * @returns {Promise<Lowered>}
   */
  call(entry, args, ticket) {
    const answer = this.cross(args.buffers, (call) => {
      this.tickets.set(ticket, call);
      return this.runtime.call(call, entry, args.json);
    });
    return answer.finally(() => this.tickets.delete(ticket));
  }

  /**
   * Cancels one call, if it awaits something or has not begun.
   *
   * @param {number} ticket
   */
  cancelCall(ticket) {
    const call = this.tickets.get(ticket);
    if (call !== undefined) {
      this.runtime.cancel_call(call);
    }
  }

  /**
   * @param {string[]} requirements names, specifiers or addresses of wheels
   * @returns {Promise<Lowered>}
   */
  install(requirements) {
    return this.cross([], (call) => this.runtime.install(call, JSON.stringify(requirements)));
  }

  /**
   * @param {string} method of ModelStore
   * @param {unknown[]} args
   * @param {Record<string, unknown>} keywords
   * @param {((loaded: number, total: number) => void) | null} onProgress
   * @returns {Promise<Lowered>}
   */
  models(method, args, keywords, onProgress) {
    const text = JSON.stringify([args, keywords]);
    return this.cross([], (call) => this.runtime.ask_models(call, method, text, onProgress ?? undefined));
  }

  /**
   * @param {string} path
   * @param {Uint8Array} bytes
   */
  writeFile(path, bytes) {
    const { FS } = this.pyodide;
    const folder = path.replace(/\/[^/]*$/, "");
    try {
      if (folder && folder !== path) {
        FS.mkdirTree(folder);
      }
      FS.writeFile(path, bytes);
    } catch (error) {
      // What Emscripten's file system throws is no Error and has no words.
      throw new Error(`cannot write ${path} (errno ${/** @type {{ errno?: number }} */ (error).errno})`);
    }
  }

  /**
   * @param {string} path
   * @returns {Uint8Array<ArrayBuffer>}
   */
  readFile(path) {
    try {
      return this.pyodide.FS.readFile(path);
    } catch {
      throw new Error(`no such file: ${path}`);
    }
  }

  /**
   * @param {string} path
   * @returns {string[]}
   */
  listFiles(path) {
    try {
      return this.pyodide.FS.readdir(path).filter((/** @type {string} */ name) => !/^\.\.?$/.test(name));
    } catch {
      throw new Error(`no such folder: ${path}`);
    }
  }

  /** Gives back what the room holds of Python, and ends the engines' threads. */
  close() {
    this.output.flush();
    this.windows.flush();
    this.runtime.destroy();
    this.ending.abort();
  }

  /**
   * One crossing into Python and back: the buffers of the arguments wait in `page` until Python
   * takes them, those of the result until Python has answered.
   *
   * @param {Uint8Array[]} incoming
   * @param {(call: number) => Promise<string>} work
   * @returns {Promise<Lowered>}
   */
  async cross(incoming, work) {
    const call = this.page.open(incoming);
    /** @type {Uint8Array[]} */
    let buffers = [];
    let answer;
    try {
      answer = JSON.parse(/** @type {string} */ (await Promise.race([work(call), this.broken])));
    } finally {
      buffers = this.page.close(call);
      this.output.flush();
      this.windows.flush();
    }
    if (answer.error) {
      throw new PythonError(answer.error);
    }
    return { json: JSON.stringify(answer.value), buffers };
  }
}
