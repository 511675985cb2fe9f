// One Python with its engines, in whatever thread this module is loaded into. The worker wraps it
// in Comlink; main-thread mode uses it as it is.

import { fetchAssets, placeAssets } from "./app_assets.js";
import { withDownloadProgress } from "./downloads.js";
import { loadPackages, startEngines } from "./engine.js";
import { PythonError } from "./errors.js";
import { Mirror } from "./mirror.js";
import { PageBuffers } from "./page_buffers.js";
import { createPythonModule } from "./python_module.js";
import { hasSharedMemory, UNSHARED_NOTICE } from "./shared_memory.js";
import { standardInput } from "./standard_input.js";

/**
 * @typedef {object} EngineRoomConfig
 * @property {import("./bundle.js").Bundle} bundle
 * @property {import("./bundle.js").AppManifest} app
 * @property {Record<string, string>} [env] environment variables of the Python process
 * @property {number} [numThreads]
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

/** @typedef {import("./page_values.js").Lowered} Lowered */

/**
 * @param {EngineRoomConfig} config
 * @param {EngineRoomHooks} hooks
 * @returns {Promise<EngineRoom>}
 */
export function createEngineRoom(config, hooks) {
  return withDownloadProgress(config.bundle.sizes, hooks.report, () => start(config, hooks));
}

/**
 * @param {EngineRoomConfig} config
 * @param {EngineRoomHooks} hooks
 */
async function start(config, hooks) {
  const { bundle, app, env, numThreads } = config;
  const { report, windows } = hooks;
  if (!hasSharedMemory) {
    report({ phase: "notice", name: UNSHARED_NOTICE, loaded: 0, total: 0 });
  }
  const packages = [...bundle.packages, ...(app.packages ?? [])];
  const ending = new AbortController();
  const closed = ending.signal;
  const assets = fetchAssets(app.assets ?? []);
  assets.catch(() => {}); // it is awaited when there is a place for them
  const engines = await startEngines({ bundle, packages, env, numThreads, report, closed });
  const page = new PageBuffers();
  const { pyodide } = engines;
  pyodide.registerJsModule("pyinfer_js", createPythonModule(engines, bundle, page, report, windows, closed));
  const { output } = hooks;
  connectStreams(pyodide, config, output);

  report({ phase: "app", name: app.name ?? "Python packages", loaded: 0, total: 1 });
  placeAssets(pyodide.FS, await assets);
  if (app.wheels?.length) {
    await loadPackages(pyodide, app.wheels);
  }
  const runtime = startRuntime(pyodide, app);
  report({ phase: "app", name: app.name ?? "Python packages", loaded: 1, total: 1 });
  return new EngineRoom(pyodide, runtime, page, hooks, ending);
}

/**
 * @param {any} pyodide
 * @param {import("./bundle.js").AppManifest} app
 * @returns {any} a PyProxy of pyinfer.browser.runtime.Runtime
 */
function startRuntime(pyodide, app) {
  const module = pyodide.pyimport("pyinfer.browser.runtime");
  try {
    return module.start(JSON.stringify(app));
  } catch (error) {
    const { type, message } = /** @type {{ type?: string, message: string }} */ (error);
    if (!type) {
      throw error;
    }
    // Pyodide gives the whole traceback as the message; its last line is Python's own message.
    const lastLine = message.trimEnd().split("\n").at(-1) ?? message;
    throw new PythonError({ type, message: lastLine, traceback: message });
  } finally {
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
   */
  constructor(pyodide, runtime, page, { output, windows }, ending) {
    this.pyodide = pyodide;
    this.runtime = runtime;
    this.page = page;
    this.output = output;
    this.windows = windows;
    this.ending = ending;
    this.mirror = new Mirror(pyodide.FS);
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
  runPythonAsync(code) {
    return this.cross([], (call) => this.runtime.run(call, code));
  }

  /**
   * @param {string} entry `module:function`
   * @param {Lowered} args
   * @returns {Promise<Lowered>}
   */
  call(entry, args) {
    return this.cross(args.buffers, (call) => this.runtime.call(call, entry, args.json));
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
