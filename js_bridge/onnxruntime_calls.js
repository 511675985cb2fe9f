// onnxruntime-web's WebAssembly module, as Python calls it: synchronously, and with numbers,
// strings and byte views only. It uses the exports of `ort-wasm-simd-threaded.mjs` that the
// package's own JavaScript API is written on; that API returns promises and copies twice.
//
// A life: allocate -> bufferView -> createSession -> describeSession -> releaseSession.
// A run:  createTensor -> tensorView (written) -> run -> tensorView (read) -> releaseTensors.
//
// The module keeps one error (`_OrtGetLastError`), one heap and one stack. Strings and pointer
// arrays for the length of one call lie on the stack; whatever outlives a call has a number in one
// of the tables below, and only those numbers reach Python.

import { guardAll, openMemory, POINTER, Table } from "./onnxruntime_memory.js";

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
 */

/**
 * @typedef {object} RunOptions
 * @property {string} logId
 * @property {number} logSeverityLevel
 * @property {number} logVerbosityLevel
 * @property {boolean} terminate
 * @property {Record<string, string>} config
 */

const CPU = 1; // the data location of every tensor made here
const STRING = 8; // ONNX's number for string tensors, the one type whose data is not plain bytes

/**
 * @param {any} module the loaded emscripten module
 * @param {{ numThreads: number }} options the threads that the module was loaded with
 */
