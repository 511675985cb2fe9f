// The module worker: an engine room behind Comlink.

import * as Comlink from "comlink";
import { carryErrors } from "./comlink_errors.js";
import { READY } from "./downloads.js";
import { createEngineRoom } from "./engine_room.js";
import { listenToSignals } from "./interrupt_signal.js";
import { OutputBuffer } from "./output.js";
import { SharedOutputWriter } from "./shared_output.js";
import { QueuedKeys, SharedKeys } from "./window_keys.js";
import { WindowSender } from "./windows.js";

carryErrors();

/** @type {import("./engine_room.js").EngineRoom | undefined} */
let room;

/** @returns {import("./engine_room.js").EngineRoom} */
function theRoom() {
  if (!room) {
    throw new Error("the worker has not started yet");
  }
  return room;
}

/** @type {string[]} windows that the page shows, as it said before its last call */
let windowNames = [];

const queuedKeys = new QueuedKeys();

/** Resolves when the page has what was written so far. */
let delivered = Promise.resolve();

/** Resolves when the page has heard of the progress made so far. */
let reported = Promise.resolve();

/**
 * The result's buffers are moved to the page, not copied. They go when all output and all news of
 * progress have arrived: these travel through other ports, and ports keep no order among each other.
 *
 * @param {Promise<import("./page_values.js").Lowered>} lowered
 */
async function moved(lowered) {
  let result;
  try {
    result = await lowered;
  } catch (error) {
    if (isFatal(error)) {
      // Pyodide can't go on. Ending the worker gives up its lock, by which the page notices; where
      // there are no locks it hears these words, which Comlink passes over.
      setTimeout(() => {
        self.postMessage({ lastWords: `Python broke down: ${/** @type {Error} */ (error).message}` });
        self.close();
      });
    }
    throw error;
  } finally {
    await Promise.all([delivered, reported]);
  }
  return Comlink.transfer(
    result,
    result.buffers.map(({ buffer }) => buffer),
  );
}

/** @param {any} error */
function isFatal(error) {
  return Boolean(error?.pyodide_fatal_error) || error instanceof WebAssembly.RuntimeError;
}

const service = {
  /**
   * @param {import("./engine_room.js").EngineRoomConfig} config
   * @param {Uint8Array | null} sharedSignal through which SIGINT comes, if there can be one
   * @param {import("./downloads.js").ProgressCallback} report
   * @param {SharedArrayBuffer | null} sharedOutput through which output goes, if there can be one
   * @param {(stream?: import("./output.js").StreamName, bytes?: Uint8Array) => any} output takes
   *   a piece of output, or the news that there is some in `sharedOutput`
   * @param {SharedArrayBuffer | null} sharedKeys from which keys come, if there can be one
   */
  async start(config, sharedSignal, report, sharedOutput, output, sharedKeys) {
    const writer = sharedOutput
      ? new SharedOutputWriter(sharedOutput, output)
      : new OutputBuffer((stream, bytes) => {
          delivered = output(stream, Comlink.transfer(bytes, [bytes.buffer]));
        });
    const notingReport = (/** @type {import("./downloads.js").Progress} */ progress) => {
      reported = /** @type {any} */ (report(progress));
    };
    const windows = new WindowSender({
      names: () => windowNames,
      // By the port that results take, so that a result comes behind what was shown before it.
      send(windowChange) {
        const transfer = windowChange.image ? [windowChange.image.pixels.buffer] : [];
        self.postMessage({ windowChange }, { transfer });
      },
      keys: sharedKeys ? new SharedKeys(sharedKeys) : queuedKeys,
      isWorker: true,
    });
    room = await createEngineRoom(config, { report: notingReport, output: writer, windows });
    // Without shared memory nobody sends any. But then Python leaves WebAssembly for JavaScript every now
    // and then, and WebKit can end the worker there: in a loop of WebAssembly alone it goes on for ever.
    listenToSignals(room.pyodide, sharedSignal ?? new Uint8Array(2));
    room.complete.then(() => report(READY));
  },

  /**
   * Holds a Web Lock for as long as this worker lives, so that the page can tell when it is gone.
   *
   * @param {string} name
   * @returns {Promise<boolean>} false where the browser refuses: it stores nothing of this site's
   */
  holdLock(name) {
    return new Promise((resolve) => {
      navigator.locks
        .request(name, () => {
          resolve(true);
          return new Promise(() => {});
        })
        .catch(() => resolve(false));
    });
  },

  /** @param {string[]} names windows that the page shows from now on */
  displayWindows(names) {
    windowNames = names;
  },

  /** @param {number} code a key, where there is no shared memory for it */
  pressKey: (code) => queuedKeys.press(code),

  /** Cancels the Python code that awaits something. */
  cancel: () => theRoom().cancel(),

  /** @param {number} ticket of a call */
  cancelCall: (ticket) => theRoom().cancelCall(ticket),

  /** @param {string} code */
  runPythonAsync: (code) => moved(theRoom().runPythonAsync(code)),

  /**
   * @param {string} entry
   * @param {import("./page_values.js").Lowered} args
   * @param {number} ticket
   */
  call: (entry, args, ticket) => moved(theRoom().call(entry, args, ticket)),

  /** @param {string[]} requirements */
  install: (requirements) => moved(theRoom().install(requirements)),

  /**
   * @param {string} method of ModelStore
   * @param {unknown[]} args
   * @param {Record<string, unknown>} keywords
   * @param {((loaded: number, total: number) => void) | null} onProgress
   */
  models(method, args, keywords, onProgress) {
    // Of Comlink's function every property is a function, too.
    const told = onProgress && ((/** @type {number[]} */ ...bytes) => void onProgress(bytes[0], bytes[1]));
    return moved(theRoom().models(method, args, keywords, told));
  },

  /**
   * @param {string} path
   * @param {Uint8Array} bytes
   */
  writeFile: (path, bytes) => theRoom().writeFile(path, bytes),

  /** @param {string} path */
  readFile(path) {
    const bytes = theRoom().readFile(path);
    return Comlink.transfer(bytes, [bytes.buffer]);
  },

  /** @param {string} path */
  listFiles: (path) => theRoom().listFiles(path),

  /**
   * @param {string} path
   * @param {string} url
   * @param {import("./mirror.js").MirrorEntry} entry
   */
  mirror: (path, url, entry) => theRoom().mirror.add(path, url, entry),

  changedFiles: () => theRoom().mirror.changed(),
};

/** @typedef {typeof service} WorkerService */

Comlink.expose(service);
