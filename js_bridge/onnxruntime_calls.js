// onnxruntime-web's WebAssembly module, as Python calls it: synchronously, and with numbers,
// strings and byte views only. It uses the exports of `ort-wasm-simd-threaded.mjs` that the
// package's own JavaScript API is written on; that API returns promises and copies once more.
//
// A session: allocate -> bufferView -> createSession -> describeSession -> releaseSession.
// A run:     openRun -> inputView -> execute -> outputView -> closeRun.
// Values outlive runs: onnxruntime_values.js.
//
// What the build that waits for a device answers later is a generator here: onnxruntime_guard.js.
//
// The module keeps one error (`_OrtGetLastError`), one heap and one stack. Strings and pointer
// arrays for the length of one call lie on the stack if they fit; whatever outlives a call has a number in one
// of the tables below, and only those numbers reach Python.

import { checkDevice } from "./onnxruntime_devices.js";
import { guardAll } from "./onnxruntime_guard.js";
import { openMemory, POINTER, Table } from "./onnxruntime_memory.js";
import { createOptionCalls } from "./onnxruntime_options.js";
import { createSessionCalls } from "./onnxruntime_session_calls.js";
import { openStrings } from "./onnxruntime_strings.js";
import { createValueCalls } from "./onnxruntime_values.js";

/** @typedef {import("./onnxruntime_session.js").Session} Session */
/** @typedef {import("./onnxruntime_session.js").Signature} Signature */

/**
 * @typedef {object} Run
 * @property {Session} session
 * @property {Signature} signature
 * @property {number[]} data where the inputs' bytes lie; 0 for strings
 * @property {number[]} inputs tensors
 * @property {Output[]} outputs
 */

/**
 * @typedef {object} Output
 * @property {number} tensor
 * @property {number} type the element type; 0: no tensor
 * @property {number[]} shape
 * @property {number} data
 */

const CPU = 1; // the data location of every tensor made here
const STRING = 8; // ONNX's number for string tensors, the one type whose data is not plain bytes
const REMEMBERED_SIGNATURES = 64;

const endsForGood = () => "it works again after a restart of Python";

/**
 * @param {import("./onnxruntime_module.js").LoadedOnnxRuntime} loaded
 * @param {import("./onnxruntime_session_calls.js").ViewFile} viewFile
 * @param {boolean} [waits] whether it is the build that waits for devices: then what takes time on one
 *   (`createSession`, `execute`, `runValues`) gives a promise
 * @param {() => string} [stopped] is told when the engine stops for good, and says how things go on
 */
