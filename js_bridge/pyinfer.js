// The page's API: `loadPyinfer`.

import { AppErrorEvent, AppPanel, AppProgressEvent, AppResultEvent, defineAppPanel } from "./app_panel.js";
import { bundleFolder, chosenFiles, enginesOf, pythonOf, readApp, readBundle, startSize } from "./bundle.js";
import { fetchAhead } from "./bundle_files.js";
import { Arrival } from "./downloads.js";
import { PythonError, WorkerEndedError } from "./errors.js";
import { loadOnMainThread } from "./main_thread.js";
import { defineModelsPanel, ModelsPanel } from "./models_panel.js";
import { forgetOffline, keepForOffline } from "./offline.js";
import { OutputEvent } from "./output.js";
import { ModelNoticeEvent, ModelProgressEvent, PageModels } from "./page_models.js";
import { runScripts, runScriptsOfPage } from "./script_blocks.js";
import { defineScriptOutput, ScriptOutput } from "./script_output.js";
import { StartProgress } from "./start_progress.js";
import { ImshowEvent } from "./window_display.js";
import { WorkerPool } from "./worker_pool.js";
import { WorkerRuntime } from "./worker_runtime.js";

export {
  AppErrorEvent,
  AppPanel,
  AppProgressEvent,
  AppResultEvent,
  ImshowEvent,
  ModelNoticeEvent,
  ModelProgressEvent,
  ModelsPanel,
  OutputEvent,
  PageModels,
  PythonError,
  runScripts,
  ScriptOutput,
  WorkerEndedError,
  WorkerPool,
  WorkerRuntime,
};

defineModelsPanel();
defineAppPanel(loadPyinfer);
defineScriptOutput();
runScriptsOfPage(loadPyinfer);

/**
 * @typedef {object} LoadOptions
 * @property {import("./bundle.js").AppManifest | string | URL | null} [app] the app to run: a
 *   manifest, its address, or nothing for the one that was built into the bundle
 * @property {string | URL} [bundleURL] the folder that `pyinfer build` wrote; by default the one that holds
 *   this script. The npm package is in none, so it needs this
 * @property {"worker" | "main"} [thread] where Python runs
 * @property {number} [workers] how many workers share the calls: a pool of them instead of one
 * @property {import("./downloads.js").ProgressCallback} [onProgress] called for every download and
 *   every phase of the start
 * @property {AbortSignal} [signal] stops loading
 * @property {string | Uint8Array | null} [stdin] what Python's standard input holds
 * @property {string | null} [stdinURL] an address that gives the next bytes of standard input at
 *   each GET, and none at its end (worker only)
 * @property {import("./engine_room.js").Terminal} [terminal] which streams look like a terminal
 * @property {(text: string, bytes: Uint8Array) => void} [stdout]
 * @property {(text: string, bytes: Uint8Array) => void} [stderr]
 * @property {(name: string, image: ImageData | null) => void} [imshow] takes what `cv2.imshow` shows,
 *   besides the page's `<canvas data-cv2-window>`; null when the script closes the window
 * @property {Record<string, string>} [env] environment variables
 * @property {boolean} [offline] whether the browser is to keep a built app's files, so that it starts without
 *   its server from now on (default: true); false also takes away what an earlier visit kept
 * @property {number} [numThreads] threads of onnxruntime; more than one needs cross-origin isolation
 */

/** @typedef {import("./downloads.js").Progress} Progress */

// The npm package has neither.
const scriptURL = import.meta.url ?? /** @type {any} */ (globalThis.document?.currentScript)?.src;

/**
 * Starts Python with cv2 and onnxruntime.
 *
 * @overload
 * @param {LoadOptions & { thread: "main" }} options
 * @returns {Promise<any>} the Pyodide object itself, with `call`, `close` and `offline` added
 */
/**
 * @overload
 * @param {LoadOptions & { workers: number }} options
 * @returns {Promise<WorkerPool>}
 */
/**
 * @overload
 * @param {LoadOptions} [options]
 * @returns {Promise<WorkerRuntime>}
 */
/**
 * @param {LoadOptions} [options]
 * @returns {Promise<any>}
 */
export async function loadPyinfer(options = {}) {
  const { signal, thread = "worker", workers } = options;
  signal?.throwIfAborted();
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly, which pyinfer needs");
  }
  if (thread !== "worker" && thread !== "main") {
    throw new TypeError(`thread must be "worker" or "main", not ${JSON.stringify(thread)}`);
  }
  if (thread === "main" && workers !== undefined) {
    throw new TypeError("workers are other threads: leave thread or workers out");
  }
  const bundle = await readBundle(bundleFolder(options.bundleURL, scriptURL), signal);
  const app = await readApp(options.app, bundle, signal);
  const { env, numThreads, stdin, stdinURL, terminal } = options;
  const keep = options.offline !== false;
  const config = { bundle, app, env, numThreads, keep, stdin, stdinURL, terminal };
  const load =
    thread === "main" ? loadOnMainThread : (workers === undefined ? WorkerRuntime : WorkerPool).load;
  const onProgress = options.onProgress ?? (() => {});
  const progress = new StartProgress(onProgress, startSize(bundle));
  const python = new Arrival(pythonOf(bundle), (each) => progress.hear(each));
  if (thread === "worker") {
    python.ended.then(() => fetchAhead(enginesOf(bundle)));
  }
  progress.begin();
  let runtime;
  try {
    runtime = await load(config, { ...options, onProgress: python.report });
  } catch (error) {
    progress.end();
    throw error;
  }
  runtime.addEventListener?.("close", () => progress.end());
  // After the start, which would share the connection with it.
  const { serviceWorker } = bundle;
  runtime.offline = progress.ended.then(() =>
    options.offline === false
      ? forgetOffline(serviceWorker)
      : keepForOffline(serviceWorker, chosenFiles(bundle)),
  );
  return runtime;
}
