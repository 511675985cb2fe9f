// opencv.js as Python calls it: OpenCVEngine of pyinfer/browser/bridge/contract.py.
//
// Only numbers and strings cross. An array crosses as its id(), and its elements are copied from heap to
// heap. A call is one crossing: a layout string says how the flat arguments make up OpenCV's own, and the
// answer is one string with every result but the elements of arrays: when Python has made room for
// these it fetches them, in a second crossing.
//
// No failure of the engine is thrown: what fails returns undefined or false and leaves the reason in
// failure(): an exception would reach Python as a proxy of a JavaScript Error.

import { createArrayReader } from "./numpy_arrays.js";
import { createArgumentReader } from "./opencv_arguments.js";
import { createOpenCVMemory } from "./opencv_memory.js";
import { createObjectTable } from "./opencv_objects.js";
import { createRegionFinder } from "./opencv_regions.js";
import { suppress } from "./opencv_suppression.js";
import { createVectorPacker } from "./opencv_vectors.js";
import { shareFiles } from "./shared_files.js";

/** Separates the results of one call; occurs in no number, and in no text as JSON has it. */
const SEPARATOR = "\u001f";

const LARGE_BLOCK = 1 << 24;

/**
 * What Python's functions are built on and opencv.js does not have.
 *
 * @type {Record<string, (...args: any[]) => unknown>}
 */
const ADDITIONS = { suppress };

/** What stands for an output whose array already has what OpenCV wrote. */
const WRITTEN = "=";

/**
 * @param {any} cv the loaded opencv.js module
 * @param {WebAssembly.Global} stackPointer opencv.js's stack pointer. A C++ exception unwinds
 *     without moving it back, so that the 64 KB stack would be used up after some hundred throws.
 * @param {any} pyodide
 * @param {number} [firstObject] where the numbers of this library's objects begin, see opencv_parts.js
 */
