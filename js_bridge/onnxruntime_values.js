// Tensors that live in the engine's heap from one run to the next: `OrtValue` in Python.
//
// A value is a handle of the engine's and, if the bytes are ours, the block that they lie in. The
// engine may hand out a block again: a graph whose input is also an output returns the same bytes.
// So blocks are counted, and freed with the last value that shows them.

import { releaseNew } from "./onnxruntime_devices.js";
import { OnnxRuntimeError, Table } from "./onnxruntime_memory.js";

/** @typedef {import("./onnxruntime_session.js").Session} Session */
/** @typedef {import("./onnxruntime_calls.js").Output} Output */

/**
 * @typedef {object} Value
 * @property {number} tensor
 * @property {number} type the element type; 0: no tensor
 * @property {number[]} shape
 * @property {number} data where the bytes lie; 0 for strings, and for what is no tensor
 * @property {Block | null} block null: the engine owns the bytes
 * @property {number} users Python, and the run that has begun
 */

/**
 * @typedef {object} Block
 * @property {number} pointer
 * @property {number} users how many values show it
 */

/**
 * @typedef {object} Request
 * @property {[string, number][]} inputs names and values
 * @property {[string, number][]} outputs names, and the values to write into; 0: a new one
 */

const STRING = 8;
const INVALID_ARGUMENT = 2; // of `OrtErrorCode`
const LARGE_BLOCK = 2 ** 20; // is not found among the small free ones

/**
 * What the calls on values share with those on runs.
 *
 * @typedef {object} Engine
 * @property {import("./onnxruntime_memory.js").OrtModule} ort
 * @property {ReturnType<typeof import("./onnxruntime_memory.js").openMemory>} memory
 * @property {ReturnType<typeof import("./onnxruntime_strings.js").openStrings>} strings
 * @property {Table<Session>} sessions
 * @property {(session: Session) => void} leave
 * @property {(type: number, shape: number[], data: number, size: number) => number} wrapTensor
 * @property {(tensor: number) => Output} readOutput
 * @property {(session: Session, names: string[], inputs: number[], wanted: string[], outputs: number[], options: string) => import("./onnxruntime_guard.js").Waiting<number[]>} runTensors
 */

