// Bytes that are copied between an ndarray and a Mat.

/** So few bytes are copied sooner one by one than through a view of them. */
const FEW = 48;

/**
 * Stretches of bytes that lie evenly apart: the rows of a box of an image, say.
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
export function copyRows(source, from, fromStep, target, to, toStep, { size, count }) {
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

/**
 * The rows of a box of an image that consists of whole rows.
 *
 * @param {import("./numpy_arrays.js").ArrayHeader} header
 * @param {number} pixel its size in bytes
 * @param {import("./opencv_regions.js").Region} region
 * @returns {Rows}
 */
export function boxOf({ shape, strides, contiguous }, pixel, [left, top, right, bottom]) {
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
