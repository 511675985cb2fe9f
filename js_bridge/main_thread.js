// `thread: "main"`: Python in the page's own thread, as the real Pyodide object.

import { READY } from "./downloads.js";
import { OutputBuffer } from "./output.js";
import { lower, raise, readBlobs } from "./page_values.js";

/**
 * @param {import("./engine_room.js").EngineRoomConfig} config
 * @param {import("./pyinfer.js").LoadOptions} options
 * @returns {Promise<any>} the Pyodide object with `call` and `close` added
 */
export async function loadOnMainThread(config, { onProgress, signal, stdout, stderr }) {
  const { createEngineRoom } = /** @type {typeof import("./engine_room.js")} */ (
    await import(config.bundle.engineRoom)
  );
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const listeners = {
    stdout: stdout ?? ((/** @type {string} */ text) => console.log(text)),
    stderr: stderr ?? ((/** @type {string} */ text) => console.warn(text)),
  };
  const report = onProgress ?? (() => {});
  const room = await createEngineRoom(config, {
    report,
    output: new OutputBuffer((stream, bytes) =>
      listeners[stream](decoders[stream].decode(bytes, { stream: true }), bytes),
    ),
  });
  if (signal?.aborted) {
    room.close();
    throw signal.reason;
  }
  report(READY);
  return Object.assign(room.pyodide, {
    /**
     * @param {string} entry `module:function`
     * @param {...unknown} args
     */
    call: async (entry, ...args) => raise(await room.call(entry, lower(await readBlobs(args)))),
    close: async () => room.close(),
  });
}