export function createOnnxRuntimeCalls(module, { numThreads }) {
  const ort = /** @type {import("./onnxruntime_memory.js").OrtModule} */ (module);
  const memory = openMemory(ort);
  const { check, made, lastError, pointerAt, integerAt, stackString, stackPointers } = memory;

  /** @type {Table<{ pointer: number, size: number }>} */
  const buffers = new Table("buffer");
  /** @type {Table<{ handle: number, inputs: unknown[], outputs: unknown[], names: Map<string, number>, pointers: number[] }>} */
  const sessions = new Table("session");
  /** @type {Table<{ handle: number, data: number, owned: number, length: number }>} */
  const tensors = new Table("tensor");
  /** @type {Map<string, Uint8Array>} */
  const externalFiles = new Map();

  // The engine's own thread count, fixed by the first session; 0 before that.
  let threads = 0;

  // ---------------------------------------------------------------- sessions

  /** @param {SessionOptions} options */
  function createSessionOptions(options) {
    const handle = made(
      ort._OrtCreateSessionOptions(
        options.graphOptimizationLevel,
        options.enableCpuMemArena,
        options.enableMemPattern,
        options.executionMode,
        false,
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
      for (const [name, size] of Object.entries(options.freeDimensions)) {
        check(ort._OrtAddFreeDimensionOverride(handle, stackString(name), size));
      }
    } catch (error) {
      ort._OrtReleaseSessionOptions(handle);
      throw error;
    }
    return handle;
  }

  /**
   * @param {number} session
   * @param {number} index inputs first, then outputs
   */
  function readMetadata(session, index) {
    const results = ort.stackAlloc(2 * POINTER);
    check(ort._OrtGetInputOutputMetadata(session, index, results, results + POINTER));
    const pointer = pointerAt(results);
    const name = ort.UTF8ToString(pointer);
    const metadata = pointerAt(results + POINTER);
    try {
      const type = integerAt(metadata);
      const rank = type === 0 ? 0 : integerAt(metadata + 4);
      const symbols = metadata + 8;
      const sizes = symbols + rank * POINTER;
      const shape = Array.from({ length: rank }, (_, axis) => {
        const symbol = pointerAt(symbols + axis * POINTER);
        const size = integerAt(sizes + axis * POINTER);
        return symbol ? ort.UTF8ToString(symbol) : size < 0 ? null : size;
      });
      return { pointer, name, description: [name, type, shape] };
    } finally {
      ort._OrtFree(metadata);
    }
  }

  /** @param {number} handle */
  function readSession(handle) {
    const counts = ort.stackAlloc(2 * POINTER);
    check(ort._OrtGetInputOutputCount(handle, counts, counts + POINTER));
    const inputCount = integerAt(counts);
    const total = inputCount + integerAt(counts + POINTER);
    const all = Array.from({ length: total }, (_, index) => readMetadata(handle, index));
    const described = all.map(({ description }) => description);
    return {
      handle,
      inputs: described.slice(0, inputCount),
      outputs: described.slice(inputCount),
      names: new Map(all.map(({ name, pointer }) => [name, pointer])),
      pointers: all.map(({ pointer }) => pointer),
    };
  }

  // ---------------------------------------------------------------- tensors

  /** @param {number} handle an `OrtValue`; not taken over when this throws */
  function addTensor(handle) {
    const results = ort.stackAlloc(4 * POINTER);
    const [type, data, dims, rank] = [0, 1, 2, 3].map((index) => results + index * POINTER);
    if (ort._OrtGetTensorData(handle, type, data, dims, rank) !== 0) {
      // A sequence, a map or nothing: Python says so, knowing the declared type.
      return `${tensors.add({ handle, data: 0, owned: 0, length: 0 })}:0:`;
    }
    const shape = pointerAt(dims);
    const sizes = Array.from({ length: integerAt(rank) }, (_, axis) =>
      integerAt(shape + axis * POINTER),
    );
    ort._OrtFree(shape);
    const elementType = integerAt(type);
    const length = sizes.reduce((product, size) => product * size, 1);
    const owned = elementType === STRING ? pointerAt(data) : 0;
    const id = tensors.add({ handle, data: pointerAt(data), owned, length });
    return `${id}:${elementType}:${sizes.join()}`;
  }

  /**
   * @param {number} elementType
   * @param {string} shape
   * @param {number} data
   * @param {number} size
   */
  function wrapTensor(elementType, shape, data, size) {
    const sizes = shape ? shape.split(",").map(Number) : [];
    const dims = stackPointers(sizes);
    return made(ort._OrtCreateTensor(elementType, data, size, dims, sizes.length, CPU));
  }

  /** @param {number} id */
  function releaseTensor(id) {
    const { handle, owned } = tensors.take(id);
    ort._OrtReleaseTensor(handle);
    if (owned) {
      ort._free(owned);
    }
  }

  // ---------------------------------------------------------------- runs

  /** @param {RunOptions} options */
  function createRunOptions(options) {
    const { logSeverityLevel, logVerbosityLevel, terminate } = options;
    const tag = options.logId ? stackString(options.logId) : 0;
    const handle = made(
      ort._OrtCreateRunOptions(logSeverityLevel, logVerbosityLevel, terminate, tag),
    );
    for (const [key, value] of Object.entries(options.config)) {
      if (ort._OrtAddRunConfigEntry(handle, stackString(key), stackString(value)) !== 0) {
        const error = lastError();
        ort._OrtReleaseRunOptions(handle);
        throw error;
      }
    }
    return handle;
  }

  /**
   * @param {Map<string, number>} known names that the engine has already
   * @param {string} joined
   */
  function namePointers(known, joined) {
    const names = joined === "" ? [] : joined.split("\0");
    return names.map((name) => known.get(name) ?? stackString(name));
  }

  return guardAll(ort, {
    /** @param {number} size */
    allocate: (size) => buffers.add({ pointer: memory.allocateBytes(size), size }),

    /**
     * Dies when the heap grows: take it, use it, drop it.
     *
     * @param {number} buffer
     * @param {number} start
     * @param {number} size
     */
    bufferView: (buffer, start, size) => memory.bytes(buffers.get(buffer).pointer + start, size),

    /** @param {number} buffer */
    releaseBuffer: (buffer) => ort._free(buffers.take(buffer).pointer),

    /**
     * Room for a file of weights beside the next session's model; the view does not die.
     *
     * @param {string} name the location that the model gives
     * @param {number} start
     * @param {number} size
     * @param {number} total of the whole file
     */
    externalDataView: (name, start, size, total) => {
      let file = externalFiles.get(name);
      if (!file) {
        file = new Uint8Array(total);
        externalFiles.set(name, file);
        ort.mountExternalData(name, file);
      }
      return file.subarray(start, start + size);
    },

    releaseExternalData: () => {
      externalFiles.clear();
      ort.unmountExternalData();
    },

    /**
     * @param {number} buffer holds the model
     * @param {string} optionsText a `SessionOptions` as JSON
     */
    createSession: (buffer, optionsText) => {
      /** @type {SessionOptions} */
      const wanted = JSON.parse(optionsText);
      if (threads === 0) {
        const wish = Math.min(wanted.numThreads || numThreads, numThreads);
        check(ort._OrtInit(wish, wanted.logSeverityLevel));
        threads = wish;
      }
      const { pointer, size } = buffers.get(buffer);
      const options = createSessionOptions(wanted);
      let handle = 0;
      try {
        handle = made(ort._OrtCreateSession(pointer, size, options));
        return sessions.add(readSession(handle));
      } catch (error) {
        if (handle) {
          ort._OrtReleaseSession(handle);
        }
        throw error;
      } finally {
        ort._OrtReleaseSessionOptions(options);
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
    releaseSession: (session) => {
      const { handle, pointers } = sessions.take(session);
      for (const pointer of pointers) {
        ort._OrtFree(pointer);
      }
      check(ort._OrtReleaseSession(handle));
    },

    /** The threads that every session computes with; 0 until the first one fixes them. */
    threadCount: () => threads,

    /**
     * @param {number} elementType
     * @param {string} shape `"1,3,64,64"`
     * @param {number} size in bytes
     */
    createTensor: (elementType, shape, size) => {
      const data = memory.allocateBytes(size);
      try {
        const handle = wrapTensor(elementType, shape, data, size);
        return tensors.add({ handle, data, owned: data, length: 0 });
      } catch (error) {
        ort._free(data);
        throw error;
      }
    },

    /**
     * @param {string} shape
     * @param {string} strings a JSON list
     */
    createStringTensor: (shape, strings) => {
      /** @type {string[]} */
      const list = JSON.parse(strings);
      const sizes = list.map((text) => ort.lengthBytesUTF8(text) + 1);
      const table = list.length * POINTER;
      const block = memory.allocateBytes(sizes.reduce((sum, size) => sum + size, table));
      try {
        let next = block + table;
        for (const [index, text] of list.entries()) {
          ort.setValue(block + index * POINTER, next, "*");
          ort.stringToUTF8(text, next, sizes[index]);
          next += sizes[index];
        }
        const handle = wrapTensor(STRING, shape, block, table);
        return tensors.add({ handle, data: 0, owned: 0, length: list.length });
      } finally {
        ort._free(block); // the engine copies strings
      }
    },

    /**
     * Dies when the heap grows: take it, use it, drop it.
     *
     * @param {number} tensor
     * @param {number} size in bytes
     */
    tensorView: (tensor, size) => memory.bytes(tensors.get(tensor).data, size),

    /**
     * @param {number} tensor a string tensor that a run returned
     * @returns {string} a JSON list
     */
    tensorStrings: (tensor) => {
      const { data, length } = tensors.get(tensor);
      const decoder = new TextDecoder();
      const strings = Array.from({ length }, (_, index) => {
        const start = pointerAt(data + index * POINTER);
        if (index === length - 1) {
          return ort.UTF8ToString(start); // the end of the last one is written nowhere
        }
        const end = pointerAt(data + (index + 1) * POINTER);
        return decoder.decode(memory.bytes(start, end - start).slice());
      });
      return JSON.stringify(strings);
    },

    /** @param {string} ids `"12,13"` */
    releaseTensors: (ids) => {
      for (const id of ids.split(",")) {
        releaseTensor(Number(id));
      }
    },

    /**
     * @param {number} session
     * @param {string} inputNames joined with NUL, which no name contains
     * @param {string} inputIds the tensors, `"12,13"`
     * @param {string} outputNames
     * @param {string} optionsText a `RunOptions` as JSON; empty: the defaults
     * @returns {string} the outputs as tensors: `"14:1:1,1,64,64;15:7:3"` (number, element type,
     *   shape; element type 0 is no tensor)
     */
    run: (session, inputNames, inputIds, outputNames, optionsText) => {
      const { handle, names } = sessions.get(session);
      const inputs = inputIds === "" ? [] : inputIds.split(",");
      const handles = inputs.map((id) => tensors.get(Number(id)).handle);
      const inputPointers = stackPointers(namePointers(names, inputNames));
      const outputs = namePointers(names, outputNames);
      const outputPointers = stackPointers(outputs);
      const results = stackPointers(outputs.map(() => 0));
      const options = optionsText ? createRunOptions(JSON.parse(optionsText)) : 0;
      try {
        check(
          ort._OrtRun(
            handle,
            inputPointers,
            stackPointers(handles),
            handles.length,
            outputPointers,
            outputs.length,
            results,
            options,
          ),
        );
      } finally {
        if (options) {
          ort._OrtReleaseRunOptions(options);
        }
      }
      return outputs.map((_, index) => addTensor(pointerAt(results + index * POINTER))).join(";");
    },

    /** What Python has not given back yet. */
    liveCount: () => buffers.size + sessions.size + tensors.size + externalFiles.size,
  });
}
