// The digits' network in TensorFlow.js. A script of its own: `network.js` has it come when it is needed.

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";

/** @typedef {{ data: Float32Array, shape: number[] }} Weights */

/** @typedef {{ classify: (counts: Float32Array) => Promise<Float32Array> }} Perceptron */

/**
 * @param {Weights[]} weights a matrix (inputs, outputs) and a bias for each layer
 * @returns {Promise<Perceptron>}
 */
export async function createPerceptron(weights) {
  await tf.ready();
  const tensors = weights.map(({ data, shape }) => tf.tensor(data, shape));
  return {
    classify: async (counts) => {
      const answer = tf.tidy(() => {
        /** @type {tf.Tensor} */
        let layer = tf.tensor(counts, [1, counts.length]);
        for (let i = 0; i < tensors.length; i += 2) {
          const sum = tf.add(tf.matMul(layer, tensors[i]), tensors[i + 1]);
          layer = i + 2 < tensors.length ? tf.relu(sum) : tf.softmax(sum);
        }
        return layer;
      });
      const probabilities = await answer.data();
      answer.dispose();
      return /** @type {Float32Array} */ (probabilities);
    },
  };
}
