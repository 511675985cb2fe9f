// The network in LiteRT.js, on WebAssembly. A classic worker: LiteRT.js fetches its own script by `importScripts`.

import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from "@litertjs/core";
import { version } from "@litertjs/core/package.json";
import { withBatchSize } from "./batch_size.js";
import { serveEngine } from "./engine_service.js";

/**
 * @typedef {object} LiteRtSetup
 * @property {Record<"relaxed" | "compatible", { script: string, wasm: string }>} builds of its own
 * @property {ArrayBuffer} model
 * @property {Float32Array} counts
 */

serveEngine(async (/** @type {LiteRtSetup} */ { builds, model, counts }) => {
  const { script, wasm } = builds[(await supportsFeature("relaxedSimd")) ? "relaxed" : "compatible"];
  // Where its script looks for settings. What it prints as errors is mostly news.
  Object.assign(globalThis, { Module: { locateFile: () => wasm, printErr: console.debug } });
  await loadLiteRt(script);
  /** @type {Map<number, Awaited<ReturnType<typeof loadAndCompile>>>} by batch size */
  const networks = new Map();

  const networkFor = async (/** @type {number} */ batch) => {
    const known = networks.get(batch);
    if (known) {
      return known;
    }
    const network = await loadAndCompile(withBatchSize(model, batch), { accelerator: "wasm" });
    networks.set(batch, network);
    return network;
  };

  return {
    classify: async (batch) => {
      const network = await networkFor(batch);
      const [{ shape }] = network.getInputDetails();
      const input = new Tensor(counts.subarray(0, batch * shape[1]), [batch, shape[1]]);
      const [output] = await network.run([input]);
      const probabilities = /** @type {Float32Array} */ (await output.data());
      input.delete();
      output.delete();
      return probabilities;
    },
    version: `LiteRT.js ${version}`,
  };
});
