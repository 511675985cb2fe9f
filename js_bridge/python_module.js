// The object that Python imports as `pyinfer_js`. It mirrors pyinfer/browser/bridge/contract.py
// name by name. `Engines.connect` adds the engines, each when it is there.

import { fetchNow } from "./fetch_now.js";
import { createStorage } from "./storage.js";
import { createNap, createWindowCalls } from "./windows.js";

/**
 * @param {any} pyodide
 * @param {import("./page_buffers.js").PageBuffers} page
 * @param {import("./downloads.js").ProgressCallback} report
 * @param {import("./windows.js").WindowSender} windows
 */
export function createPythonModule(pyodide, page, report, windows) {
  return {
    storage: createStorage(pyodide.FS, report),
    page: {
      incoming: (/** @type {number} */ call, /** @type {number} */ index) => page.incoming(call, index),
      outgoing: (/** @type {number} */ call, /** @type {number} */ size) => page.outgoing(call, size),
      liveCount: () => page.liveCount(),
    },
    windows: createWindowCalls(windows, pyodide),
    sleep: createSleep(pyodide, windows),
    fetchNow,
  };
}

/**
 * A sleep that leaves the event loop alone and still hears of interrupts; for workers only.
 *
 * @param {any} pyodide
 * @param {import("./windows.js").WindowSender} windows
 */
function createSleep(pyodide, windows) {
  const nap = createNap(pyodide);
  return (/** @type {number} */ seconds) => {
    windows.flush();
    const end = performance.now() + seconds * 1000;
    for (let left = seconds * 1000; left > 0; left = end - performance.now()) {
      nap(left);
    }
  };
}
