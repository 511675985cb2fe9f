// Preprocessing of a picture in NumPy, beside the same arithmetic folded into the network.

import { loadPyinfer } from "/pyinfer.js";
import { inTurn } from "./in_turn.js";

/**
 * Both must give the same first.
 *
 * @param {string} plain address of a network for 1x3x640x640 float32
 * @param {string} folded address of the same for 1x640x640x3 uint8
 * @param {{ mean: number[], std: number[], threads: number, calls: number, rounds: number }} settings
 * @returns {Promise<Record<string, number>>} milliseconds a picture
 */
export async function benchPreprocessing(plain, folded, { mean, std, threads, calls, rounds }) {
  const pyodide = await loadPyinfer({ thread: "main", numThreads: threads });
  for (const [name, address] of Object.entries({ plain, folded })) {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    pyodide.FS.writeFile(`/tmp/${name}.onnx`, bytes);
  }
  pyodide.runPython(`
import time
import numpy as np
import onnxruntime

plain = onnxruntime.InferenceSession("/tmp/plain.onnx")
folded = onnxruntime.InferenceSession("/tmp/folded.onnx")
plain_input, folded_input = plain.get_inputs()[0].name, folded.get_inputs()[0].name
image = np.random.default_rng(0).integers(0, 256, (640, 640, 3), np.uint8)
mean, std = np.float32(${JSON.stringify(mean)}), np.float32(${JSON.stringify(std)})

def preprocess():
    pixels = (image.astype(np.float32) / np.float32(255) - mean) / std
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])

ready = preprocess()

def run():
    return plain.run(None, {plain_input: ready})

def preprocess_and_run():
    return plain.run(None, {plain_input: preprocess()})

def run_folded():
    return folded.run(None, {folded_input: image[None]})

np.testing.assert_allclose(run_folded()[0], run()[0], rtol=1e-4, atol=1e-4)

def milliseconds(function):
    start = time.perf_counter()
    for _ in range(${calls}):
        function()
    return (time.perf_counter() - start) * 1000 / ${calls}
`);
  const candidates = {
    "run of ready floats": "run",
    "NumPy, then the run": "preprocess_and_run",
    "run of the folded network": "run_folded",
  };
  const measuring = Object.entries(candidates).map(([name, code]) => [
    name,
    () => pyodide.runPython(`milliseconds(${code})`),
  ]);
  const times = await inTurn(Object.fromEntries(measuring), rounds);
  await pyodide.close();
  return times;
}
