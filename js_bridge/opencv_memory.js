// Mats as they lie in opencv.js's heap, and ndarrays copied into and out of them.

import { boxOf, copyRows } from "./byte_rows.js";
import { stretchesOf } from "./numpy_arrays.js";
import { ArrayMisfit, createFailureReader } from "./opencv_failures.js";

// Where a cv::Mat of OpenCV 5 keeps what, in 32-bit words (wasm32, mat.hpp). opencv.js itself can
// only tell the shape through a JavaScript array made element by element.
const MAT_FLAGS = 0;
const MAT_DIMS = 1;
const MAT_ROWS = 2;
const MAT_COLS = 3;
const MAT_DATA = 5;
const MAT_BUFFER = 10;
const MAT_SHAPE_DIMS = 11;
const MAT_SHAPE = 14;
const MAT_STEP = 24;
const MAT_WORDS = 34;
const TYPE_MASK = 0xfff;
const CONTINUOUS = 1 << 14;
const MAX_DIMENSIONS = 10;

// The same of the buffer's cv::UMatData.
const BUFFER_REFERENCES = 3;

/** @typedef {import("./opencv_regions.js").Region} Region */
/** @typedef {import("./numpy_arrays.js").ArrayHeader} ArrayHeader */

/**
 * What element types there are, from Python's generated table.
 *
 * @typedef {object} ElementTypes
 * @property {Record<number, number>} depths by the number of NumPy's dtype
 * @property {number} channelShift
 * @property {number} channelsMax
 */

/**
 * @param {any} cv the loaded opencv.js module
 * @param {import("./numpy_arrays.js").ArrayReader} arrays
 */
