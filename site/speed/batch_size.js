// A .tflite file for another batch size. LiteRT.js takes the shapes that stand in the file, not their
// signatures, which say what may vary.
//
// FlatBuffers: a table begins with the distance back to its list of fields, and that with its own length.

// Fields of the TensorFlow Lite schema.
const MODEL_SUBGRAPHS = 2;
const SUBGRAPH_TENSORS = 0;
const TENSOR_SHAPE = 0;
const TENSOR_SHAPE_SIGNATURE = 7;

const VARIES = -1;
const SIZE = 4;

/**
 * @param {ArrayBuffer} file
 * @param {number} batch
 * @returns {Uint8Array<ArrayBuffer>} the same with `batch` wherever the first dimension may vary
 */
export function withBatchSize(file, batch) {
  const view = new DataView(file.slice(0));
  const follow = (/** @type {number} */ place) => place + view.getUint32(place, true);
  const field = (/** @type {number} */ table, /** @type {number} */ number) => {
    const fields = table - view.getInt32(table, true);
    const entry = fields + 4 + 2 * number;
    const offset = entry < fields + view.getUint16(fields, true) ? view.getUint16(entry, true) : 0;
    return offset ? follow(table + offset) : null;
  };
  const items = (/** @type {number | null} */ vector) =>
    vector === null
      ? []
      : Array.from({ length: view.getUint32(vector, true) }, (_, i) => follow(vector + SIZE * (i + 1)));

  for (const graph of items(field(follow(0), MODEL_SUBGRAPHS))) {
    for (const tensor of items(field(graph, SUBGRAPH_TENSORS))) {
      const shape = field(tensor, TENSOR_SHAPE);
      const signature = field(tensor, TENSOR_SHAPE_SIGNATURE);
      if (shape && signature && view.getInt32(signature + SIZE, true) === VARIES) {
        view.setInt32(shape + SIZE, batch, true);
      }
    }
  }
  return new Uint8Array(view.buffer);
}
