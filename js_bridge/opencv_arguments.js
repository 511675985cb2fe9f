// The arguments of OpenCV's functions, out of the flat ones that cross from Python.

import { isSameArray } from "./numpy_arrays.js";

const MOMENTS = (
  "m00 m10 m01 m20 m11 m02 m30 m21 m12 m03 " +
  "mu20 mu11 mu02 mu30 mu21 mu12 mu03 nu20 nu11 nu02 nu30 nu21 nu12 nu03"
).split(" ");

/** @typedef {import("./opencv_regions.js").Region} Region */
/** @typedef {import("./numpy_arrays.js").ArrayHeader} ArrayHeader */

/**
 * What a call needs besides its layout: the engine, what to delete afterwards, what to report.
 *
 * @typedef {object} Call
 * @property {readonly any[]} flat
 * @property {number} next index of the next flat argument
 * @property {any[]} temporaries deleted when the call ends
 * @property {Output[]} outputs in C++ order
 * @property {readonly Region[]} [regions] the parts of its image that a drawing call can touch
 * @property {{ header: ArrayHeader, mat: any }[]} [read] arrays so far that are only read
 */

/**
 * @typedef {object} Output
 * @property {any} thing a Mat, a MatVector, or something to flatten
 * @property {Written[]} written the arrays that a Mat, or the elements of a MatVector, stand for
 */

/**
 * @typedef {object} Written
 * @property {number} array its id
 * @property {string} shape of its Mat before the call
 * @property {readonly Region[]} [regions] the parts that are copied, else all
 */

/**
 * @param {any} cv the loaded opencv.js module
 * @param {ReturnType<typeof import("./opencv_memory.js").createOpenCVMemory>} memory
 * @param {ReturnType<typeof import("./opencv_vectors.js").createVectorPacker>} vectors
 * @param {ReturnType<typeof import("./opencv_objects.js").createObjectTable>} objects
 */
export function createArgumentReader(cv, memory, vectors, objects) {
  const { absent, readArray, matOf, checkWritten, columnOf, bytesOfArray, shapeOf } = memory;

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
      case "-": // an absent Mat
        return absent;
      case "a": // an array that is only read
        call.next += 1;
        return readMat(call, readArray(flat[at]));
      case "d": // the same, its last axis not the channels
      case "l": // the same, its last axis the channels
        call.next += 1;
        return temporary(call, matOf(readArray(flat[at]), letter === "l"));
      case "k": // numbers that stand for an array, preceded by their count
        call.next += 1 + flat[at];
        return temporary(call, columnOf(flat.slice(at + 1, call.next)));
      case "w": // an array that is written to
        call.next += 1;
        return written(call, flat[at]);
      case "v": // arrays that are only read, preceded by their count; 0 for an absent one
      case "u": // the same, their last axes never the channels
        call.next += 1 + flat[at];
        return vectorOf(call, flat.slice(at + 1, call.next), letter === "u");
      case "y": // arrays that are written to, preceded by their count
        call.next += 1 + flat[at];
        return writtenVector(call, flat.slice(at + 1, call.next));
      case "n": // a number
      case "b": // a boolean
      case "s": // a string
        call.next += 1;
        return flat[at];
      case "e": // a value of an enumeration class
        call.next += 1;
        return { value: flat[at] };
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
        return put(call, {});
      case "z":
        call.next += 2;
        return { width: flat[at], height: flat[at + 1] };
      case "p":
        call.next += 2;
        return { x: flat[at], y: flat[at + 1] };
      case "q":
        call.next += 3;
        return { x: flat[at], y: flat[at + 1], z: flat[at + 2] };
      case "h":
        call.next += 7;
        return keyPoint(flat.slice(at, call.next));
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
      case "O": // an object
        call.next += 1;
        return objects.lookUp(flat[at]);
      case "A": // objects, preceded by their count
        call.next += 1 + flat[at];
        return flat.slice(at + 1, call.next).map(objects.lookUp);
      case "W": // lists of arrays, preceded by their count, each by its own
        return listsOf(call);
      case "P": // structures that are only read: their vector's class, an array of bytes, counts
      case "U": {
        // the same, written to
        call.next += 3 + flat[at + 2];
        const counts = flat.slice(at + 3, call.next);
        const vector = vectors.make(flat[at], bytesOfArray(flat[at + 1]), counts);
        return letter === "U" ? output(call, vector) : temporary(call, vector);
      }
      case "K": // a new vector of this class
        call.next += 1;
        return output(call, new cv[flat[at]]());
      case "S": // strings, preceded by their count
        call.next += 1 + flat[at];
        return flat.slice(at + 1, call.next);
      case "B": // bytes: an array
        call.next += 1;
        return bytesOfArray(flat[at]);
      default:
        throw new Error(`layout letter ${letter} is unknown`);
    }
  }

  /** @param {readonly number[]} numbers */
  function keyPoint([x, y, size, angle, response, octave, id]) {
    return { pt: { x, y }, size, angle, response, octave, class_id: id };
  }

  /**
   * @param {Call} call
   * @param {any} thing deleted when the call ends
   */
  function temporary(call, thing) {
    call.temporaries.push(thing);
    return thing;
  }

  /**
   * @param {Call} call
   * @param {any} thing
   * @param {Written[]} [written]
   */
  function put(call, thing, written = []) {
    call.outputs.push({ thing, written });
    return thing;
  }

  /**
   * @param {Call} call
   * @param {any} thing
   */
  function output(call, thing) {
    return put(call, temporary(call, thing));
  }

  /**
   * An array that is given twice, as in `bitwise_and(image, image, mask=mask)`, crosses once.
   *
   * @param {Call} call
   * @param {ArrayHeader} header
   */
  function readMat(call, header) {
    const same = call.read?.find((other) => isSameArray(other.header, header));
    if (same) {
      return same.mat;
    }
    const mat = temporary(call, matOf(header));
    call.read = [...(call.read ?? []), { header, mat }];
    return mat;
  }

  /**
   * @param {Call} call
   * @param {number} array
   */
  function written(call, array) {
    const { regions } = call;
    const header = readArray(array);
    checkWritten(header);
    const mat = temporary(call, matOf(header, undefined, regions));
    return put(call, mat, [{ array, shape: shapeOf(mat), regions }]);
  }

  /**
   * @param {Call} call
   * @param {readonly number[]} ids
   * @param {boolean} nd
   */
  function vectorOf(call, ids, nd) {
    const vector = temporary(call, new cv.MatVector());
    for (const id of ids) {
      push(vector, id === 0 ? new cv.Mat() : matOf(readArray(id), nd ? false : undefined));
    }
    return vector;
  }

  /** @param {Call} call */
  function listsOf(call) {
    const { flat } = call;
    const vectors = [];
    let at = call.next + 1;
    for (let i = 0; i < flat[call.next]; i += 1) {
      const end = at + 1 + flat[at];
      vectors.push(vectorOf(call, flat.slice(at + 1, end), false));
      at = end;
    }
    call.next = at;
    return vectors;
  }

  /**
   * @param {Call} call
   * @param {readonly number[]} ids
   */
  function writtenVector(call, ids) {
    const vector = temporary(call, new cv.MatVector());
    const written = [];
    for (const array of ids) {
      const header = readArray(array);
      checkWritten(header);
      const mat = matOf(header);
      written.push({ array, shape: shapeOf(mat) });
      push(vector, mat);
    }
    return put(call, vector, written);
  }

  /**
   * @param {any} vector
   * @param {any} mat shared with the vector
   */
  function push(vector, mat) {
    try {
      vector.push_back(mat);
    } finally {
      mat.delete();
    }
  }

  return take;
}
