// Mats as they lie in opencv.js's heap, ndarrays copied into and out of them, and the C++ exceptions
// that opencv.js throws.

import { stretches } from "./numpy_arrays.js";

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

/** So few bytes are copied sooner one by one than through a view of them. */
const FEW = 48;

// Where the exception's std::type_info pointer lies, in bytes before the thrown pointer, and the
// name's pointer within it (Itanium C++ ABI as Emscripten lays it out).
const EXCEPTION_TYPE = 20;
const TYPE_NAME = 4;

/** @typedef {import("./opencv_regions.js").Region} Region */

/**
 * Rows of bytes that lie evenly apart: a box of an image, or a single stretch.
 *
 * @typedef {object} Rows
 * @property {number} inArray where the first begins, in bytes from the array's first element
 * @property {number} inMat the same in the Mat
 * @property {number} size of each, in bytes
 * @property {number} count
 * @property {number} arrayStep from one to the next
 * @property {number} matStep
 */

/**
 * @param {Uint8Array} source
 * @param {number} from
 * @param {number} fromStep
 * @param {Uint8Array} target
 * @param {number} to
 * @param {number} toStep
 * @param {Rows} rows
 */
function copyRows(source, from, fromStep, target, to, toStep, { size, count }) {
  for (let row = 0; row < count; row += 1) {
    const start = from + row * fromStep;
    const put = to + row * toStep;
    if (size > FEW) {
      target.set(source.subarray(start, start + size), put);
    } else {
      for (let i = 0; i < size; i += 1) {
        target[put + i] = source[start + i];
      }
    }
  }
}

/** An array that is not as OpenCV takes it, or not as it can be copied from here: Python knows what to do. */
class ArrayMisfit extends Error {}

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
    if (error instanceof ArrayMisfit) {
      return { kind: "array" };
    }
    const { name, message } = /** @type {Error} */ (error);
    return { kind: name, msg: message.split(" - expects one of")[0] };
  }

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

  /** @param {any} mat */
  function isContinuous(mat) {
    return (headerOf(mat)[MAT_FLAGS] & CONTINUOUS) !== 0;
  }

  /**
   * The type and sizes of the Mat that an array makes.
   *
   * @param {import("./numpy_arrays.js").ArrayHeader} header
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

  /** @param {number} type */
  const itemSizeOf = (type) => elementSizeOf(type & ((1 << types.channelShift) - 1));

  /**
   * What to copy between an array and a Mat of its form.
   *
   * @param {import("./numpy_arrays.js").ArrayHeader} header
   * @param {number} type
   * @param {number} total all the Mat's bytes
   * @param {readonly Region[]} [regions] of an array of whole rows
   * @returns {Rows[]}
   */
  function piecesOf(header, type, total, regions) {
    if (total === 0) {
      return [];
    }
    if (regions) {
      const pixel = elementSizeOf(type);
      return regions.map((region) => rowsOf(header, pixel, region));
    }
    const single = { inArray: 0, inMat: 0, size: total, count: 1, arrayStep: 0, matStep: 0 };
    if (header.contiguous) {
      return [single];
    }
    const found = stretches(header, itemSizeOf(type));
    if (!found) {
      throw new ArrayMisfit();
    }
    const { offsets, size } = found;
    return offsets.map((inArray, i) => ({ ...single, inArray, inMat: i * size, size }));
  }

  /**
   * @param {import("./numpy_arrays.js").ArrayHeader} header
   * @param {number} pixel its size in bytes
   * @param {Region} region
   * @returns {Rows}
   */
  function rowsOf({ shape, strides, contiguous }, pixel, [left, top, right, bottom]) {
    const arrayStep = strides[0];
    const matStep = pixel * shape[1];
    const inArray = top * arrayStep + left * pixel;
    const inMat = top * matStep + left * pixel;
    const size = (right - left) * pixel;
    const count = bottom - top;
    return contiguous && size === matStep
      ? { inArray, inMat, size: size * count, count: 1, arrayStep, matStep }
      : { inArray, inMat, size, count, arrayStep, matStep };
  }

  /**
   * A new Mat with the elements of an array: copies once.
   *
   * @param {number} id of an ndarray
   * @param {boolean} [channels] whether its last axis is the channels
   * @param {readonly Region[]} [regions] the parts that are copied; the rest is undefined
   */
  function matOf(id, channels, regions) {
    const header = arrays.read(id);
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
   * A Mat for an array that is to be written to: contiguous, or whole rows one below the other.
   *
   * @param {number} id of an ndarray
   * @param {readonly Region[]} [regions] the parts that are copied
   */
  function matToWrite(id, regions) {
    const header = arrays.read(id);
    const { type } = matFormOf(header);
    if (!header.contiguous) {
      const rows = stretches(header, itemSizeOf(type));
      const inRow = header.shape.slice(1).reduce((product, size) => product * size, itemSizeOf(type));
      if (rows?.size !== inRow || header.strides[0] < inRow) {
        throw new ArrayMisfit();
      }
    }
    if (!header.writeable) {
      throw new ArrayMisfit();
    }
    return matOf(id, undefined, regions);
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
      const type = headerOf(mat)[MAT_FLAGS] & TYPE_MASK;
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
   * Deletes what a call was given that threw. C++'s own references to the elements are still counted,
   * since no destructor runs when opencv.js throws: only the given number is left.
   *
   * @param {any} thing
   */
  function deleteAfterThrow(thing) {
    if (thing instanceof cv.Mat) {
      setReferences(thing, 1);
    } else if (thing instanceof cv.MatVector) {
      for (let i = 0; i < thing.size(); i += 1) {
        const element = thing.get(i);
        setReferences(element, 2);
        element.delete();
      }
    }
    thing.delete();
  }

  /**
   * @param {any} mat
   * @param {number} count
   */
  function setReferences(mat, count) {
    const buffer = headerOf(mat)[MAT_BUFFER];
    if (buffer) {
      new Int32Array(heap(), buffer, BUFFER_REFERENCES + 1)[BUFFER_REFERENCES] = count;
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
    matOf,
    matToWrite,
    columnOf,
    copyToArray,
    deleteAfterThrow,
    shapeOf,
    describeError,
  };
}