export function createOnnxRuntimeCalls(loaded, viewFile, waits = false, stopped = endsForGood) {
  const ort = /** @type {import("./onnxruntime_memory.js").OrtModule} */ (loaded.ort);
  const memory = openMemory(ort);
  const { check, made, pointerAt, integerAt, stackString, stackPointers } = memory;
  const options = createOptionCalls(ort, memory);
  const strings = openStrings(ort, memory);

  /** @type {Table<{ pointer: number, size: number }>} */
  const buffers = new Table("buffer");
  /** @type {Table<Session>} */
  const sessions = new Table("session");
  /** @type {Table<Run>} */
  const runs = new Table("run");
  /**
   * @param {Session} session
   * @param {string} text
   */
  function signatureOf({ signatures }, text) {
    let signature = signatures.get(text);
    if (!signature) {
      signature = /** @type {Signature} */ (JSON.parse(text));
      if (signatures.size >= REMEMBERED_SIGNATURES) {
        signatures.clear();
      }
      signatures.set(text, signature);
    }
    return signature;
  }

  /**
   * Names that the model does not have come from Python too: the engine says so.
   *
   * @param {Session} session
   * @param {string[]} names
   */
  function namePointers(session, names) {
    return stackPointers(names.map((name) => session.names.get(name) ?? stackString(name)));
  }

  /**
   * @param {number} elementType
   * @param {number[]} shape
   * @param {number} data
   * @param {number} size
   */
  function wrapTensor(elementType, shape, data, size) {
    const dims = stackPointers(shape);
    return made(ort._OrtCreateTensor(elementType, data, size, dims, shape.length, CPU));
  }

  /**
   * @param {number} tensor
   * @returns {Output}
   */
  function readOutput(tensor) {
    const type = ort.stackAlloc(4 * POINTER);
    const data = type + POINTER;
    const dims = data + POINTER;
    const rank = dims + POINTER;
    if (ort._OrtGetTensorData(tensor, type, data, dims, rank) !== 0) {
      return { tensor, type: 0, shape: [], data: 0 }; // a sequence, a map or nothing
    }
    const sizes = pointerAt(dims);
    const shape = Array.from({ length: integerAt(rank) }, (_, axis) => integerAt(sizes + axis * POINTER));
    ort._OrtFree(sizes);
    return { tensor, type: integerAt(type), shape, data: pointerAt(data) };
  }

  /**
   * @param {Session} session
   * @param {string[]} names
   * @param {number[]} inputs tensors
   * @param {string[]} wanted
   * @param {number[]} outputs tensors to write into; 0: a new one
   * @param {string} optionsText a `RunOptions` as JSON; empty: the defaults
   * @returns {import("./onnxruntime_guard.js").Waiting<number[]>} the tensors of the outputs
   */
  function* runTensors(session, names, inputs, wanted, outputs, optionsText) {
    const results = stackPointers(outputs);
    const inputNames = namePointers(session, names);
    const outputNames = namePointers(session, wanted);
    const runOptions = optionsText ? options.createRunOptions(JSON.parse(optionsText)) : 0;
    ort.webnnOnRunStart?.(session.handle);
    try {
      const code = yield ort._OrtRun(
        session.handle,
        inputNames,
        stackPointers(inputs),
        inputs.length,
        outputNames,
        wanted.length,
        results,
        runOptions,
      );
      check(code);
    } catch (error) {
      ort.takeDeviceFailure?.(); // the next run has nothing to do with it
      throw error;
    } finally {
      ort.webnnOnRunEnd?.(session.handle);
      if (runOptions) {
        ort._OrtReleaseRunOptions(runOptions);
      }
    }
    const tensors = wanted.map((_, index) => pointerAt(results + index * POINTER) >>> 0);
    checkDevice(ort, tensors, outputs);
    return tensors;
  }

  /** @param {Run} run */
  function release({ data, inputs, outputs }) {
    for (const tensor of inputs) {
      if (tensor) {
        ort._OrtReleaseTensor(tensor);
      }
    }
    for (const pointer of data) {
      if (pointer) {
        ort._free(pointer);
      }
    }
    for (const output of outputs) {
      ort._OrtReleaseTensor(output.tensor);
      if (output.type === STRING) {
        ort._free(output.data); // a table that was made for us
      }
    }
  }

  const models = createSessionCalls({
    ort,
    memory,
    options,
    loaded,
    buffers,
    sessions,
    viewFile,
  });
  const { leave } = models;
  const values = createValueCalls({
    ort,
    memory,
    strings,
    sessions,
    leave,
    wrapTensor,
    readOutput,
    runTensors,
  });
  const calls = guardAll(ort, memory, waits, stopped, {
    ...models.calls,
    ...values.calls,

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
     * Makes room for the inputs.
     *
     * @param {number} session
     * @param {string} signatureText a `Signature` as JSON
     */
    openRun: (session, signatureText) => {
      const entry = sessions.get(session);
      const signature = signatureOf(entry, signatureText);
      /** @type {Run} */
      const run = { session: entry, signature, data: [], inputs: [], outputs: [] };
      try {
        for (const [, type, shape, size] of signature.inputs) {
          const data = type === STRING ? 0 : memory.allocateBytes(size);
          run.data.push(data);
          run.inputs.push(type === STRING ? 0 : wrapTensor(type, shape, data, size));
        }
      } catch (error) {
        release(run);
        throw error;
      }
      entry.users += 1;
      return runs.add(run);
    },

    /**
     * Dies when the heap grows: take it, use it, drop it.
     *
     * @param {number} run
     * @param {number} index
     */
    inputView: (run, index) => {
      const { data, signature } = runs.get(run);
      return memory.bytes(data[index], signature.inputs[index][3]);
    },

    /**
     * @param {number} run
     * @param {number} index
     * @param {string} text a JSON list, in C order
     */
    setInputStrings: (run, index, text) => {
      const { inputs, signature } = runs.get(run);
      const { block, size } = strings.write(JSON.parse(text));
      try {
        inputs[index] = wrapTensor(STRING, signature.inputs[index][2], block, size);
      } finally {
        ort._free(block); // the engine copies strings
      }
    },

    /**
     * @param {number} run
     * @param {string} optionsText a `RunOptions` as JSON; empty: the defaults
     * @returns {import("./onnxruntime_guard.js").Waiting<string>} element type and shape of each output: `"1:1,1,64,64;7:3"`; type 0 is no
     *   tensor
     */
    *execute(run, optionsText) {
      const entry = runs.get(run);
      const { session, signature, inputs } = entry;
      const names = signature.inputs.map(([name]) => name);
      const none = signature.outputs.map(() => 0);
      const tensors = yield* runTensors(session, names, inputs, signature.outputs, none, optionsText);
      entry.outputs = tensors.map(readOutput);
      return entry.outputs.map(({ type, shape }) => `${type}:${shape}`).join(";");
    },

    /**
     * Dies when the heap grows: take it, use it, drop it.
     *
     * @param {number} run
     * @param {number} index
     * @param {number} size in bytes
     */
    outputView: (run, index, size) => memory.bytes(runs.get(run).outputs[index].data, size),

    /**
     * @param {number} run
     * @param {number} index
     * @returns {string} a JSON list, in C order
     */
    outputStrings: (run, index) => {
      const { data, shape } = runs.get(run).outputs[index];
      const length = shape.reduce((product, size) => product * size, 1);
      return JSON.stringify(strings.read(data, length));
    },

    /** @param {number} run */
    closeRun: (run) => {
      const entry = runs.take(run);
      release(entry);
      leave(entry.session);
    },
  });

  return {
    ...calls,

    /**
     * @param {number} buffer holds the model
     * @param {string} optionsText a `SessionOptions` as JSON
     */
    createSession: (buffer, optionsText) => calls.createSession(buffer, optionsText, models.takeFiles()),

    /** The threads that every session computes with; 0 until the first one fixes them. */
    threadCount: models.threadCount,

    /** What Python has not given back yet. */
    liveCount: () => buffers.size + sessions.size + runs.size + values.valueCount() + models.fileCount(),
  };
}
