// Engines for a Pyodide that was started by somebody else: a page of one's own, PyScript, JupyterLite.
//
// `pyinfer.start` of Python (pyinfer/browser/attachment.py) has read pyinfer.json and imports this from the bundle.

import { parseBundle } from "./bundle.js";
import { withDownloadProgress } from "./downloads.js";
import { Engines } from "./engines.js";
import { createOwnWindows } from "./own_windows.js";
import { PageBuffers } from "./page_buffers.js";
import { createPythonModule } from "./python_module.js";
import { loadPackages } from "./python_packages.js";
import { hasSharedMemory, UNSHARED_NOTICE } from "./shared_memory.js";
import { QueuedKeys } from "./window_keys.js";
import { WindowSender } from "./windows.js";

/**
 * @param {any} pyodide
 * @param {string} manifestURL where pyinfer.json is
 * @param {string} manifest its text
 * @param {string} missing JSON: packages that Python does not have yet, of those that the bundle needs
 * @param {number | undefined} numThreads
 * @param {(phase: string, name: string, loaded: number, total: number) => void} tell
 * @returns {Promise<string>} JSON: the manifest of the bundle's app
 */
export async function attach(pyodide, manifestURL, manifest, missing, numThreads, tell) {
  const bundle = parseBundle(JSON.parse(manifest), manifestURL);
  const report = (/** @type {import("./downloads.js").Progress} */ { phase, name, loaded, total }) =>
    tell(phase, name, loaded, total);
  if (!hasSharedMemory) {
    report({ phase: "notice", name: UNSHARED_NOTICE, loaded: 0, total: 0 });
  }
  const closed = new AbortController().signal; // engines stay as long as Pyodide, which has no end
  await withDownloadProgress(bundle.sizes, report, async () => {
    const engines = new Engines({ bundle, numThreads, report, closed });
    await Promise.all([engines.load(engines.wanted), loadMissing(pyodide, bundle, JSON.parse(missing))]);
    const module = createPythonModule(pyodide, new PageBuffers(), report, createWindows());
    engines.connect(pyodide, module);
    pyodide.registerJsModule("pyinfer_js", module);
  });
  return JSON.stringify(bundle.app ?? {});
}

/**
 * @param {any} pyodide whose own lock file does not know the bundle's wheels
 * @param {import("./bundle.js").Bundle} bundle
 * @param {string[]} names
 */
async function loadMissing(pyodide, { pyodide: { lockFileURL, packageBaseUrl } }, names) {
  if (names.length) {
    const { packages } = await (await fetch(lockFileURL)).json();
    const wheels = names.map((name) => new URL(packages[name].file_name, packageBaseUrl).href);
    await loadPackages(pyodide, wheels);
  }
}

/** A worker of somebody else's has nobody to show images to. */
function createWindows() {
  if (globalThis.document) {
    return createOwnWindows().windows;
  }
  return new WindowSender({ names: () => [], send() {}, keys: new QueuedKeys(), isWorker: true });
}
