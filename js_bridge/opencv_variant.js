// Which variant of our own opencv.js this browser gets: asked before anything of it is fetched.

import { hasSharedMemory } from "./shared_memory.js";

/**
 * @typedef {object} EngineFiles
 * @property {string} module
 * @property {string} wasm
 * @property {string} [worker] the script of a thread
 */

/**
 * @typedef {object} VariantFiles
 * @property {string} module
 * @property {string} wasm
 * @property {string} networksModule
 * @property {string} networksWasm
 * @property {string} [worker]
 */

/** "\0asm", version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** One function, of type 0. */
const ONE_FUNCTION = [3, 2, 1, 0];

/** `v128.const 0`, as the result of a function. */
const SIMD = [
  ...[...HEADER, 1, 5, 1, 0x60, 0, 1, 0x7b, ...ONE_FUNCTION],
  ...[10, 22, 1, 20, 0, 0xfd, 12, ...new Array(16).fill(0), 0x0b],
];

/** `try catch_all end`. */
const EXCEPTIONS = [
  ...[...HEADER, 1, 4, 1, 0x60, 0, 0, ...ONE_FUNCTION],
  ...[10, 8, 1, 6, 0, 0x06, 0x40, 0x19, 0x0b, 0x0b],
];

/** What a variant needs, the one first that is best where it runs. All need exceptions. */
const NEEDS = [
  { variant: "threads", simd: true, threads: true },
  { variant: "simd", simd: true, threads: false },
  { variant: "baseline", simd: false, threads: false },
];

/**
 * @typedef {object} Features
 * @property {boolean} simd
 * @property {boolean} exceptions
 * @property {boolean} threads whether memory can be shared
 */

/** @returns {Features} this browser's */
export function features() {
  return {
    simd: WebAssembly.validate(new Uint8Array(SIMD)),
    exceptions: WebAssembly.validate(new Uint8Array(EXCEPTIONS)),
    threads: hasSharedMemory,
  };
}

/**
 * @template {VariantFiles} V
 * @param {Record<string, V>} variants those that the bundle has
 * @param {Features} [has]
 * @returns {V}
 */
export function pickVariant(variants, has = features()) {
  if (!has.exceptions) {
    throw new Error("this browser's WebAssembly has no exceptions, which OpenCV needs");
  }
  const fitting = NEEDS.find(
    ({ variant, simd, threads }) => variant in variants && simd <= has.simd && threads <= has.threads,
  );
  if (!fitting) {
    throw new Error(
      "this browser's WebAssembly has no SIMD, and the bundle has no OpenCV without it: " +
        "`pyinfer opencv build --variant simd --variant baseline` makes both",
    );
  }
  return variants[fitting.variant];
}
