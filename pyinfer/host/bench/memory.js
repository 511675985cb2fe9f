// Large models: what a page does with the store, and what one does that is written by hand.

import { loadPyinfer } from "/pyinfer.js";

const LIBRARY = "/node_modules/onnxruntime-web/dist/";
const STORE = "models";

/** What the page goes on with. @type {{ runtime?: any, ort?: any, session?: any }} */
const page = {};

/** @param {object} app its manifest */
export async function startPyinfer(app) {
  page.runtime = await loadPyinfer({ app, numThreads: 1 });
  await page.runtime.runPythonAsync("import cv2, onnxruntime, numpy as np");
  await snapshot();
}

/** A first visit holds a copy of Python's memory until it is kept for the next one. */
async function snapshot() {
  while (!(await isKept())) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isKept() {
  const name = (await caches.keys()).find((each) => each.startsWith("pyinfer-snapshot-"));
  return name !== undefined && (await (await caches.open(name)).keys()).length > 0;
}

/**
 * @param {string} name of a model
 * @returns {Promise<number>} milliseconds until it can be read
 */
export async function fetchModel(name) {
  const start = performance.now();
  const path = await page.runtime.models.fetch(name);
  const milliseconds = performance.now() - start;
  await page.runtime.models.unmount(path);
  return milliseconds;
}

/**
 * @param {string} name of a model
 * @returns {Promise<number>} the first number that it gives for ones
 */
export async function makeSession(name) {
  const path = await page.runtime.models.fetch(name);
  await page.runtime.runPythonAsync(`session = onnxruntime.InferenceSession(${JSON.stringify(path)}); 0`);
  await page.runtime.models.unmount(path);
  return page.runtime.runPythonAsync(`
feed = {i.name: np.ones(i.shape, np.float32) for i in session.get_inputs()}
float(session.run(None, feed)[0].ravel()[0])`);
}

/** @param {string} small address of a model whose session starts the engine */
export async function startByHand(small) {
  page.ort = await import(`${LIBRARY}ort.wasm.min.mjs`);
  page.ort.env.wasm.numThreads = 1;
  page.ort.env.wasm.wasmPaths = LIBRARY;
  const bytes = await (await fetch(small)).arrayBuffer();
  await (await page.ort.InferenceSession.create(bytes)).release();
}

/**
 * Fetches a model, puts it into IndexedDB and makes a session of it.
 *
 * @param {string} url
 * @returns {Promise<number>} the first number that it gives for ones
 */
export async function makeSessionByHand(url) {
  page.session = await storedSession(url);
  const { inputMetadata } = page.session;
  const feed = Object.fromEntries(
    inputMetadata.map((/** @type {{ name: string, shape: number[] }} */ { name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, new page.ort.Tensor("float32", new Float32Array(size).fill(1), shape)];
    }),
  );
  const [output] = Object.values(await page.session.run(feed));
  return /** @type {{ data: Float32Array }} */ (output).data[0];
}

/** @param {string} url */
async function storedSession(url) {
  const bytes = await (await fetch(url)).arrayBuffer();
  const database = await openDatabase("by hand", 1);
  const work = database.transaction(STORE, "readwrite");
  work.objectStore(STORE).put(bytes, url);
  await new Promise((resolve, reject) => {
    work.oncomplete = resolve;
    work.onabort = () => reject(work.error);
  });
  database.close();
  return page.ort.InferenceSession.create(bytes);
}

/**
 * Reads the files that IDBFS keeps in a database, as they lie there.
 *
 * @param {string} name
 * @returns {Promise<{ milliseconds: number, bytes: number }>}
 */
export async function readDatabase(name) {
  const start = performance.now();
  const database = await openDatabase(name);
  const files = database.transaction("FILE_DATA", "readonly").objectStore("FILE_DATA");
  const keys = await answer(files.getAllKeys());
  const entries = await Promise.all(keys.map((key) => answer(files.get(key))));
  const milliseconds = performance.now() - start;
  database.close();
  return { milliseconds, bytes: entries.reduce((sum, { contents }) => sum + contents.length, 0) };
}

/**
 * @param {string} name
 * @param {number} [version]
 * @returns {Promise<IDBDatabase>}
 */
function openDatabase(name, version) {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return answer(opening);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
