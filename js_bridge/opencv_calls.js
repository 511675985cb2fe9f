// opencv.js as Python calls it: OpenCVEngine of pyinfer/browser/bridge/contract.py.
//
// Numbers, strings and byte views cross, nothing else: a Mat stays here in a table and Python
// knows it by an integer. A call is one crossing: a layout string says how the flat arguments
// make up OpenCV's own, and the answer is one string that holds every result.
//
// No failure of the engine is thrown: what fails returns 0 or undefined and leaves the reason in failure():
// an exception would reach Python as a proxy of a JavaScript Error.

import { createArgumentReader } from "./opencv_arguments.js";
import { createOpenCVMemory } from "./opencv_memory.js";

/** Separates the results of one call; occurs in no number and in no text that OpenCV returns. */
const SEPARATOR = "\u001f";

/**
 * @param {any} cv the loaded opencv.js module
 * @param {WebAssembly.Global} stackPointer opencv.js's stack pointer. A C++ exception unwinds
 *     without moving it back, so that the 64 KB stack would be used up after some hundred throws.
 */
export function createOpenCVCalls(cv, stackPointer) {
  /** @type {Map<number, any>} */
  const table = new Map();
  const { absent, newMat, shapeOf, bytesOf, isContinuous, describeError } = createOpenCVMemory(cv);
  const take = createArgumentReader(cv, absent, lookUp);
  let lastId = 0;
  let reason = "";
  /** @type {Uint8Array} */
  let staged = new Uint8Array();

  /** @param {any} thing */
  function register(thing) {
    lastId += 1;
    table.set(lastId, thing);
    return lastId;
  }

  /** @param {number} id */
  function lookUp(id) {
    const thing = table.get(id);
    if (thing === undefined) {
      throw new Error(`no Mat ${id}: it was released already`);
    }
    return thing;
  }

  /**
   * Runs `work`; a failure becomes `nothing`, and its reason what failure() returns.
   *
   * @template T
   * @param {T} nothing
   * @param {() => T} work
   * @returns {T}
   */
  function guarded(nothing, work) {
    const stack = stackPointer.value;
    try {
      return work();
    } catch (error) {
      stackPointer.value = stack;
      reason = JSON.stringify(describeError(error));
      return nothing;
    }
  }

  /**
   * Registers a new MatVector; should `fill` fail, nothing of it stays in the heap.
   *
   * @param {(vector: any) => void} fill
   * @returns {number} 0 on failure
   */
  function registerVector(fill) {
    return guarded(0, () => {
      const vector = new cv.MatVector();
      try {
        fill(vector);
      } catch (error) {
        vector.delete();
        throw error;
      }
      return register(vector);
    });
  }

  /**
   * @param {number} id
   * @param {any} thing
   */
  function describeHeld(id, thing) {
    if (thing instanceof cv.Mat) {
      return `${id},${shapeOf(thing)}`;
    }
    const parts = [String(id)];
    for (let i = 0; i < thing.size(); i++) {
      const mat = thing.get(i);
      parts.push(shapeOf(mat));
      mat.delete();
    }
    return parts.join(";");
  }

  /**
   * Calls `visit` with the bytes of each element of a MatVector.
   *
   * @param {any} vector
   * @param {(bytes: Uint8Array) => void} visit
   */
  function eachElement(vector, visit) {
    for (let i = 0; i < vector.size(); i++) {
      const mat = vector.get(i);
      try {
        visit(bytesOf(mat));
      } finally {
        mat.delete();
      }
    }
  }

  /**
   * One result as text: a Mat as `id,type,sizes...`, a MatVector as `id;shape;shape...`, numbers
   * and structures of numbers as numbers.
   *
   * @param {any} value
   * @param {any[]} temporaries
   * @returns {string}
   */
  function describe(value, temporaries) {
    if (typeof value === "string") {
      return value;
    }
    if (typeof value !== "object") {
      return String(Number(value));
    }
    if (value instanceof cv.Mat || value instanceof cv.MatVector) {
      return describeHeld(register(value), value);
    }
    const numbers = [];
    if (typeof value.size === "function") {
      temporaries.push(value);
      for (let i = 0; i < value.size(); i++) {
        numbers.push(value.get(i));
      }
    } else {
      numbers.push(value);
    }
    return flatten(numbers).join();
  }

  /**
   * @param {any} value
   * @returns {number[]}
   */
  function flatten(value) {
    return typeof value === "object" ? Object.values(value).flatMap(flatten) : [Number(value)];
  }

  return {
    /** The names of all functions of this build, separated by spaces. */
    functions() {
      return Object.keys(cv)
        .filter((name) => typeof cv[name] === "function")
        .join(" ");
    },

    /**
     * A new Mat. Python numbers the Mats it makes below zero; those made here count upwards.
     *
     * @param {number} id
     * @param {number} type
     * @param {...number} sizes
     * @returns {Uint8Array | undefined} its bytes, undefined in value, until the next call;
     *     nothing if it could not be made
     */
    create(id, type, ...sizes) {
      return guarded(undefined, () => {
        const mat = newMat(type, sizes);
        table.set(id, mat);
        return bytesOf(mat);
      });
    },

    /**
     * The bytes of a Mat, until the next call.
     *
     * @param {number} id
     * @returns {Uint8Array | undefined} nothing on failure
     */
    bytes(id) {
      return guarded(undefined, () => {
        const mat = lookUp(id);
        if (isContinuous(mat)) {
          return bytesOf(mat);
        }
        const copy = mat.mat_clone();
        mat.delete();
        table.set(id, copy);
        return bytesOf(copy);
      });
    },

    /**
     * A MatVector of the given Mats, which it shares.
     *
     * @param {...number} ids
     */
    vector(...ids) {
      return registerVector((vector) => {
        for (const id of ids) {
          vector.push_back(lookUp(id));
        }
      });
    },

    /**
     * Room for the elements of a MatVector, one behind the other, for unpack() to take up.
     *
     * @param {number} size in bytes
     */
    stage(size) {
      staged = new Uint8Array(size);
      return staged;
    },

    /**
     * A MatVector whose elements are the staged bytes.
     *
     * @param {string} shapes `type,rows,columns;type,rows,columns;...`
     */
    unpack(shapes) {
      const elements = staged;
      staged = new Uint8Array();
      return registerVector((vector) => {
        let offset = 0;
        for (const shape of shapes.split(";")) {
          const [type, ...sizes] = shape.split(",").map(Number);
          const mat = newMat(type, sizes);
          try {
            const bytes = bytesOf(mat);
            bytes.set(elements.subarray(offset, offset + bytes.length));
            offset += bytes.length;
            vector.push_back(mat);
          } finally {
            mat.delete();
          }
        }
      });
    },

    /**
     * The elements of a MatVector, one behind the other.
     *
     * @param {number} id
     * @returns {Uint8Array | undefined} nothing on failure
     */
    pack(id) {
      return guarded(undefined, () => {
        const vector = lookUp(id);
        let size = 0;
        eachElement(vector, (bytes) => {
          size += bytes.length;
        });
        const packed = new Uint8Array(size);
        let offset = 0;
        eachElement(vector, (bytes) => {
          packed.set(bytes, offset);
          offset += bytes.length;
        });
        return packed;
      });
    },

    /**
     * One element of a MatVector.
     *
     * @param {number} id
     * @param {number} index
     * @returns {number} 0 on failure
     */
    element(id, index) {
      return guarded(0, () => register(lookUp(id).get(index)));
    },

    /**
     * Calls an OpenCV function.
     *
     * @param {string} name as opencv.js has it
     * @param {string} layout a letter for each of its arguments, see opencv_arguments.js
     * @param {...any} flat
     * @returns {string | undefined} the returned value, then every output, in C++ order
     */
    call(name, layout, ...flat) {
      /** @type {import("./opencv_arguments.js").Call} */
      const call = { flat, next: 0, temporaries: [], outputs: [], created: [] };
      const result = guarded(undefined, () => {
        const args = [];
        for (const letter of layout) {
          args.push(take(letter, call));
        }
        const returned = cv[name](...args);
        const results = returned === undefined ? [] : [describe(returned, call.temporaries)];
        for (const thing of call.outputs) {
          results.push(
            typeof thing === "number"
              ? describeHeld(thing, lookUp(thing))
              : describe(thing, call.temporaries),
          );
        }
        return results.join(SEPARATOR);
      });
      for (const thing of result === undefined ? call.created : call.temporaries) {
        thing.delete();
      }
      return result;
    },

    /** @param {...number} ids */
    release(...ids) {
      for (const id of ids) {
        lookUp(id).delete();
        table.delete(id);
      }
    },

    /** Why the last call failed, as JSON. */
    failure() {
      return reason;
    },

    /** How many Mats and MatVectors Python has not released. */
    liveCount() {
      return table.size;
    },
  };
}
