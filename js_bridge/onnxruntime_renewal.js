// An engine that takes the place of one that stopped.
//
// A trap (a node that divides the least integer by -1, say) leaves the engine's memory in a state
// that nobody knows. So a new engine is started, beside the old one, as soon as this thread gets to
// it: when Python waits for something. Sessions and values of the old one are lost, and say so.

import { createOnnxRuntimeCalls } from "./onnxruntime_calls.js";
import { loseAll } from "./onnxruntime_memory.js";

/** @typedef {import("./onnxruntime_module.js").LoadedOnnxRuntime} LoadedOnnxRuntime */
/** @typedef {ReturnType<typeof createOnnxRuntimeCalls>} Calls */

const STARTS_ANEW =
  "its sessions and values are lost, and a new engine starts when Python waits for something or has ended";

/**
 * @param {LoadedOnnxRuntime} first
 * @param {() => Promise<LoadedOnnxRuntime>} load
 */
export function createRenewedCalls(first, load) {
  /** @type {Promise<void> | undefined} until the new engine is there */
  let renewal;

  /**
   * @param {LoadedOnnxRuntime} loaded
   * @returns {Calls}
   */
  function open(loaded) {
    return createOnnxRuntimeCalls(loaded, false, () => {
      renewal = load().then((fresh) => {
        loseAll();
        current = open(fresh);
        renewal = undefined;
      });
      renewal.catch(() => {}); // whoever waits for it hears of it
      return STARTS_ANEW;
    });
  }

  let current = open(first);
  const calls = Object.fromEntries(
    Object.keys(current).map((name) => [
      name,
      (/** @type {any[]} */ ...args) => /** @type {Record<string, any>} */ (current)[name](...args),
    ]),
  );
  return { calls: /** @type {Calls} */ (/** @type {unknown} */ (calls)), renewal: () => renewal };
}