export function createOpenCVMemory(cv, arrays) {
  /** @type {ElementTypes} */
  let types = { depths: {}, channelShift: 0, channelsMax: 0 };

  /** One Mat stands for every absent input; no engine function writes to it. */
  const absent = new cv.Mat();

  /** @type {ArrayBuffer} */
  let buffer = absent.data.buffer;

  /**
   * The heap. When it grows another buffer takes its place, and the one before is detached; or, if threads
   * share it, goes on being what it was, too short for what lies beyond.
   *
   * @param {number} end how far it is going to be read or written
   */
  function heap(end) {
    if (buffer.byteLength < end) {
      buffer = absent.data.buffer;
    }
    return buffer;
  }

  /** Whether C++ gives back what it took when it throws: our own build does. */
  const unwinds = typeof cv.pyinferBuild === "function";

  /** @param {any} mat */
  const headerOf = (mat) => new Int32Array(heap(mat.$$.ptr + 4 * MAT_WORDS), mat.$$.ptr, MAT_WORDS);

  /**
   * opencv.js can make matrices of two dimensions only. For others the header of a two-dimensional
   * one with as many elements is rewritten.
   *
   * @param {number} type
   * @param {number[]} sizes
   */
  function newMat(type, sizes) {
    if (sizes.length === 2) {
      return new cv.Mat(sizes[0], sizes[1], type);
    }
    const elementSize = elementSizeOf(type);
    const total = sizes.reduce((product, size) => product * size, 1);
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
  const itemSizes = new Map();

  /**
   * The size of a number. The first of its kind is measured, for which the heap may grow.
   *
   * @param {number} type
   */
  function itemSizeOf(type) {
    const depth = type & ((1 << types.channelShift) - 1);
    let size = itemSizes.get(depth);
    if (size === undefined) {
      const probe = new cv.Mat(1, 1, depth);
      size = /** @type {number} */ (probe.elemSize());
      probe.delete();
      itemSizes.set(depth, size);
    }
    return size;
  }

  /** @param {number} type */
  const elementSizeOf = (type) => itemSizeOf(type) * ((type >> types.channelShift) + 1);

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

  /** @param {any} mat */
  const typeOf = (mat) => headerOf(mat)[MAT_FLAGS] & TYPE_MASK;

  /**
   * @param {any} mat
   * @returns {Uint8Array}
   */
  function bytesOf(mat) {
    const elementSize = elementSizeOf(typeOf(mat));
    const header = headerOf(mat);
    let size = header[MAT_DATA] === 0 ? 0 : elementSize;
    for (let i = 0; i < header[MAT_DIMS]; i++) {
      size *= header[MAT_SHAPE + i];
    }
    return new Uint8Array(heap(header[MAT_DATA] + size), header[MAT_DATA], size);
  }

  /** @param {any} mat */
  function isContinuous(mat) {
    return (headerOf(mat)[MAT_FLAGS] & CONTINUOUS) !== 0;
  }

  /**
   * The type and sizes of the Mat that an array makes.
   *
   * @param {ArrayHeader} header
   * @param {boolean} [channels] whether its last axis is the channels; by default, if it is the third
   */
  function matFormOf({ number, shape }, channels) {
    const depth = types.depths[number];
    if (depth === undefined || shape.length > MAX_DIMENSIONS) {
      throw new ArrayMisfit();
    }
    const last = shape[shape.length - 1];
    if (!(channels ?? (shape.length === 3 && last <= types.channelsMax))) {
      return { type: depth, sizes: shape };
    }
    if (!(last > 0 && last <= types.channelsMax)) {
      throw new ArrayMisfit();
    }
    return { type: depth | ((last - 1) << types.channelShift), sizes: shape.slice(0, -1) };
  }

  /**
   * What to copy between an array and a Mat of its form.
   *
   * @param {ArrayHeader} header
   * @param {number} type
   * @param {number} total all the Mat's bytes
   * @param {readonly Region[]} [regions] of an array of whole rows
   * @returns {import("./byte_rows.js").Rows[]}
   */
  function piecesOf(header, type, total, regions) {
    if (total === 0) {
      return [];
    }
    if (regions) {
      const pixel = elementSizeOf(type);
      return regions.map((region) => boxOf(header, pixel, region));
    }
    if (header.contiguous) {
      return [{ inArray: 0, inMat: 0, size: total, count: 1, arrayStep: 0, matStep: 0 }];
    }
    const found = stretchesOf(header, itemSizeOf(type));
    if (!found) {
      throw new ArrayMisfit();
    }
    const { size, count, step, offsets } = found;
    return offsets.map((inArray, i) => ({
      inArray,
      inMat: i * count * size,
      size,
      count,
      arrayStep: step,
      matStep: size,
    }));
  }

  /**
   * A new Mat with the elements of an array: copies once.
   *
   * @param {ArrayHeader} header
   * @param {boolean} [channels] whether its last axis is the channels
   * @param {readonly Region[]} [regions] the parts that are copied; the rest is undefined
   */
  function matOf(header, channels, regions) {
    const { type, sizes } = matFormOf(header, channels);
    const mat = newMat(type, sizes);
    try {
      const target = bytesOf(mat);
      const source = arrays.bytes();
      for (const rows of piecesOf(header, type, target.length, regions)) {
        const { inArray, inMat, arrayStep, matStep } = rows;
        copyRows(source, header.address + inArray, arrayStep, target, inMat, matStep, rows);
      }
    } catch (error) {
      mat.delete();
      throw error;
    }
    return mat;
  }

  /**
   * Refuses an array that OpenCV can't write to as it is: it must be contiguous, or whole rows one below
   * the other.
   *
   * @param {ArrayHeader} header
   */
  function checkWritten(header) {
    const { type } = matFormOf(header);
    if (!header.contiguous) {
      const itemSize = itemSizeOf(type);
      const inRow = header.shape.slice(1).reduce((product, size) => product * size, itemSize);
      const found = stretchesOf(header, itemSize);
      if (found?.size !== inRow || header.strides[0] < inRow) {
        throw new ArrayMisfit();
      }
    }
    if (!header.writeable) {
      throw new ArrayMisfit();
    }
  }

  /**
   * Copies the elements of a Mat to an array with as many of the same kind: once.
   *
   * @param {any} mat
   * @param {number} id of an ndarray
   * @param {readonly Region[]} [regions] the parts that are copied
   */
  function copyToArray(mat, id, regions) {
    const header = arrays.read(id);
    const whole = isContinuous(mat) ? mat : mat.mat_clone();
    try {
      const source = bytesOf(whole);
      const type = typeOf(mat);
      const target = arrays.bytes();
      for (const rows of piecesOf(header, type, source.length, regions)) {
        const { inArray, inMat, arrayStep, matStep } = rows;
        copyRows(source, inMat, matStep, target, header.address + inArray, arrayStep, rows);
      }
    } finally {
      if (whole !== mat) {
        whole.delete();
      }
    }
  }

  /**
   * Deletes what a call was given that threw. No destructor runs when npm's opencv.js throws, so that the
   * references of C++ to the elements are still counted: only the given number is left. What an object of C++
   * keeps must not be taken from it, though: it would count down in memory that is another's by then.
   *
   * @param {any} thing
   * @param {boolean} mayBeKept
   */
  function deleteAfterThrow(thing, mayBeKept) {
    if (!unwinds && !mayBeKept) {
      forgetReferences(thing);
    }
    thing.delete();
  }

  /** @param {any} thing */
  function forgetReferences(thing) {
    if (thing instanceof cv.Mat) {
      setReferences(thing, 1);
    } else if (thing instanceof cv.MatVector) {
      for (let i = 0; i < thing.size(); i += 1) {
        const element = thing.get(i);
        setReferences(element, 2);
        element.delete();
      }
    }
  }

  /**
   * @param {any} mat
   * @param {number} count
   */
  function setReferences(mat, count) {
    const address = headerOf(mat)[MAT_BUFFER];
    if (address) {
      const words = BUFFER_REFERENCES + 1;
      new Int32Array(heap(address + 4 * words), address, words)[BUFFER_REFERENCES] = count;
    }
  }

  /**
   * A float64 column of numbers: what stands for a number where OpenCV wants an array.
   *
   * @param {readonly number[]} numbers
   */
  function columnOf(numbers) {
    const mat = new cv.Mat(numbers.length, 1, cv.CV_64F);
    mat.data64F.set(numbers);
    return mat;
  }

  /**
   * The bytes of a contiguous array, until Python runs again.
   *
   * @param {number} id of an ndarray of bytes
   */
  function bytesOfArray(id) {
    const { address, shape } = arrays.read(id);
    return arrays.bytes().subarray(address, address + shape[0]);
  }

  /** @param {ElementTypes} known */
  function setElementTypes(known) {
    types = known;
  }

  return {
    absent,
    heap,
    bytesOfArray,
    setElementTypes,
    readArray: arrays.read,
    matOf,
    checkWritten,
    columnOf,
    copyToArray,
    deleteAfterThrow,
    shapeOf,
    describeError: createFailureReader(cv, heap),
  };
}
