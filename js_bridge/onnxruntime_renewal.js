// An engine that takes the place of one that stopped.
//
// A trap (a node that divides the least integer by -1, say) leaves the engine's memory in a state
// that nobody knows. So a new engine is started, beside the old one, as soon as this thread gets to
// it: when Python waits for something. Sessions and values of the old one are lost, and say so.
// Nothing of it is kept: its threads end, and with them its memory can go.

import { createOnnxRuntimeCalls } from "./onnxruntime_calls.js";
import { loseAll } from "./onnxruntime_memory.js";

/** @typedef {import("./onnxruntime_module.js").LoadedOnnxRuntime} LoadedOnnxRuntime */
/** @typedef {ReturnType<typeof createOnnxRuntimeCalls>} Calls */

const STARTS_ANEW =
  "its sessions and values are lost, and a new engine starts when Python waits for something or has ended";

/**
 * @param {LoadedOnnxRuntime} first
 * @param {() => Promise<LoadedOnnxRuntime>} load
 * @param {import("./onnxruntime_session_calls.js").ViewFile} viewFile
 */
export function createRenewedCalls(first, load, viewFile) {
  /** @type {Promise<void> | undefined} until the new engine is there */
  let renewal;
  let failed = false;

  /**
   * @param {LoadedOnnxRuntime} loaded
   * @returns {Calls}
   */
  function open(loaded) {
    return createOnnxRuntimeCalls(loaded, viewFile, false, () => {
      loaded.endThreads();
      renew();
      return STARTS_ANEW;
    });
  }

  function renew() {
    failed = false;
    renewal = load().then(
      (fresh) => {
        loseAll();
        current = open(fresh);
        renewal = undefined;
      },
      (error) => {
        failed = true;
        throw error;
      },
    );
    renewal.catch(() => {}); // whoever waits for it hears of it
  }

  let current = open(first);
  const calls = Object.fromEntries(
    Object.keys(current).map((name) => [
      name,
      (/** @type {any[]} */ ...args) => /** @type {Record<string, any>} */ (current)[name](...args),
    ]),
  );
  return {
    calls: /** @type {Calls} */ (/** @type {unknown} */ (calls)),

    /** What failed to load, when the network was away, say, is tried again. */
    renewal: () => {
      if (failed) {
        renew();
      }
      return renewal;
    },
  };
}
