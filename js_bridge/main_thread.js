// `thread: "main"`: Python in the page's own thread, as the real Pyodide object.

import { READY } from "./downloads.js";
import { OutputBuffer } from "./output.js";
import { lowerArguments, raise } from "./page_values.js";
import { WindowDisplay } from "./window_display.js";
import { QueuedKeys } from "./window_keys.js";
import { WindowSender } from "./windows.js";

/**
 * @param {import("./engine_room.js").EngineRoomConfig} config
 * @param {import("./pyinfer.js").LoadOptions} options
 * @returns {Promise<any>} the Pyodide object with `call` and `close` added
 */
export async function loadOnMainThread(config, { onProgress, signal, stdout, stderr, imshow }) {
  const { createEngineRoom } = /** @type {typeof import("./engine_room.js")} */ (
    await import(/* @vite-ignore */ /* webpackIgnore: true */ config.bundle.engineRoom)
  );
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const listeners = {
    stdout: stdout ?? ((/** @type {string} */ text) => console.log(text)),
    stderr: stderr ?? ((/** @type {string} */ text) => console.warn(text)),
  };
  const report = onProgress ?? (() => {});
  const keys = new QueuedKeys();
  const display = new WindowDisplay(imshow ?? (() => {}), (code) => keys.press(code));
  display.callStarted(); // the page may run Python without our noticing, so it always is running
  const starting = createEngineRoom(config, {
    report,
    windows: new WindowSender({
      names: () => (imshow ? [""] : display.names()),
      send: (change) => display.apply(change),
      keys,
      isWorker: false,
    }),
    output: new OutputBuffer((stream, bytes) =>
      listeners[stream](decoders[stream].decode(bytes, { stream: true }), bytes),
    ),
  });
  const room = await unlessAborted(starting, signal);
  report(READY);
  return Object.assign(room.pyodide, {
    /**
     * @param {string} entry `module:function`
     * @param {...unknown} args as those of the worker's `call`
     */
    call: async (entry, ...args) => raise(await room.call(entry, (await lowerArguments(args)).lowered)),
    close: async () => {
      room.close();
      display.close();
    },
  });
}

/**
 * Rejects as soon as the page aborts. What was being loaded goes on, since nothing can stop it, and
 * is closed when it is there.
 *
 * @param {Promise<import("./engine_room.js").EngineRoom>} starting
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./engine_room.js").EngineRoom>}
 */
function unlessAborted(starting, signal) {
  if (!signal) {
    return starting;
  }
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
      starting.then((room) => room.close()).catch(() => {}); // the page is told of the abort only
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    starting.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
