// `thread: "main"`: Python in the page's own thread, as the real Pyodide object.

import { CallQueue } from "./call_queue.js";
import { READY } from "./downloads.js";
import { WorkerEndedError } from "./errors.js";
import { OutputBuffer } from "./output.js";
import { createOwnWindows } from "./own_windows.js";

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
  const { windows, display } = createOwnWindows(imshow);
  const starting = createEngineRoom(config, {
    report,
    windows,
    output: new OutputBuffer((stream, bytes) =>
      listeners[stream](decoders[stream].decode(bytes, { stream: true }), bytes),
    ),
  });
  const room = await unlessAborted(starting, signal);
  report(READY);
  const calls = new CallQueue();
  calls.add({
    begin: ({ entry, ticket }, { lowered }) => room.call(entry, lowered, ticket),
    stop(call, answer) {
      room.cancelCall(call.ticket);
      return answer;
    },
  });
  return Object.assign(room.pyodide, {
    /**
     * @param {string} entry `module:function`
     * @param {...unknown} args as those of the worker's `call`
     */
    call: (entry, ...args) => calls.call(entry, args),
    close: async () => {
      calls.close(new WorkerEndedError("closed by close()"));
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
