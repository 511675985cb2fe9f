// opencv.js as Python calls it: OpenCVEngine of pyinfer/browser/bridge/contract.py.
//
// Numbers, strings and byte views cross, nothing else: a Mat stays here in a table and Python
// knows it by an integer. A call is one crossing: a layout string says how the flat arguments
// make up OpenCV's own, and the answer is one string that holds every result.
//
// Nothing here throws. What fails returns 0 or undefined and leaves the reason in failure():
// an exception would reach Python as a proxy of a JavaScript Error.

/** Separates the results of one call; occurs in no number and in no text that OpenCV returns. */
const SEPARATOR = "\u001f";

// Where a cv::Mat of OpenCV 5 keeps what, in 32-bit words (wasm32, mat.hpp). opencv.js itself can
// only tell the shape through a JavaScript array made element by element.
const MAT_FLAGS = 0;
const MAT_DIMS = 1;
const MAT_ROWS = 2;
const MAT_COLS = 3;
const MAT_DATA = 5;
const MAT_SHAPE_DIMS = 11;
const MAT_SHAPE = 14;
const MAT_STEP = 24;
const MAT_WORDS = 34;
const TYPE_MASK = 0xfff;
const CONTINUOUS = 1 << 14;

// Where the exception's std::type_info pointer lies, in bytes before the thrown pointer, and the
// name's pointer within it (Itanium C++ ABI as Emscripten lays it out).
const EXCEPTION_TYPE = 20;
const TYPE_NAME = 4;

/** Beyond this OpenCV's 32-bit sizes wrap around silently; the heap ends at 1 GiB anyway. */
const LARGEST_MAT = 2 ** 31 - 1;

const MOMENTS = (
  "m00 m10 m01 m20 m11 m02 m30 m21 m12 m03 " +
  "mu20 mu11 mu02 mu30 mu21 mu12 mu03 nu20 nu11 nu02 nu30 nu21 nu12 nu03"
).split(" ");

/** A matrix that no 32-bit heap can hold. OpenCV would compute its size modulo 2**32. */
class OutOfMemory extends Error {
  /** @param {number} size in bytes */
  constructor(size) {
    super(`no room for ${size} bytes`);
    this.size = size;
  }
}

/**
 * What a call needs besides its layout: the engine, the table, what to delete afterwards, what
 * to report.
 *
 * @typedef {object} Call
 * @property {readonly any[]} flat
 * @property {number} next index of the next flat argument
 * @property {any[]} temporaries deleted when the call ends
 * @property {any[]} outputs in C++ order: a Mat or MatVector by its id, or something to flatten
 * @property {any[]} created Mats and MatVectors made for this call, deleted should it fail
 */

/**
 * @param {any} cv the loaded opencv.js module
 * @param {WebAssembly.Global} stackPointer opencv.js's stack pointer. A C++ exception unwinds
 *     without moving it back, so that the 64 KB stack would be used up after some hundred throws.
 */
