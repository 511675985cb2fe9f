// Values on the page's side of the boundary between the page and Python.
//
// A value crosses as JSON text plus a list of byte buffers; arrays stand in the JSON as
// {"$array": index, dtype, shape}. pyinfer/browser/page_values.py is the other half.

/** @type {Record<string, string>} */
const DTYPES = {
  Int8Array: "int8",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  Float32Array: "float32",
  Float64Array: "float64",
  BigInt64Array: "int64",
  BigUint64Array: "uint64",
};

/** @type {Record<string, any>} */
const TYPED_ARRAYS = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  float16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

/**
 * @typedef {{ json: string, buffers: Uint8Array[] }} Lowered
 */

/**
 * How a call is made, besides its arguments.
 *
 * @typedef {object} CallOptions
 * @property {boolean} [transfer] whether arrays are moved, not copied
 * @property {AbortSignal} [signal] cancels the call
 */

/**
 * Tells a call's arguments from its options: a last argument that has nothing but options.
 *
 * @param {unknown[]} args
 * @returns {{ values: unknown[], signal: AbortSignal | undefined, transfer: boolean }}
 */
export function splitOptions(args) {
  const last = args.at(-1);
  if (!isOptions(last)) {
    return { values: args, signal: undefined, transfer: false };
  }
  return { values: args.slice(0, -1), signal: last.signal, transfer: last.transfer ?? false };
}

/**
 * @param {any} value
 * @returns {value is CallOptions}
 */
function isOptions(value) {
  if (!isPlainObject(value)) {
    return false; // of a large array even the keys would take long
  }
  const { transfer, signal, ...others } = value;
  const isKnown =
    (transfer === undefined || typeof transfer === "boolean") &&
    (signal === undefined || signal instanceof AbortSignal);
  return isKnown && Object.keys(others).length === 0 && Object.keys(value).length > 0;
}

/**
 * The arguments of a call, lowered before anything else can run, so that they are what they were
 * when the page called; only `Blob`s take waiting.
 *
 * @param {unknown[]} values
 * @param {boolean} move whether the page's own buffers are to be transferred
 * @returns {Promise<{ lowered: Lowered, moved: ArrayBufferLike[] }>} `moved` are the buffers to
 *   transfer: the page's own if it said so, else copies
 */
export async function lowerArguments(values, move) {
  const waits = values.some((value) => value instanceof Blob);
  const ready = waits
    ? await Promise.all(values.map((value) => (value instanceof Blob ? value.arrayBuffer() : value)))
    : values;
  const { json, buffers: own } = lower(ready);
  const buffers = move ? own : own.map((bytes) => bytes.slice());
  return { lowered: { json, buffers }, moved: [...new Set(buffers.map(({ buffer }) => buffer))] };
}

/**
 * @param {unknown} value
 * @returns {Lowered}
 */
function lower(value) {
  /** @type {Uint8Array[]} */
  const buffers = [];
  return { json: JSON.stringify(lowerValue(value, buffers, "argument")), buffers };
}

/**
 * @param {any} value
 * @param {Uint8Array[]} buffers
 * @param {string} where
 * @returns {unknown}
 */
function lowerValue(value, buffers, where) {
  if (value === null || value === undefined) {
    return null;
  }
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : { $float: String(value) };
    case "bigint":
      return { $int: String(value) };
    case "object":
      break;
    default:
      throw new TypeError(`${where}: a ${typeof value} has no counterpart in Python`);
  }
  if (typeof ImageData !== "undefined" && value instanceof ImageData) {
    return lowerArray(value.data, [value.height, value.width, 4], "uint8", buffers, where);
  }
  if (value instanceof ArrayBuffer) {
    buffers.push(new Uint8Array(value));
    return { $bytes: buffers.length - 1, size: value.byteLength };
  }
  if (ArrayBuffer.isView(value)) {
    return lowerArray(value, null, null, buffers, where);
  }
  if (ArrayBuffer.isView(value.data) && Array.isArray(value.shape)) {
    return lowerArray(value.data, value.shape, value.dtype ?? null, buffers, where);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => lowerValue(item, buffers, `${where}[${index}]`));
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      lowerValue(item, buffers, `${where}.${key}`),
    ]);
    return entries.some(([key]) => String(key).startsWith("$"))
      ? { $dict: entries }
      : Object.fromEntries(entries);
  }
  throw new TypeError(`${where}: a ${value.constructor?.name} has no counterpart in Python`);
}

/** @param {any} value */
function isPlainObject(value) {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype.constructor?.name === "Object";
}

/**
 * @param {any} data
 * @param {number[] | null} shape
 * @param {string | null} dtype
 * @param {Uint8Array[]} buffers
 * @param {string} where
 */
function lowerArray(data, shape, dtype, buffers, where) {
  const own = DTYPES[data.constructor.name];
  if (!own) {
    throw new TypeError(`${where}: a ${data.constructor.name} has no counterpart in NumPy`);
  }
  const chosen = dtype ?? own;
  const Expected = TYPED_ARRAYS[chosen];
  if (!Expected || Expected.BYTES_PER_ELEMENT !== data.BYTES_PER_ELEMENT) {
    throw new TypeError(`${where}: a ${data.constructor.name} cannot hold dtype ${chosen}`);
  }
  const dimensions = shape ?? [data.length];
  if (dimensions.reduce((/** @type {number} */ a, b) => a * b, 1) !== data.length) {
    throw new TypeError(`${where}: ${data.length} elements do not fill the shape [${dimensions}]`);
  }
  buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { $array: buffers.length - 1, dtype: chosen, shape: dimensions };
}

/**
 * @param {Lowered} lowered
 * @returns {any}
 */
export function raise({ json, buffers }) {
  return lift(JSON.parse(json), buffers);
}

/**
 * @param {any} value the parsed JSON
 * @param {Uint8Array[]} buffers
 * @returns {any}
 */
function lift(value, buffers) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => lift(item, buffers));
  }
  if ("$float" in value) {
    return Number(value.$float);
  }
  if ("$bytes" in value) {
    return buffers[value.$bytes];
  }
  if ("$array" in value) {
    const bytes = buffers[value.$array];
    const TypedArray = TYPED_ARRAYS[value.dtype];
    return {
      data: new TypedArray(bytes.buffer, bytes.byteOffset, bytes.byteLength / TypedArray.BYTES_PER_ELEMENT),
      shape: value.shape,
      dtype: value.dtype,
    };
  }
  if ("$dict" in value) {
    return Object.fromEntries(
      value.$dict.map((/** @type {[string, any]} */ [key, item]) => [key, lift(item, buffers)]),
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lift(item, buffers)]));
}