/** @param {Engine} engine */
export function createValueCalls({
  ort,
  memory,
  strings,
  sessions,
  leave,
  wrapTensor,
  readOutput,
  runTensors,
}) {
  /** @type {Table<Value>} */
  const values = new Table("value");

  /** @param {Omit<Value, "users">} value */
  function add(value) {
    if (value.block) {
      value.block.users++;
    }
    return values.add({ ...value, users: 1 });
  }

  /**
   * Python may release a value while a run with it waits for the device.
   *
   * @param {Value} value
   */
  function free(value) {
    value.users -= 1;
    if (value.users > 0) {
      return;
    }
    const { tensor, block } = value;
    ort._OrtReleaseTensor(tensor);
    if (block && --block.users === 0) {
      ort._free(block.pointer);
    }
  }

  /**
   * An output of a run: the block of the input whose bytes it shows, if it does.
   *
   * @param {number} tensor
   * @param {Value[]} inputs
   */
  function addOutput(tensor, inputs) {
    const { type, shape, data } = readOutput(tensor);
    if (type === STRING) {
      ort._free(data); // a table that was made for us
      return add({ tensor, type, shape, data: 0, block: null });
    }
    const shown = data ? inputs.find((input) => input.data === data) : undefined;
    return add({ tensor, type, shape, data, block: shown?.block ?? null });
  }

  /**
   * @param {number} id
   * @param {Value | null} given what has the number, if Python may have released it by now
   */
  function describe(id, given) {
    const { type, shape } = given ?? values.get(id);
    return `${id}=${type}:${shape}`;
  }

  const calls = {
    /**
     * @param {number} elementType
     * @param {string} shapeText a JSON list
     * @param {number} size in bytes
     */
    createValue: (elementType, shapeText, size) => {
      /** @type {number[]} */
      const shape = JSON.parse(shapeText);
      const data = memory.allocateBytes(size);
      try {
        const tensor = wrapTensor(elementType, shape, data, size);
        return add({ tensor, type: elementType, shape, data, block: { pointer: data, users: 0 } });
      } catch (error) {
        ort._free(data);
        throw error;
      }
    },

    /**
     * @param {string} shapeText a JSON list
     * @param {string} text a JSON list, in C order
     */
    createStringValue: (shapeText, text) => {
      /** @type {number[]} */
      const shape = JSON.parse(shapeText);
      const { block, size } = strings.write(JSON.parse(text));
      try {
        const tensor = wrapTensor(STRING, shape, block, size);
        return add({ tensor, type: STRING, shape, data: 0, block: null });
      } finally {
        ort._free(block); // the engine copies strings
      }
    },

    /**
     * Another value with the first bytes of one.
     *
     * @param {number} value
     * @param {number} elementType
     * @param {string} shapeText a JSON list
     * @param {number} size in bytes
     */
    sliceValue: (value, elementType, shapeText, size) => {
      const { data, block } = values.get(value);
      if (!block) {
        throw new OnnxRuntimeError(INVALID_ARGUMENT, "the engine owns the bytes of this value");
      }
      /** @type {number[]} */
      const shape = JSON.parse(shapeText);
      return add({
        tensor: wrapTensor(elementType, shape, data, size),
        type: elementType,
        shape,
        data,
        block,
      });
    },

    /**
     * Dies when the heap grows: take it, use it, drop it.
     *
     * @param {number} value
     * @param {number} size in bytes
     */
    valueView: (value, size) => memory.bytes(values.get(value).data, size),

    /**
     * @param {number} value
     * @returns {string} a JSON list, in C order
     */
    valueStrings: (value) => {
      const { data, shape } = readOutput(values.get(value).tensor);
      try {
        const length = shape.reduce((product, size) => product * size, 1);
        return JSON.stringify(strings.read(data, length));
      } finally {
        ort._free(data);
      }
    },

    /** @param {number} value */
    valueAddress: (value) => values.get(value).data,

    /**
     * Runs a model on values. What is given for an output is written into, where it lies.
     *
     * @param {number} session
     * @param {string} requestText a `Request` as JSON
     * @param {string} optionsText a `RunOptions` as JSON; empty: the defaults
     * @returns {import("./onnxruntime_guard.js").Waiting<string>} of each output: value, element type and shape, `"7=1:1,64;8=7:3"`
     */
    *runValues(session, requestText, optionsText) {
      /** @type {Request} */
      const request = JSON.parse(requestText);
      const inputs = request.inputs.map(([, id]) => values.get(id));
      const outputs = request.outputs.map(([, id]) => (id ? values.get(id) : null));
      const entry = sessions.get(session);
      const used = [...inputs, ...outputs.filter((value) => value !== null)];
      for (const user of [entry, ...used]) {
        user.users += 1;
      }
      try {
        const given = outputs.map((value) => value?.tensor ?? 0);
        const tensors = yield* runTensors(
          entry,
          request.inputs.map(([name]) => name),
          inputs.map(({ tensor }) => tensor),
          request.outputs.map(([name]) => name),
          given,
          optionsText,
        );
        const wrong = tensors.findIndex((tensor, index) => given[index] && tensor !== given[index]);
        if (wrong !== -1) {
          releaseNew(ort, tensors, given);
          const message = `the engine did not write into the output ${request.outputs[wrong][0]}`;
          throw new OnnxRuntimeError(INVALID_ARGUMENT, message);
        }
        return tensors
          .map((tensor, index) => {
            const id = request.outputs[index][1];
            return describe(id || addOutput(tensor, inputs), outputs[index]);
          })
          .join(";");
      } finally {
        used.forEach(free);
        leave(entry);
      }
    },

    /** @param {number} value */
    releaseValue: (value) => free(values.take(value)),

    /** The size of the engine's memory, which never shrinks. */
    memorySize: () => memory.bytes(0, 0).buffer.byteLength,

    /** Where a large block of memory would begin: how far the heap is in use. */
    heapEnd: () => {
      const address = memory.allocateBytes(LARGE_BLOCK);
      ort._free(address);
      return address;
    },
  };
  return { calls, valueCount: () => values.size };
}
