// Builds of opencv.js side by side, in one worker: each calls the same functions on the same matrices.

import { makeCalls } from "./opencv_functions.js";

/** @typedef {import("./opencv_functions.js").Call} Call */
/** @typedef {import("./opencv_functions.js").Numbers} Numbers */

/**
 * @typedef {object} Settings
 * @property {Record<string, { module: string, wasm: string }>} engines addresses, by what each is called
 * @property {Record<string, { shape: number[], type: string }>} inputs each with its bytes at `/made/NAME`
 */

/** By function, then by engine. @type {Map<string, Map<string, Call>>} */
const functions = new Map();

/** How often a function is called for one measurement, by function and engine. @type {Map<string, number>} */
const repetitions = new Map();

/** So long a call is repeated before it is timed, and at least so often: browsers compile better what runs often. */
const WARM_UP = { milliseconds: 150, calls: 4 };

/** So long one measurement lasts at least. */
const LEAST = 4;

/** How far apart the results of two builds may be: levels of grey, and parts of the largest float. */
const TOLERANCE = { grey: 1, float: 1e-4 };

/** @param {{ module: string, wasm: string }} addresses */
async function openEngine({ module, wasm }) {
  const { default: create } = await import(module);
  return new Promise((resolve, reject) => {
    create({
      mainScriptUrlOrBlob: new URL(module, location.origin).href,
      locateFile: (/** @type {string} */ name) => new URL(name, new URL(module, location.origin)).href,
      instantiateWasm(/** @type {WebAssembly.Imports} */ imports, /** @type {Function} */ receive) {
        WebAssembly.instantiateStreaming(fetch(wasm), imports).then(
          ({ instance, module }) => receive(instance, module),
          reject,
        );
        return {};
      },
    }).then(resolve, reject);
  });
}

/**
 * @param {any} cv
 * @param {Settings["inputs"]} inputs
 */
async function fillMats(cv, inputs) {
  /** @type {Record<string, any>} */
  const mats = {};
  for (const [name, { shape, type }] of Object.entries(inputs)) {
    const [rows, columns, channels = 1] = shape;
    mats[name] = new cv.Mat(rows, columns, cv[`${type}C${channels}`]);
    mats[name].data.set(await bytesAt(name));
  }
  const planes = new cv.MatVector();
  cv.split(mats.image, planes);
  mats.planes = [0, 1, 2].map((index) => planes.get(index));
  return mats;
}

/** @param {string} name */
async function bytesAt(name) {
  const answer = await fetch(`/made/${encodeURIComponent(name)}`);
  if (!answer.ok) {
    throw new Error(`${name} is not served`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param {Settings} settings
 * @returns {Promise<string[]>} the functions' names
 */
export async function openEngines({ engines, inputs }) {
  for (const [engine, addresses] of Object.entries(engines)) {
    const cv = await openEngine(addresses);
    for (const [name, call] of Object.entries(makeCalls(cv, await fillMats(cv, inputs)))) {
      functions.set(name, (functions.get(name) ?? new Map()).set(engine, call));
    }
  }
  return [...functions.keys()];
}

/** @param {string} name */
function callsOf(name) {
  const calls = functions.get(name);
  if (calls === undefined) {
    throw new RangeError(`there is no function ${name}`);
  }
  return [...calls];
}

/**
 * Call a function in all engines, compare the results with native's at `/made/result NAME`, and find out how
 * often it is to be called for one measurement.
 *
 * @param {string} name
 * @returns {Promise<string[]>} what differs
 */
export async function compare(name) {
  const expected = await bytesAt(`result ${name}`);
  const found = [];
  for (const [engine, call] of callsOf(name)) {
    warmUp(`${name} ${engine}`, call);
    const difference = differenceOf(call.results(), expected);
    if (difference) {
      found.push(`${name}: ${engine} and native OpenCV differ: ${difference}`);
    }
  }
  return found;
}

/**
 * @param {string} key
 * @param {Call} call
 */
function warmUp(key, call) {
  const start = performance.now();
  let shortest = Number.POSITIVE_INFINITY;
  for (let calls = 0; calls < WARM_UP.calls || performance.now() - start < WARM_UP.milliseconds; calls += 1) {
    const begin = performance.now();
    call.run();
    shortest = Math.min(shortest, performance.now() - begin);
  }
  repetitions.set(key, Math.max(1, Math.ceil(LEAST / Math.max(shortest, 0.001))));
}

/**
 * @param {Numbers[]} results
 * @param {Uint8Array} expected the bytes of all of native's
 * @returns {string} nothing if they agree
 */
function differenceOf(results, expected) {
  const length = results.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (length !== expected.byteLength) {
    return `${length} bytes here, ${expected.byteLength} there`;
  }
  let offset = 0;
  for (const [index, numbers] of results.entries()) {
    const bytes = expected.slice(offset, offset + numbers.byteLength);
    offset += numbers.byteLength;
    const Type = /** @type {any} */ (numbers.constructor);
    const difference = distance(numbers, new Type(bytes.buffer));
    if (difference) {
      return `result ${index}, ${difference}`;
    }
  }
  return "";
}

/**
 * @param {Numbers} found
 * @param {Numbers} expected
 * @returns {string} nothing if they agree
 */
function distance(found, expected) {
  const allowed = toleranceOf(expected);
  let [count, largest] = [0, 0];
  for (let i = 0; i < expected.length; i += 1) {
    const apart = Math.abs(found[i] - expected[i]);
    if (!(apart <= allowed)) {
      count += 1;
      largest = Math.max(largest, apart);
    }
  }
  return count ? `${count} of ${expected.length} numbers by up to ${largest}, allowed is ${allowed}` : "";
}

/** @param {Numbers} expected */
function toleranceOf(expected) {
  if (expected instanceof Float32Array || expected instanceof Float64Array) {
    return TOLERANCE.float * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }
  // Of 32 bits are labels, indices and coordinates.
  return expected.BYTES_PER_ELEMENT === 4 ? 0 : TOLERANCE.grey;
}

/**
 * Time a function in all engines.
 *
 * @param {string} name
 * @param {number} round the engines' order turns with it
 * @returns {Record<string, number>} milliseconds a call, by engine
 */
export function time(name, round) {
  const calls = callsOf(name);
  const turn = round % calls.length;
  /** @type {Record<string, number>} */
  const times = {};
  for (const [engine, { run }] of [...calls.slice(turn), ...calls.slice(0, turn)]) {
    const count = repetitions.get(`${name} ${engine}`) ?? 1;
    run(); // what ran in between has filled the caches
    const start = performance.now();
    for (let call = 0; call < count; call += 1) {
      run();
    }
    times[engine] = (performance.now() - start) / count;
  }
  return times;
}
