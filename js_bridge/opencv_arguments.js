// The arguments of OpenCV's functions, out of the flat ones that cross from Python.

const MOMENTS = (
  "m00 m10 m01 m20 m11 m02 m30 m21 m12 m03 " +
  "mu20 mu11 mu02 mu30 mu21 mu12 mu03 nu20 nu11 nu02 nu30 nu21 nu12 nu03"
).split(" ");

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
 * @param {any} absent the Mat that stands for an absent one
 * @param {(id: number) => any} lookUp finds a Mat or MatVector
 */
export function createArgumentReader(cv, absent, lookUp) {
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

  return take;
}
