// What a function's result is shown as. Pure: nothing here draws.

import { inBytes } from "./models_panel_words.js";
import { isPicture, numbersOf } from "./picture_pixels.js";

/** @typedef {import("./picture_pixels.js").PageArray} PageArray */

/**
 * @typedef {{ kind: "nothing" }
 *   | { kind: "text", text: string }
 *   | { kind: "picture", array: PageArray }
 *   | { kind: "file", bytes: Uint8Array<ArrayBuffer>, type: string, name: string, words: string }
 *   | { kind: "table", columns: string[], rows: string[][], left: number }
 *   | { kind: "fields", fields: [string, Description][], left: number }} Description
 */

/** More than this nobody reads on a page. */
const MOST_ROWS = 100;
const MOST_COLUMNS = 30;
const MOST_NUMBERS = 20;
const MOST_DEPTH = 4;
const SIGNIFICANT_DIGITS = 6;

/** How the formats of pictures that browsers show begin. */
const PICTURES = /** @type {const} */ ([
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
  ["image/bmp", /^BM[\s\S]{4}\0\0\0\0/],
]);

/**
 * @param {unknown} value what `call` gave
 * @param {number} [depth]
 * @returns {Description}
 */
export function descriptionOf(value, depth = 0) {
  if (value === null || value === undefined) {
    return { kind: "nothing" };
  }
  if (isScalar(value)) {
    return { kind: "text", text: wordsOf(value) };
  }
  if (value instanceof Uint8Array) {
    return fileOf(/** @type {Uint8Array<ArrayBuffer>} */ (value));
  }
  if (isArray(value)) {
    return describeArray(value);
  }
  if (depth === MOST_DEPTH) {
    return { kind: "text", text: JSON.stringify(value, textOfBuffers, 2) };
  }
  return Array.isArray(value) ? describeList(value, depth) : fieldsOf(Object.entries(value), depth);
}

/** @param {unknown} value */
function isScalar(value) {
  return value === null || ["boolean", "number", "string", "bigint"].includes(typeof value);
}

/** @param {unknown} value */
function isRecord(value) {
  return typeof value === "object" && value !== null && !isArray(value) && !isList(value);
}

/** @param {unknown} value */
function isList(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/**
 * @param {unknown} value
 * @returns {value is PageArray}
 */
function isArray(value) {
  const { data, shape } = /** @type {{ data?: unknown, shape?: unknown }} */ (value);
  return ArrayBuffer.isView(data) && Array.isArray(shape);
}

/**
 * A boolean, a number or a string, as people write it.
 *
 * @param {unknown} value
 */
function wordsOf(value) {
  if (value === null) {
    return "–";
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  if (typeof value === "number" && Number.isFinite(value) && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
  }
  return String(value);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Description}
 */
function fileOf(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const type = PICTURES.find(([, pattern]) => pattern.test(start))?.[0] ?? "";
  const name = type ? `result.${type.slice("image/".length)}` : "result.bin";
  return { kind: "file", bytes, type, name, words: inBytes(bytes.length) };
}

/**
 * @param {PageArray} array
 * @returns {Description}
 */
function describeArray(array) {
  const { shape } = array;
  if (isPicture(array)) {
    return { kind: "picture", array };
  }
  if (shape.length === 0) {
    return { kind: "text", text: numbersOf(array, 0, 1).map(wordsOf)[0] };
  }
  if (shape.length === 2 && shape[1] <= MOST_COLUMNS) {
    const [height, width] = shape;
    const rows = Array.from({ length: Math.min(height, MOST_ROWS) }, (_, row) =>
      numbersOf(array, row * width, (row + 1) * width).map(wordsOf),
    );
    return { kind: "table", columns: [], rows, left: height - rows.length };
  }
  const size = array.data.length;
  const shown = numbersOf(array, 0, Math.min(size, MOST_NUMBERS)).map(wordsOf).join(", ");
  if (size <= MOST_NUMBERS && shape.length === 1) {
    return { kind: "text", text: shown || "–" };
  }
  return { kind: "text", text: `${shape.join(" × ")} numbers: ${shown}${size > MOST_NUMBERS ? ", …" : ""}` };
}

/**
 * @param {unknown[]} list
 * @param {number} depth
 * @returns {Description}
 */
function describeList(list, depth) {
  const shown = list.slice(0, MOST_ROWS);
  const left = list.length - shown.length;
  if (list.every(isScalar)) {
    const separator = list.some((item) => typeof item === "string") ? "\n" : ", ";
    const rest = left ? [`… and ${left} more`] : [];
    return { kind: "text", text: [...shown.map(wordsOf), ...rest].join(separator) || "–" };
  }
  if (list.every((item) => isRecord(item) && Object.values(/** @type {object} */ (item)).every(isScalar))) {
    const records = /** @type {Record<string, unknown>[]} */ (shown);
    const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
    const rows = records.map((record) => columns.map((column) => wordsOf(record[column] ?? null)));
    return { kind: "table", columns, rows, left };
  }
  if (list.every((item) => Array.isArray(item) && item.every(isScalar))) {
    const rows = /** @type {unknown[][]} */ (shown).map((row) => row.map(wordsOf));
    return { kind: "table", columns: [], rows, left };
  }
  const named = list.map((item, index) => /** @type {[string, unknown]} */ ([String(index + 1), item]));
  return fieldsOf(named, depth);
}

/**
 * @param {[string, unknown][]} entries
 * @param {number} depth
 * @returns {Description}
 */
function fieldsOf(entries, depth) {
  const shown = entries.slice(0, MOST_ROWS);
  return {
    kind: "fields",
    fields: shown.map(([name, value]) => [name, descriptionOf(value, depth + 1)]),
    left: entries.length - shown.length,
  };
}

/**
 * @param {string} _key
 * @param {unknown} value
 */
function textOfBuffers(_key, value) {
  return ArrayBuffer.isView(value) ? inBytes(value.byteLength) : value;
}
