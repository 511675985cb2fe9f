// Pixels of arrays that are pictures. Pure: nothing here draws.

/**
 * An array as it comes from Python.
 *
 * @typedef {object} PageArray
 * @property {any} data a typed array; of float16 the bits, as a Uint16Array
 * @property {number[]} shape
 * @property {string} dtype
 */

/** In what order the channels of a picture lie: as in Pillow and the page, or as in OpenCV. */
/** @typedef {"rgb" | "bgr"} ChannelOrder */

/** What is smaller and has no channels is read rather as a table. */
const LEAST_SIDE = 16;

/**
 * Height and width, with or without 1, 3 or 4 channels.
 *
 * @param {PageArray} array
 */
export function isPicture({ shape }) {
  const [height, width, channels = 1] = shape;
  if (shape.length === 3) {
    return height > 0 && width > 0 && [1, 3, 4].includes(channels);
  }
  return shape.length === 2 && Math.min(height, width) >= LEAST_SIDE;
}

/**
 * Elements as numbers.
 *
 * @param {PageArray} array
 * @param {number} start
 * @param {number} end
 * @returns {number[]}
 */
export function numbersOf({ data, dtype }, start, end) {
  const convert = dtype === "float16" ? fromHalf : Number;
  return Array.from(data.subarray(start, end), convert);
}

/**
 * Bytes are shown as they are, True as white, floats from 0 to 1 as black to white; all else from its
 * least to its greatest value.
 *
 * @param {PageArray} array one that `isPicture`
 * @param {ChannelOrder} order
 */
export function pixelsOf(array, order) {
  const { shape, dtype } = array;
  const [height, width, channels = 1] = shape;
  const values = dtype === "uint8" ? array.data : numbersOf(array, 0, array.data.length);
  const { low, high } = rangeOf(values, dtype);
  const scale = 255 / (high - low || 1);
  const shade = dtype === "uint8" ? Number : (/** @type {number} */ value) => (value - low) * scale;
  const pixels = new Uint8ClampedArray(width * height * 4);
  const [red, green, blue] = channels === 1 ? [0, 0, 0] : order === "bgr" ? [2, 1, 0] : [0, 1, 2];
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 4) {
    pixels[to] = shade(values[from + red]);
    pixels[to + 1] = shade(values[from + green]);
    pixels[to + 2] = shade(values[from + blue]);
    pixels[to + 3] = channels === 4 ? shade(values[from + 3]) : 255;
  }
  return { width, height, pixels, low, high };
}

/**
 * What is black, and what is white.
 *
 * @param {ArrayLike<number>} values
 * @param {string} dtype
 */
function rangeOf(values, dtype) {
  if (dtype === "uint8") {
    return { low: 0, high: 255 };
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const isShare = low >= 0 && high <= 1 && (dtype === "bool" || dtype.startsWith("float"));
  return isShare || low > high ? { low: 0, high: 1 } : { low, high };
}

/** @param {number} bits of an IEEE half */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
}
