// The network in TensorFlow.js, on WebAssembly or on WebGL.

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { serveEngine } from "./engine_service.js";

/** It asks for the addresses of all; the second is what a browser with SIMD gets. */
const FILES = /** @type {const} */ ([
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
]);

/**
 * @typedef {object} TensorFlowSetup
 * @property {"wasm" | "webgl"} backend
 * @property {string} wasm address of that backend's file
 * @property {{ data: Float32Array, shape: number[] }[]} weights a matrix (inputs, outputs) and a bias for each layer
 * @property {Float32Array} counts
 */

serveEngine(async (/** @type {TensorFlowSetup} */ { backend, wasm, weights, counts }) => {
  // Its threads would start from scripts made of text, which no policy here allows.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(Object.fromEntries(FILES.map((name) => [name, wasm])));
  if (!(await tf.setBackend(backend))) {
    throw new Error(backend === "webgl" ? "this browser has no WebGL" : "its WebAssembly did not start");
  }
  const layers = weights.map(({ data, shape }) => tf.tensor(data, shape));
  const numbers = weights[0].shape[0];
  return {
    classify: async (batch) => {
      const answer = tf.tidy(() => {
        /** @type {tf.Tensor} */
        let layer = tf.tensor(counts.subarray(0, batch * numbers), [batch, numbers]);
        for (let i = 0; i < layers.length; i += 2) {
          const sum = tf.add(tf.matMul(layer, layers[i]), layers[i + 1]);
          layer = i + 2 < layers.length ? tf.relu(sum) : tf.softmax(sum);
        }
        return layer;
      });
      const probabilities = await answer.data();
      answer.dispose();
      return /** @type {Float32Array} */ (probabilities);
    },
    version: `TensorFlow.js ${tf.version_core}`,
  };
});