export function createOpenCVCalls(cv, stackPointer, pyodide, firstObject = 0) {
  const arrays = createArrayReader(pyodide);
  const memory = createOpenCVMemory(cv, arrays);
  const { setElementTypes, copyToArray, deleteAfterThrow, shapeOf, describeError } = memory;
  const vectors = createVectorPacker(cv, memory.heap);
  const objects = createObjectTable(cv, vectors, firstObject);
  const take = createArgumentReader(cv, memory, vectors, objects);
  const regionsOf = createRegionFinder(arrays);
  shareFiles(cv, pyodide.FS, memory.heap);
  let reason = "";

  /**
   * The Mats that the last call left for Python to fetch.
   *
   * @type {any[]}
   */
  const pending = [];

  /**
   * The first of the next call's flat arguments.
   *
   * @type {any[]}
   */
  let staged = [];

  /** @param {any[]} things */
  function deleteAll(things) {
    for (const thing of things) {
      thing.delete();
    }
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
   * A Mat's form; with elements, Python is to fetch it.
   *
   * @param {any} mat
   */
  function leave(mat) {
    const shape = shapeOf(mat);
    if (shape === "") {
      mat.delete();
    } else {
      pending.push(mat);
    }
    return shape;
  }

  /** @param {any} vector a MatVector: `count;shape;shape...` */
  function leaveElements(vector) {
    const parts = [String(vector.size())];
    for (let i = 0; i < vector.size(); i += 1) {
      parts.push(leave(vector.get(i)));
    }
    return parts.join(";");
  }

  /**
   * One output as text.
   *
   * @param {import("./opencv_arguments.js").Call} call
   * @param {import("./opencv_arguments.js").Output} output
   */
  function report(call, { thing, written }) {
    if (thing instanceof cv.Mat) {
      if (written.length) {
        const [{ array, shape, regions }] = written;
        if (shapeOf(thing) === shape) {
          copyToArray(thing, array, regions);
          return WRITTEN;
        }
      }
      call.temporaries.splice(call.temporaries.indexOf(thing), 1);
      return leave(thing);
    }
    if (thing instanceof cv.MatVector) {
      return written.length && wroteInPlace(thing, written) ? WRITTEN : leaveElements(thing);
    }
    return describe(call, thing.value?.$$ ? thing.value : thing);
  }

  /**
   * Whether OpenCV wrote to the elements as they were; then they are copied to their arrays.
   *
   * @param {any} vector
   * @param {import("./opencv_arguments.js").Written[]} written
   */
  function wroteInPlace(vector, written) {
    /** @type {any[]} */
    const elements = [];
    try {
      for (let i = 0; i < vector.size(); i += 1) {
        elements.push(vector.get(i));
      }
      const same =
        elements.length === written.length && elements.every((mat, i) => shapeOf(mat) === written[i].shape);
      if (same) {
        written.forEach(({ array }, i) => {
          copyToArray(elements[i], array);
        });
      }
      return same;
    } finally {
      deleteAll(elements);
    }
  }

  /**
   * What a function returned, as text: a Mat as `type,sizes...`, a MatVector as `count;shape;shape...`,
   * an object as its identifier, several as theirs, text as JSON, numbers and structures of numbers as numbers.
   *
   * @param {import("./opencv_arguments.js").Call} call
   * @param {any} value
   */
  function describe(call, value) {
    if (typeof value === "string") {
      return JSON.stringify(value);
    }
    if (value === null) {
      return ""; // a shared pointer to nothing
    }
    if (typeof value !== "object") {
      return Object.is(value, -0) ? "-0" : String(Number(value));
    }
    if (value instanceof cv.Mat) {
      return leave(value);
    }
    if (value instanceof cv.MatVector) {
      call.temporaries.push(value);
      return leaveElements(value);
    }
    if (value.$$ === undefined) {
      return flatten(value).join();
    }
    if (typeof value.size !== "function") {
      return String(objects.register(value));
    }
    if (!call.temporaries.includes(value)) {
      call.temporaries.push(value);
    }
    const packed = vectors.pack(value);
    if (packed) {
      return [packed.counts?.join(), leave(packed.mat)].filter((part) => part !== undefined).join(";");
    }
    if (value instanceof cv.StringVector) {
      return JSON.stringify(Array.from({ length: value.size() }, (_, i) => value.get(i)));
    }
    const numbers = [];
    for (let i = 0; i < value.size(); i += 1) {
      numbers.push(...flatten(value.get(i)));
    }
    return numbers.join();
  }

  /**
   * @param {any} value
   * @returns {number[]}
   */
  function flatten(value) {
    if (typeof value !== "object") {
      return [Number(value)];
    }
    if (value.$$ !== undefined) {
      return [objects.register(value)];
    }
    // A value of an enumeration hides its number from Object.values().
    return typeof value.value === "number" ? [value.value] : Object.values(value).flatMap(flatten);
  }

  return {
    /** The names of all functions of this build, separated by spaces. */
    functions() {
      return Object.keys(cv)
        .filter((name) => typeof cv[name] === "function")
        .join(" ");
    },

    /**
     * Whether a function comes with what is not loaded yet: see opencv_parts.js.
     *
     * @param {string} _name
     */
    isLater: (_name) => false,

    /**
     * Tells what element types there are.
     *
     * @param {string} elementTypes JSON, see opencv_memory.js
     * @param {number} probe the id of an ndarray
     * @returns {string} JSON: the array's header, as read here. Were it wrong, every call would be.
     */
    prepare(elementTypes, probe) {
      setElementTypes(JSON.parse(elementTypes));
      return JSON.stringify(arrays.read(probe));
    },

    /**
     * The methods, properties and static methods of a class, separated by spaces.
     *
     * @param {string} name of the class
     */
    members(name) {
      return objects.membersOf(name).join(" ");
    },

    /**
     * Takes the first of the next call's flat arguments: JavaScript passes tens of thousands at most.
     *
     * @param {...any} flat
     */
    stage(...flat) {
      staged.push(...flat);
    },

    /**
     * Calls an OpenCV function, constructor or method; reads or writes a property.
     *
     * @param {string} name as opencv.js has it, see opencv_objects.js
     * @param {string} layout a letter for each of its arguments, see opencv_arguments.js
     * @param {...any} rest the flat arguments, without those that were staged
     * @returns {string | undefined} the returned value, then every output, in C++ order
     */
    call(name, layout, ...rest) {
      const flat = staged.length ? [...staged, ...rest] : rest;
      staged = [];
      /** @type {import("./opencv_arguments.js").Call} */
      const call = { flat, next: 0, temporaries: [], outputs: [] };
      deleteAll(pending.splice(0));
      let mayBeKept = false;
      const result = guarded(undefined, () => {
        cv.FS.currentPath = pyodide.FS.cwd();
        call.regions = regionsOf(name, layout, flat);
        const args = [];
        for (let at = 0; at < layout.length; at += 1) {
          if (layout[at] === "X") {
            at += 1; // what the next letter says, in an object that the function sets anew
            const holder = { value: take(layout[at], call) };
            call.outputs.push({ thing: holder, written: [] });
            args.push(holder);
          } else {
            args.push(take(layout[at], call));
          }
        }
        const called = cv[name] ?? ADDITIONS[name];
        mayBeKept = !called && call.outputs.length === 0; // a method that gives nothing is there to keep something
        const returned = called ? called(...args) : objects.invoke(name, args);
        const results = returned === undefined ? [] : [describe(call, returned)];
        for (const output of call.outputs) {
          results.push(report(call, output));
        }
        return results.join(SEPARATOR);
      });
      if (result === undefined) {
        deleteAll(pending.splice(0));
        for (const thing of call.temporaries) {
          deleteAfterThrow(thing, mayBeKept);
        }
      } else {
        deleteAll(call.temporaries);
      }
      return result;
    },

    /**
     * Copies what the last call left, Mat by Mat, each to an array of its form: once. As many as there are
     * arrays; the others are for the next fetch.
     *
     * @param {...number} ids of the arrays
     */
    fetch(...ids) {
      const mats = pending.splice(0, ids.length);
      const done = guarded(false, () => {
        ids.forEach((id, i) => {
          copyToArray(mats[i], id);
        });
        return true;
      });
      deleteAll(mats);
      return done;
    },

    /** @param {...number} ids of objects that Python needs no more */
    release(...ids) {
      objects.release(ids);
    },

    /** Why the last call failed, as JSON. */
    failure() {
      return reason;
    },

    /** Where a large block of memory would begin: how far the heap is in use, in bytes. */
    heapEnd() {
      const address = /** @type {number} */ (cv._malloc(LARGE_BLOCK));
      cv._free(address);
      return address;
    },

    /** How many Mats there are that Python has not fetched, and objects that it has not released. */
    liveCount() {
      return pending.length + objects.count();
    },
  };
}
