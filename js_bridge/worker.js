// The module worker: an engine room behind Comlink.

import * as Comlink from "comlink";
import { carryErrors } from "./comlink_errors.js";
import { createEngineRoom } from "./engine_room.js";

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

/**
 * The result's buffers are moved to the page, not copied.
 *
 * @param {Promise<import("./page_values.js").Lowered>} lowered
 */
async function moved(lowered) {
  let result;
  try {
    result = await lowered;
  } catch (error) {
    if (isFatal(error)) {
      // Pyodide can't go on: ending the worker gives up its lock, by which the page notices.
      setTimeout(() => self.close());
    }
    throw error;
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
   * @param {Int32Array | Uint8Array | null} interruptBuffer
   * @param {import("./downloads.js").ProgressCallback} report
   * @param {import("./output.js").OutputSink} output
   */
  async start(config, interruptBuffer, report, output) {
    room = await createEngineRoom(config, {
      report,
      output: (stream, bytes) => output(stream, Comlink.transfer(bytes, [bytes.buffer])),
    });
    if (interruptBuffer) {
      room.pyodide.setInterruptBuffer(interruptBuffer);
    }
  },

  /**
   * Holds a Web Lock for as long as this worker lives, so that the page can tell when it is gone.
   *
   * @param {string} name
   */
  holdLock(name) {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(name, () => {
          resolve(undefined);
          return new Promise(() => {});
        })
        .catch(reject);
    });
  },

  /** @param {string} code */
  runPythonAsync: (code) => moved(theRoom().runPythonAsync(code)),

  /**
   * @param {string} entry
   * @param {import("./page_values.js").Lowered} args
   */
  call: (entry, args) => moved(theRoom().call(entry, args)),

  /** @param {string[]} requirements */
  install: (requirements) => moved(theRoom().install(requirements)),

  /**
   * @param {string} nameOrURL
   * @param {{ sha256?: string | null, size?: number | null }} options
   */
  fetchModel: (nameOrURL, options) => moved(theRoom().fetchModel(nameOrURL, options)),

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
