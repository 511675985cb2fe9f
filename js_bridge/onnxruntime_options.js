// Session and run options: from Python's JSON to the engine's handles.

import { webNN } from "./webnn_backend.js";

/** @typedef {import("./onnxruntime_memory.js").OrtModule} OrtModule */
/** @typedef {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} Memory */

/**
 * @typedef {object} SessionOptions
 * @property {number} graphOptimizationLevel
 * @property {boolean} enableCpuMemArena
 * @property {boolean} enableMemPattern
 * @property {number} executionMode
 * @property {string} logId
 * @property {number} logSeverityLevel
 * @property {number} logVerbosityLevel
 * @property {Record<string, string>} config
 * @property {Record<string, number>} freeDimensions
 * @property {number} numThreads wanted by this session; 0: no wish
 * @property {boolean} enableProfiling
 * @property {[string, Record<string, string>][]} executionProviders other than the CPU, and their options
 */

/**
 * @typedef {object} RunOptions
 * @property {string} logId
 * @property {number} logSeverityLevel
 * @property {number} logVerbosityLevel
 * @property {boolean} terminate
 * @property {Record<string, string>} config
 */

/**
 * What makes option handles; the caller releases them.
 *
 * @param {OrtModule} ort
 * @param {Memory} memory
 */
export function createOptionCalls(ort, { check, made, stackString, stackPointers }) {
  /**
   * @param {number} options
   * @param {string} name as the engine knows it
   * @param {Record<string, string>} settings
   * @returns {import("./onnxruntime_guard.js").Waiting<void>}
   */
  function* appendExecutionProvider(options, name, settings) {
    if (name === "WEBNN") {
      yield* appendWebNN(options, settings);
      return;
    }
    if (name === "WebGPU") {
      ort.webgpuRegisterDevice?.(); // the engine asks for one itself
    }
    const keys = stackPointers(Object.keys(settings).map(stackString));
    const values = stackPointers(Object.values(settings).map(stackString));
    const count = Object.keys(settings).length;
    check(yield ort._OrtAppendExecutionProvider(options, stackString(name), keys, values, count));
  }

  /**
   * The engine finds the context in which the session is to compute as a property of its module.
   *
   * @param {number} options
   * @param {Record<string, string>} settings `deviceType` and `powerPreference`
   * @returns {import("./onnxruntime_guard.js").Waiting<void>}
   */
  function* appendWebNN(options, settings) {
    const { deviceType, powerPreference } = settings;
    ort.currentContext = yield webNN()?.createContext({
      ...(deviceType && { deviceType }),
      ...(powerPreference && { powerPreference }),
    });
    ort.shouldTransferToMLTensor = false;
    // Graphs keep their quantized operators as they are: WebNN has them, too.
    const entries = { "session.disable_quant_qdq": "1", "session.disable_qdq_constant_folding": "1" };
    for (const [key, value] of Object.entries({ ...entries, ...(deviceType && { deviceType }) })) {
      check(ort._OrtAddSessionConfigEntry(options, stackString(key), stackString(value)));
    }
    check(yield ort._OrtAppendExecutionProvider(options, stackString("WEBNN"), 0, 0, 0));
  }

  /**
   * @param {SessionOptions} options
   * @returns {import("./onnxruntime_guard.js").Waiting<number>}
   */
  function* createSessionOptions(options) {
    const handle = made(
      ort._OrtCreateSessionOptions(
        options.graphOptimizationLevel,
        options.enableCpuMemArena,
        options.enableMemPattern,
        options.executionMode,
        options.enableProfiling,
        0,
        options.logId ? stackString(options.logId) : 0,
        options.logSeverityLevel,
        options.logVerbosityLevel,
        0,
      ),
    );
    try {
      for (const [key, value] of Object.entries(options.config)) {
        check(ort._OrtAddSessionConfigEntry(handle, stackString(key), stackString(value)));
      }
      for (const [name, settings] of options.executionProviders) {
        yield* appendExecutionProvider(handle, name, settings);
      }
      for (const [name, size] of Object.entries(options.freeDimensions)) {
        check(ort._OrtAddFreeDimensionOverride(handle, stackString(name), size));
      }
    } catch (error) {
      ort._OrtReleaseSessionOptions(handle);
      throw error;
    }
    return handle;
  }

  /** @param {RunOptions} options */
  function createRunOptions(options) {
    const { logSeverityLevel, logVerbosityLevel, terminate } = options;
    const tag = options.logId ? stackString(options.logId) : 0;
    const handle = made(ort._OrtCreateRunOptions(logSeverityLevel, logVerbosityLevel, terminate, tag));
    try {
      for (const [key, value] of Object.entries(options.config)) {
        check(ort._OrtAddRunConfigEntry(handle, stackString(key), stackString(value)));
      }
    } catch (error) {
      ort._OrtReleaseRunOptions(handle);
      throw error;
    }
    return handle;
  }

  return { createSessionOptions, createRunOptions };
}
