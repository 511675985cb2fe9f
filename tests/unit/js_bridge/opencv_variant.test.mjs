// What a visitor would lose: an OpenCV that starts in this browser, downloaded once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenFiles, enginesOf, parseBundle } from "../../../js_bridge/bundle.js";
import { features, pickVariant } from "../../../js_bridge/opencv_variant.js";

/** @param {string[]} names */
const variants = (...names) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        ...{ module: `${name}.mjs`, wasm: `${name}.wasm` },
        ...{ networksModule: `${name}-networks.mjs`, networksWasm: `${name}-networks.wasm` },
      },
    ]),
  );
const ALL = variants("simd", "threads", "baseline");
const MODERN = { simd: true, exceptions: true, threads: false };
const SITE = "https://app.example/pyinfer.json";

/**
 * @param {object} opencv
 * @param {string[]} engines
 */
const bundle = (opencv, engines) => {
  const other = { module: "o.mjs", wasm: "o.wasm" };
  return parseBundle(
    {
      worker: "worker.js",
      engineRoom: "room.js",
      pyodide: { version: "1", indexURL: "p/", lockFileURL: "lock.json", packageBaseUrl: "w/" },
      opencv,
      onnxruntime: { version: "1", ...other, accelerated: other },
      jpeg: other,
      start: { standard: "s.zip", archives: [], libraries: [], onUse: [], engines },
      packages: [],
    },
    SITE,
  );
};

for (const [words, found, expected] of /** @type {const} */ ([
  ["an ordinary page", [ALL, MODERN], "simd"],
  ["an isolated page", [ALL, { ...MODERN, threads: true }], "threads"],
  ["an isolated page of a bundle without threads", [variants("simd"), { ...MODERN, threads: true }], "simd"],
  ["a browser without SIMD", [ALL, { ...MODERN, simd: false }], "baseline"],
  ["a browser with threads and no SIMD", [ALL, { ...MODERN, simd: false, threads: true }], "baseline"],
])) {
  test(`${words} gets ${expected}`, () => {
    assert.equal(pickVariant(...found).wasm, `${expected}.wasm`);
  });
}

test("a browser that can run none is told why", () => {
  assert.throws(
    () => pickVariant(variants("simd"), { ...MODERN, simd: false }),
    /no SIMD, and the bundle has no OpenCV without it: `pyinfer opencv build/,
  );
  assert.throws(() => pickVariant(ALL, { ...MODERN, exceptions: false }), /no exceptions, which OpenCV needs/);
});

test("what this engine can is found out by modules that it takes or refuses", (context) => {
  const { simd, exceptions } = features();
  assert.deepEqual([simd, exceptions], [true, true]);
  const refused = context.mock.method(WebAssembly, "validate", () => false);
  assert.deepEqual([features().simd, features().exceptions], [false, false]);
  refused.mock.restore();
});

test("one variant is the engine that a start fetches and that is kept for offline use", () => {
  const own = { build: "full", version: "5.0.0", ...ALL.simd, variants: ALL };
  const { opencv } = bundle(own, ["opencv"]);
  assert.deepEqual(opencv, {
    build: "full",
    version: "5.0.0",
    module: "https://app.example/simd.mjs",
    wasm: "https://app.example/simd.wasm",
    networks: {
      module: "https://app.example/simd-networks.mjs",
      wasm: "https://app.example/simd-networks.wasm",
    },
  });
  assert.deepEqual(chosenFiles(bundle(own, ["opencv"])), [opencv.module, opencv.wasm]);
  assert.deepEqual(enginesOf(bundle(own, ["opencv"])), [opencv.wasm]);
  assert.deepEqual(chosenFiles(bundle(own, ["onnxruntime"])), []);
});

test("its neural networks are among a start's files where the app names them", () => {
  const own = { build: "full", version: "5.0.0", ...ALL.simd, variants: ALL };
  const started = bundle(own, ["opencv", "networks"]);
  const { module, wasm, networks } = started.opencv;
  assert.deepEqual(chosenFiles(started), [module, wasm, networks?.module, networks?.wasm]);
  assert.deepEqual(enginesOf(started), [wasm, networks?.wasm]);
  const npm = { build: "npm", version: "5.0.0", module: "cv.mjs", wasm: "cv.wasm" };
  assert.deepEqual(enginesOf(bundle(npm, ["opencv", "networks"])), ["https://app.example/cv.wasm"]);
});

test("npm's build is kept by the service worker itself", () => {
  const npm = { build: "npm", version: "5.0.0", module: "cv.mjs", wasm: "cv.wasm" };
  assert.equal(bundle(npm, ["opencv"]).opencv.wasm, "https://app.example/cv.wasm");
  assert.deepEqual(chosenFiles(bundle(npm, ["opencv"])), []);
});
