// A script's last value: in words, and as a picture if it is one.

const MOST_CHARACTERS = 4000;
/** What is smaller and has no channels is rather a table. */
const LEAST_SIDE = 16;

/**
 * What Python's last expression gave, in few enough words to show.
 *
 * @param {unknown} value
 */
export function describe(value) {
  const text = brief(value) === value ? JSON.stringify(value, (_, each) => brief(each), 2) : brief(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/**
 * The pixels of an array that is a picture as OpenCV has them: bytes, blue first.
 *
 * @param {any} value
 * @returns {ImageData | null} null: it is none
 */
export function pictureOf(value) {
  if (value?.dtype !== "uint8" || !Array.isArray(value.shape)) {
    return null;
  }
  const [height, width, channels = 1] = value.shape;
  const isPicture = [1, 3, 4].includes(channels) && [2, 3].includes(value.shape.length);
  if (!isPicture || Math.min(height, width) < LEAST_SIDE) {
    return null;
  }
  const { data } = value;
  const image = new ImageData(width, height);
  const [green, red] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    image.data[to] = data[from + red];
    image.data[to + 1] = data[from + green];
    image.data[to + 2] = data[from];
    image.data[to + 3] = channels === 4 ? data[from + 3] : 255;
  }
  return image;
}

/**
 * An array in one line: it may have millions of elements.
 *
 * @param {any} value
 */
function brief(value) {
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`;
  }
  if (ArrayBuffer.isView(value?.data) && Array.isArray(value.shape)) {
    const data = /** @type {any} */ (value.data);
    const shown = Array.from(data.subarray(0, 8), String).join(", ");
    return `${value.dtype} array of shape (${value.shape.join(", ")}): ${shown}${data.length > 8 ? ", …" : ""}`;
  }
  return value;
}
