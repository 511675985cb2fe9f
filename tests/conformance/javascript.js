// The cases through onnxruntime-web's own JavaScript: which of them its public `create` and `run` carry out.

/**
 * @typedef {object} Value
 * @property {string} name
 * @property {number} type
 * @property {number[]} shape
 * @property {[number, number]} [data]
 * @property {string[]} [strings]
 * @property {Value[]} [sequence]
 */

/** By ONNX's number: onnxruntime-web's name, and what holds the elements. */
const TYPES = /** @type {Record<number, [string, any]>} */ ({
  1: ["float32", Float32Array],
  2: ["uint8", Uint8Array],
  3: ["int8", Int8Array],
  4: ["uint16", Uint16Array],
  5: ["int16", Int16Array],
  6: ["int32", Int32Array],
  7: ["int64", BigInt64Array],
  9: ["bool", Uint8Array],
  10: ["float16", Uint16Array],
  11: ["float64", Float64Array],
  12: ["uint32", Uint32Array],
  13: ["uint64", BigUint64Array],
  21: ["uint4", Uint8Array],
  22: ["int4", Uint8Array],
});

/**
 * @param {any} ort
 * @param {ArrayBuffer} content
 * @param {Value} value
 */
function tensorOf(ort, content, { name, type, shape, data, strings, sequence }) {
  if (sequence) {
    throw new TypeError(`${name} is a sequence; a session takes tensors`);
  }
  if (strings) {
    return new ort.Tensor("string", strings, shape);
  }
  const [word, Elements] = TYPES[type] ?? [];
  if (!(word && data)) {
    throw new TypeError(`no tensor has the type ${type}`);
  }
  const [start, size] = data;
  return new ort.Tensor(word, new Elements(content, start, size / Elements.BYTES_PER_ELEMENT), shape);
}

/**
 * @param {string} library where onnxruntime-web's package is served
 * @param {string} folder where the cases are
 * @returns {Promise<Record<string, string>>} by a case's name: nothing, or why it was not carried out
 */
export async function runCases(library, folder) {
  const ort = await import(`${library}/dist/ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = `${library}/dist/`;
  ort.env.logLevel = "fatal";
  const cases = await (await fetch(`${folder}/cases.json`)).json();
  const content = await (await fetch(`${folder}/cases.bin`)).arrayBuffer();
  /** @type {Record<string, string>} */
  const outcomes = {};
  for (const { name, model, inputs } of cases) {
    outcomes[name] = "";
    let session;
    try {
      session = await ort.InferenceSession.create(new Uint8Array(content, ...model), { logSeverityLevel: 4 });
      /** @type {Record<string, any>} */
      const feed = {};
      for (const value of inputs.filter(Boolean)) {
        feed[value.name] = tensorOf(ort, content, value);
      }
      await session.run(feed);
    } catch (error) {
      outcomes[name] = String(error).split("\n")[0];
    } finally {
      await session?.release();
    }
  }
  return outcomes;
}
