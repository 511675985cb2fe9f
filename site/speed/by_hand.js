// The same as pyinfer_demo.speed, as an engineer writes it for opencv.js and onnxruntime-web.

import * as ort from "onnxruntime-web/wasm";

const FRAME_SIDE = 64;
const SIDE = 8;
const FRAME = FRAME_SIDE * FRAME_SIDE;
const NUMBERS = SIDE * SIDE;

/**
 * @typedef {object} ByHandSetup
 * @property {ArrayBuffer} model
 * @property {Uint8Array} frames
 * @property {Float32Array} counts
 * @property {number} threads
 * @property {{ module: string, wasm: string }} onnxruntime
 * @property {{ module: string, wasm: string }} opencv
 */

/**
 * @param {ByHandSetup} setup
 * @returns {Promise<import("./engine_service.js").Network>}
 */
export async function openByHand({ model, frames, counts, threads, onnxruntime, opencv }) {
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { mjs: onnxruntime.module, wasm: onnxruntime.wasm };
  const [cv, session] = await Promise.all([
    openOpenCV(opencv),
    ort.InferenceSession.create(new Uint8Array(model)),
  ]);
  const frame = new cv.Mat(FRAME_SIDE, FRAME_SIDE, cv.CV_8UC1);
  const small = new cv.Mat();
  const size = new cv.Size(SIDE, SIDE);

  /** @param {number} batch */
  const prepare = (batch) => {
    const prepared = new Float32Array(batch * NUMBERS);
    for (let i = 0; i < batch; i += 1) {
      frame.data.set(frames.subarray(i * FRAME, (i + 1) * FRAME));
      cv.resize(frame, small, size, 0, 0, cv.INTER_AREA);
      const values = small.data;
      for (let k = 0; k < NUMBERS; k += 1) {
        prepared[i * NUMBERS + k] = values[k] * (16 / 255);
      }
    }
    return prepared;
  };

  /** @param {Float32Array} prepared */
  const run = async (prepared) => {
    const input = new ort.Tensor("float32", prepared, [prepared.length / NUMBERS, 1, SIDE, SIDE]);
    const { probabilities } = await session.run({ counts: input });
    return /** @type {Float32Array} */ (probabilities.data);
  };

  return {
    classify: (batch) => run(counts.subarray(0, batch * NUMBERS)),
    classifyPixels: (batch) => run(prepare(batch)),
    version: `onnxruntime-web ${ort.env.versions.web}`,
  };
}

/**
 * @param {{ module: string, wasm: string }} files
 * @returns {Promise<any>}
 */
async function openOpenCV({ module, wasm }) {
  const { default: create } = await import(module);
  return new Promise((resolve, reject) => {
    const settings = {
      instantiateWasm(/** @type {WebAssembly.Imports} */ imports, /** @type {Function} */ receive) {
        WebAssembly.instantiateStreaming(fetch(wasm), imports).then(
          ({ instance, module }) => receive(instance, module),
          reject,
        );
        return {};
      },
    };
    create(settings).then(resolve, reject);
  });
}
