// The worker's half of an engine that is written in JavaScript: what the page asks of each.

import { expose } from "comlink";
import { meanTime } from "./mean_time.js";

/**
 * @typedef {object} Network
 * @property {(batch: number) => Promise<Float32Array>} classify probabilities of the first frames, from numbers
 * @property {(batch: number) => Promise<Float32Array>} [classifyPixels] the same from their pixels
 * @property {string} version
 */

/** @typedef {{ network: Float32Array, pixels: Float32Array | null }} Answers */
/** @typedef {{ network: number, pixels: number | null }} Times milliseconds */

/** @typedef {ReturnType<typeof createService>} EngineService */

/** @param {(setup: any) => Promise<Network>} open */
function createService(open) {
  /** @type {Network} */
  let network;
  return {
    /** @param {any} setup */
    async open(setup) {
      network = await open(setup);
      return network.version;
    },

    /**
     * @param {number} batch
     * @returns {Promise<Answers>}
     */
    async answers(batch) {
      const { classify, classifyPixels } = network;
      return {
        network: await classify(batch),
        pixels: classifyPixels ? await classifyPixels(batch) : null,
      };
    },

    /**
     * @param {number} batch
     * @returns {Promise<Times>}
     */
    async measure(batch) {
      const { classify, classifyPixels } = network;
      return {
        network: await meanTime(() => classify(batch)),
        pixels: classifyPixels ? await meanTime(() => classifyPixels(batch)) : null,
      };
    },
  };
}

/** @param {(setup: any) => Promise<Network>} open */
export function serveEngine(open) {
  expose(createService(open));
}
