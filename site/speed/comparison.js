// Whether an engine's answers are the right ones.

const CLASSES = 10;
const TOLERANCE = 1e-4;

/**
 * @param {Float32Array} right
 * @param {Float32Array} given
 * @returns {number} the largest difference
 * @throws what differs too much
 */
export function largestDifference(right, given) {
  if (given.length !== right.length) {
    throw new Error(`it gave ${given.length} numbers, not ${right.length}`);
  }
  let largest = 0;
  for (let start = 0; start < right.length; start += CLASSES) {
    const [expected, answered] = [right, given].map((all) => all.subarray(start, start + CLASSES));
    for (let i = 0; i < CLASSES; i += 1) {
      const difference = Math.abs(expected[i] - answered[i]);
      if (!(difference <= TOLERANCE)) {
        throw new Error(`its answers differ by ${difference.toPrecision(2)}`);
      }
      largest = Math.max(largest, difference);
    }
    const [winner, chosen] = [best(expected), best(answered)];
    // Two that are as good as equal may change places.
    if (expected[winner] - expected[chosen] > 2 * TOLERANCE) {
      throw new Error(`it answers ${chosen}, not ${winner}`);
    }
  }
  return largest;
}

/** @param {Float32Array} probabilities */
function best(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}
