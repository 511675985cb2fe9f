// Inference: `sess.run` in Python beside onnxruntime-web's own `session.run`, on the same model and input.

import { loadPyinfer } from "/pyinfer.js";
import { inTurn } from "./in_turn.js";

const LIBRARY = "/node_modules/onnxruntime-web/dist/";

/**
 * @typedef {object} Settings
 * @property {number} threads
 * @property {number} calls that are timed together
 * @property {number} rounds
 */

/**
 * @typedef {object} Result
 * @property {Record<string, number>} times milliseconds a run
 * @property {Record<string, number>} moved bytes that one `sess.run` copies between the heaps: in and out
 */

/**
 * @param {string} model address of a model with one float32 input
 * @param {number[]} shape of the input
 * @param {Settings} settings
 * @returns {Promise<Result>}
 */
export async function benchRun(model, shape, { threads, calls, rounds }) {
  const pyodide = await loadPyinfer({ thread: "main", numThreads: threads });
  const ort = await import(`${LIBRARY}ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = LIBRARY;
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes);
  const size = shape.reduce((product, length) => product * length, 1);
  const input = Float32Array.from({ length: size }, (_, index) => Math.sin(index) * 100 + 128);
  pyodide.FS.writeFile("/tmp/bench.onnx", bytes);
  pyodide.runPython(`
import json
import time
import numpy as np
import onnxruntime
from onnxruntime import _value

session = onnxruntime.InferenceSession("/tmp/bench.onnx")
name = session.get_inputs()[0].name
feed = {name: (np.sin(np.arange(${size})) * 100 + 128).astype(np.float32).reshape(${JSON.stringify(shape)})}

def milliseconds(calls):
    start = time.perf_counter()
    for _ in range(calls):
        session.run(None, feed)
    return (time.perf_counter() - start) * 1000 / calls

def bytes_moved():
    moved = {"in": 0, "out": 0}
    copies = {"in": "write_from", "out": "read_into"}
    real = {name: getattr(_value, name) for name in copies.values()}

    def counting(direction):
        def copy(view, array):
            moved[direction] += array.nbytes
            return real[copies[direction]](view, array)
        return copy

    for direction, function in copies.items():
        setattr(_value, function, counting(direction))
    opened = onnxruntime.InferenceSession("/tmp/bench.onnx")
    opened.run(None, feed)
    for function, original in real.items():
        setattr(_value, function, original)
    return json.dumps(moved)
`);
  const byHand = async () => {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", input, shape) });
    }
    return (performance.now() - start) / calls;
  };
  const times = await inTurn(
    {
      "sess.run": () => pyodide.runPython(`milliseconds(${calls})`),
      "session.run in JavaScript": byHand,
    },
    rounds,
  );
  const moved = JSON.parse(pyodide.runPython("bytes_moved()"));
  await session.release();
  await pyodide.close();
  return { times, moved };
}
