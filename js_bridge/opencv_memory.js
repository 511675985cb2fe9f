// Mats as they lie in opencv.js's heap, and the C++ exceptions that it throws.

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

/** A matrix that no 32-bit heap can hold. OpenCV would compute its size modulo 2**32. */
class OutOfMemory extends Error {
  /** @param {number} size in bytes */
  constructor(size) {
    super(`no room for ${size} bytes`);
    this.size = size;
  }
}

/** @param {any} cv the loaded opencv.js module */
export function createOpenCVMemory(cv) {
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
    if (error instanceof OutOfMemory) {
      return { kind: "memory", size: error.size };
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

  /** @param {any} mat */
  function isContinuous(mat) {
    return (headerOf(mat)[MAT_FLAGS] & CONTINUOUS) !== 0;
  }

  return { absent, newMat, shapeOf, bytesOf, isContinuous, describeError };
}