export function createOpenCVCalls(cv, stackPointer) {
  /** @type {Map<number, any>} */
  const table = new Map();
  /** One Mat stands for every absent input; no engine function writes to it. */
  const absent = new cv.Mat();
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

  /** @type {ArrayBuffer} */
  let buffer = absent.data.buffer;

  /** The heap. When it grows its buffer is detached, and another takes its place. */
  function heap() {
    if (buffer.byteLength === 0) {
      buffer = absent.data.buffer;
    }
    return buffer;
  }

  /** @param {any} mat */
  const headerOf = (mat) => new Int32Array(heap(), mat.$$.ptr, MAT_WORDS);

  /** @param {number} address */
  function readString(address) {
    const bytes = new Uint8Array(heap());
    let end = address;
    while (bytes[end]) {
      end += 1;
    }
    return new TextDecoder().decode(bytes.subarray(address, end));
  }

  /**
   * A thrown number points at a C++ exception object.
   *
   * @param {number} pointer
   */
  function describeThrown(pointer) {
    const words = new DataView(heap());
    const type = words.getUint32(pointer - EXCEPTION_TYPE, true);
    const name = readString(words.getUint32(type + TYPE_NAME, true));
    if (name !== "N2cv9ExceptionE") {
      return { kind: "std", msg: name };
    }
    const { code, msg } = cv.exceptionFromPtr(pointer);
    return { kind: "opencv", code: code.value ?? code, msg };
  }

  /** @param {unknown} error */
  function describeError(error) {
    if (typeof error === "number") {
      return describeThrown(error);
    }
    if (error instanceof OutOfMemory) {
      return { kind: "memory", size: error.size };
    }
    const { name, message } = /** @type {Error} */ (error);
    return { kind: name, msg: message.split(" - expects one of")[0] };
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
   * opencv.js can make matrices of two dimensions only. For others the header of a two-dimensional
   * one with as many elements is rewritten.
   *
   * @param {number} type
   * @param {number[]} sizes
   */
  function newMat(type, sizes) {
    const elementSize = elementSizeOf(type);
    const total = sizes.reduce((product, size) => product * size, 1);
    if (total * elementSize > LARGEST_MAT) {
      throw new OutOfMemory(total * elementSize);
    }
    if (sizes.length === 2) {
      return new cv.Mat(sizes[0], sizes[1], type);
    }
    const mat = new cv.Mat(1, total, type);
    const header = headerOf(mat);
    header[MAT_DIMS] = sizes.length;
    header[MAT_SHAPE_DIMS] = sizes.length;
    header[MAT_ROWS] = sizes.length > 2 ? -1 : 1;
    header[MAT_COLS] = sizes.length > 2 ? -1 : total;
    let step = elementSize;
    for (let i = sizes.length - 1; i >= 0; i--) {
      header[MAT_SHAPE + i] = sizes[i];
      header[MAT_STEP + i] = step;
      step *= sizes[i];
    }
    return mat;
  }

  /** @type {Map<number, number>} */
  const elementSizes = new Map();

  /** @param {number} type */
  function elementSizeOf(type) {
    let size = elementSizes.get(type);
    if (size === undefined) {
      const probe = new cv.Mat(1, 1, type);
      size = /** @type {number} */ (probe.elemSize());
      probe.delete();
      elementSizes.set(type, size);
    }
    return size;
  }

  /** @param {any} mat `type,size,size,...`, or nothing if it holds no data */
  function shapeOf(mat) {
    const header = headerOf(mat);
    if (header[MAT_DATA] === 0) {
      return "";
    }
    let shape = String(header[MAT_FLAGS] & TYPE_MASK);
    for (let i = 0; i < header[MAT_DIMS]; i++) {
      shape += `,${header[MAT_SHAPE + i]}`;
    }
    return shape;
  }

  /**
   * @param {any} mat
   * @returns {Uint8Array}
   */
  function bytesOf(mat) {
    const header = headerOf(mat);
    let size = header[MAT_DATA] === 0 ? 0 : elementSizeOf(header[MAT_FLAGS] & TYPE_MASK);
    for (let i = 0; i < header[MAT_DIMS]; i++) {
      size *= header[MAT_SHAPE + i];
    }
    return new Uint8Array(heap(), header[MAT_DATA], size);
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
      visit(bytesOf(mat));
      mat.delete();
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

  /**
   * Takes one argument of OpenCV's off the flat ones.
   *
   * @param {string} letter
   * @param {Call} call
   */
  function take(letter, call) {
    const { flat } = call;
    const at = call.next;
    switch (letter) {
      case "m": // a Mat that is only read; 0 if absent
        call.next += 1;
        return flat[at] === 0 ? absent : lookUp(flat[at]);
      case "v": // a MatVector that is only read
        call.next += 1;
        return lookUp(flat[at]);
      case "n": // a number
      case "b": // a boolean
      case "s": // a string
        call.next += 1;
        return flat[at];
      case "e": // a value of an enumeration class
        call.next += 1;
        return { value: flat[at] };
      case "w": // a Mat or MatVector that is written to
        call.next += 1;
        call.outputs.push(flat[at]);
        return lookUp(flat[at]);
      case "o": // a new Mat
        return output(call, new cv.Mat());
      case "V": // a new MatVector
        return output(call, new cv.MatVector());
      case "I":
        return output(call, new cv.IntVector());
      case "F":
        return output(call, new cv.FloatVector());
      case "D":
        return output(call, new cv.DoubleVector());
      case "Q":
        return output(call, new cv.PointVector());
      case "x": // an object whose fields the function sets
        call.outputs.push({});
        return call.outputs.at(-1);
      case "z":
        call.next += 2;
        return { width: flat[at], height: flat[at + 1] };
      case "p":
        call.next += 2;
        return { x: flat[at], y: flat[at + 1] };
      case "g":
        call.next += 2;
        return { start: flat[at], end: flat[at + 1] };
      case "r":
        call.next += 4;
        return { x: flat[at], y: flat[at + 1], width: flat[at + 2], height: flat[at + 3] };
      case "c":
        call.next += 4;
        return [flat[at], flat[at + 1], flat[at + 2], flat[at + 3]];
      case "t":
        call.next += 3;
        return { type: flat[at], maxCount: flat[at + 1], epsilon: flat[at + 2] };
      case "R":
        call.next += 5;
        return {
          center: { x: flat[at], y: flat[at + 1] },
          size: { width: flat[at + 2], height: flat[at + 3] },
          angle: flat[at + 4],
        };
      case "M":
        call.next += MOMENTS.length;
        return Object.fromEntries(MOMENTS.map((name, i) => [name, flat[at + i]]));
      case "i": // a list of numbers, preceded by its length
        call.next += 1 + flat[at];
        return flat.slice(at + 1, at + 1 + flat[at]);
      default:
        throw new Error(`layout letter ${letter} is unknown`);
    }
  }

  /**
   * @param {Call} call
   * @param {any} thing
   */
  function output(call, thing) {
    call.created.push(thing);
    call.outputs.push(thing);
    return thing;
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
     * @returns {Uint8Array}
     */
    bytes(id) {
      const mat = lookUp(id);
      if (headerOf(mat)[MAT_FLAGS] & CONTINUOUS) {
        return bytesOf(mat);
      }
      const copy = mat.mat_clone();
      mat.delete();
      table.set(id, copy);
      return bytesOf(copy);
    },

    /**
     * A MatVector of the given Mats, which it shares.
     *
     * @param {...number} ids
     */
    vector(...ids) {
      return guarded(0, () => {
        const vector = new cv.MatVector();
        for (const id of ids) {
          vector.push_back(lookUp(id));
        }
        return register(vector);
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
      return guarded(0, () => {
        const vector = new cv.MatVector();
        let offset = 0;
        for (const shape of shapes.split(";")) {
          const [type, ...sizes] = shape.split(",").map(Number);
          const mat = newMat(type, sizes);
          const bytes = bytesOf(mat);
          bytes.set(staged.subarray(offset, offset + bytes.length));
          offset += bytes.length;
          vector.push_back(mat);
          mat.delete();
        }
        staged = new Uint8Array();
        return register(vector);
      });
    },

    /**
     * The elements of a MatVector, one behind the other.
     *
     * @param {number} id
     * @returns {Uint8Array}
     */
    pack(id) {
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
    },

    /**
     * One element of a MatVector.
     *
     * @param {number} id
     * @param {number} index
     */
    element(id, index) {
      return register(lookUp(id).get(index));
    },

    /**
     * Calls an OpenCV function.
     *
     * @param {string} name as opencv.js has it
     * @param {string} layout a letter for each of its arguments, see take()
     * @param {...any} flat
     * @returns {string | undefined} the returned value, then every output, in C++ order
     */
    call(name, layout, ...flat) {
      /** @type {Call} */
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
