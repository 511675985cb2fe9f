// Sessions, from the model's bytes to their release: what Python calls for them.

import { checkDevice, sessionCreated, sessionGoes } from "./onnxruntime_devices.js";
import { initialize } from "./onnxruntime_module.js";
import { createSessionReader } from "./onnxruntime_session.js";

/** @typedef {import("./onnxruntime_session.js").Session} Session */

/** @typedef {(path: string) => import("./file_view.js").FileView} ViewFile */

/**
 * What the calls on sessions share with those on runs.
 *
 * @typedef {object} Engine
 * @property {import("./onnxruntime_memory.js").OrtModule} ort
 * @property {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} memory
 * @property {ReturnType<typeof import("./onnxruntime_options.js").createOptionCalls>} options
 * @property {import("./onnxruntime_module.js").LoadedOnnxRuntime} loaded
 * @property {import("./onnxruntime_memory.js").Table<{ pointer: number, size: number }>} buffers
 * @property {import("./onnxruntime_memory.js").Table<Session>} sessions
 * @property {ViewFile} viewFile
 */

/** @param {Engine} engine */
export function createSessionCalls({
  ort,
  memory,
  options: optionCalls,
  loaded,
  buffers,
  sessions,
  viewFile,
}) {
  const { check, made } = memory;
  const { createSessionOptions } = optionCalls;
  const readSession = createSessionReader(ort, memory);

  /** @type {Map<string, import("./file_view.js").FileView>} files of weights of the next session that is asked for */
  let externalFiles = new Map();

  /**
   * Python may release a session while a run of it waits for the device: the last one frees it.
   *
   * @param {Session} session
   */
  function leave(session) {
    session.users -= 1;
    if (session.users > 0) {
      return;
    }
    for (const pointer of session.pointers) {
      ort._OrtFree(pointer);
    }
    sessionGoes(ort, session.handle);
    check(ort._OrtReleaseSession(session.handle));
  }

  const calls = {
    /**
     * Room for a file of weights beside the next session's model; the view does not die.
     *
     * @param {string} name the location that the model gives
     * @param {number} size
     */
    externalDataView: (name, size) => {
      const file = new Uint8Array(size);
      externalFiles.set(name, file);
      return file;
    },

    /**
     * The same, of a file that the engine reads where it lies.
     *
     * @param {string} name
     * @param {string} path in Python's file system, absolute
     */
    externalDataFile: (name, path) => {
      externalFiles.set(name, viewFile(path));
    },

    /** What `createSession` has taken goes by itself. */
    releaseExternalData: () => externalFiles.clear(),

    /**
     * @param {number} buffer holds the model
     * @param {string} optionsText a `SessionOptions` as JSON
     * @param {Map<string, import("./file_view.js").FileView>} files of weights
     * @returns {import("./onnxruntime_guard.js").Waiting<number>}
     */
    *createSession(buffer, optionsText, files) {
      /** @type {import("./onnxruntime_options.js").SessionOptions} */
      const wanted = JSON.parse(optionsText);
      if (loaded.threads === 0) {
        const wish = Math.min(wanted.numThreads || loaded.numThreads, loaded.numThreads);
        check(initialize(loaded, wish, wanted.logSeverityLevel));
      }
      const { pointer, size } = buffers.get(buffer);
      let options = 0;
      let handle = 0;
      for (const [name, file] of files) {
        ort.mountExternalData(name, file);
      }
      try {
        options = yield* createSessionOptions(wanted);
        handle = made(yield ort._OrtCreateSession(pointer, size, options));
        checkDevice(ort, [], []);
        return sessions.add(readSession(handle));
      } catch (error) {
        if (handle) {
          ort._OrtReleaseSession(handle);
          handle = 0;
        }
        throw error;
      } finally {
        ort.unmountExternalData();
        sessionCreated(ort, handle);
        if (options) {
          ort._OrtReleaseSessionOptions(options);
        }
      }
    },

    /**
     * @param {number} session
     * @returns {string} JSON: inputs and outputs, each `[name, element type, shape]`
     */
    describeSession: (session) => {
      const { inputs, outputs } = sessions.get(session);
      return JSON.stringify({ inputs, outputs });
    },

    /** @param {number} session */
    releaseSession: (session) => leave(sessions.take(session)),

    /**
     * @param {number} session created with `enableProfiling`
     * @returns {string} native's name for the file without its prefix, a line break, what stands in it
     */
    endProfiling: (session) => {
      const { handle } = sessions.get(session);
      const [name, text] = loaded.printer.collect(() => made(ort._OrtEndProfiling(handle)));
      try {
        return `${ort.UTF8ToString(name)}\n${text}`;
      } finally {
        ort._OrtFree(name);
      }
    },
  };

  return {
    calls,
    leave,

    /** Those of the session that is asked for now: others may be brought before its turn comes. */
    takeFiles: () => {
      const files = externalFiles;
      externalFiles = new Map();
      return files;
    },

    fileCount: () => externalFiles.size,
    threadCount: () => loaded.threads,
  };
}
