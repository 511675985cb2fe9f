// ndarrays as they lie in Pyodide's heap, found by their id(): what Python would have to spell out for
// each array of each call stands there already, in a layout that NumPy's C interface (PyArrayObject,
// PyArray_Descr) and CPython's object header fix.

// Where what lies, in bytes (wasm32: pointers and npy_intp have four).
const ARRAY_DATA = 8;
const ARRAY_DIMENSIONS = 12;
const ARRAY_SHAPE = 16;
const ARRAY_STRIDES = 20;
const ARRAY_DTYPE = 28;
const ARRAY_FLAGS = 32;
const DTYPE_BYTE_ORDER = 14;
const DTYPE_NUMBER = 16;

const FLAG_C_CONTIGUOUS = 0x1;
const FLAG_WRITEABLE = 0x400;
const NATIVE_BYTE_ORDER = "=".charCodeAt(0);
const NO_BYTE_ORDER = "|".charCodeAt(0);

/**
 * @typedef {object} ArrayHeader
 * @property {number} address of the first element
 * @property {number} number the dtype's number, `dtype.num`; -1 if its byte order is not the machine's
 * @property {number[]} shape
 * @property {number[]} strides in bytes
 * @property {boolean} contiguous in C order
 * @property {boolean} writeable
 */

/** @param {any} pyodide */
export function createArrayReader(pyodide) {
  // Pyodide replaces these views in its module whenever its heap has grown.
  const module = pyodide._module;

  return {
    /** Pyodide's heap, until Python runs again. */
    bytes() {
      return /** @type {Uint8Array} */ (module.HEAPU8);
    },

    /** The same as 32-bit integers. */
    words() {
      return /** @type {Int32Array} */ (module.HEAP32);
    },

    /**
     * @param {number} id of an ndarray
     * @returns {ArrayHeader}
     */
    read(id) {
      /** @type {{ HEAPU8: Uint8Array, HEAP32: Int32Array, HEAPU32: Uint32Array }} */
      const { HEAPU8, HEAP32, HEAPU32 } = module;
      const dtype = HEAPU32[(id + ARRAY_DTYPE) >>> 2];
      const order = HEAPU8[dtype + DTYPE_BYTE_ORDER];
      const flags = HEAPU32[(id + ARRAY_FLAGS) >>> 2];
      const dimensions = HEAPU32[(id + ARRAY_DIMENSIONS) >>> 2];
      const shapeAt = HEAPU32[(id + ARRAY_SHAPE) >>> 2] >>> 2;
      const stridesAt = HEAPU32[(id + ARRAY_STRIDES) >>> 2] >>> 2;
      const shape = [];
      const strides = [];
      for (let axis = 0; axis < dimensions; axis += 1) {
        shape.push(HEAP32[shapeAt + axis]);
        strides.push(HEAP32[stridesAt + axis]);
      }
      return {
        address: HEAPU32[(id + ARRAY_DATA) >>> 2],
        number:
          order === NATIVE_BYTE_ORDER || order === NO_BYTE_ORDER ? HEAPU32[(dtype + DTYPE_NUMBER) >>> 2] : -1,
        shape,
        strides,
        contiguous: (flags & FLAG_C_CONTIGUOUS) !== 0,
        writeable: (flags & FLAG_WRITEABLE) !== 0,
      };
    },
  };
}

/** @typedef {ReturnType<typeof createArrayReader>} ArrayReader */

/**
 * The stretches of memory that make up an array, in C order: rows of them that lie evenly apart.
 *
 * @typedef {object} Stretches
 * @property {number} size of each, in bytes
 * @property {number} count of a row's
 * @property {number} step from one to the next of a row
 * @property {number[]} offsets of the rows from the array's first element
 */

/**
 * @param {ArrayHeader} header
 * @param {number} itemSize
 * @returns {Stretches | undefined} nothing if even the elements of its last axis lie apart
 */
export function stretchesOf({ shape, strides }, itemSize) {
  let axes = shape.length;
  let size = itemSize;
  while (axes > 0 && (shape[axes - 1] === 1 || strides[axes - 1] === size)) {
    axes -= 1;
    size *= shape[axes];
  }
  if (axes === 0) {
    return { size, count: 1, step: size, offsets: [0] };
  }
  if (axes === shape.length) {
    return undefined;
  }
  let offsets = [0];
  for (let outer = 0; outer < axes - 1; outer += 1) {
    const next = [];
    for (const offset of offsets) {
      for (let i = 0; i < shape[outer]; i += 1) {
        next.push(offset + i * strides[outer]);
      }
    }
    offsets = next;
  }
  return { size, count: shape[axes - 1], step: strides[axes - 1], offsets };
}

/**
 * Whether two arrays are the same elements in the same form.
 *
 * @param {ArrayHeader} one
 * @param {ArrayHeader} other
 */
export function isSameArray(one, other) {
  return (
    one.address === other.address &&
    one.number === other.number &&
    one.shape.length === other.shape.length &&
    one.shape.every((size, axis) => size === other.shape[axis] && one.strides[axis] === other.strides[axis])
  );
}
