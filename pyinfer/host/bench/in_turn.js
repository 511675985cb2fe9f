// How candidates are timed: in turn, so that what disturbs the machine disturbs all of them.

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** So long each candidate runs untimed first, for each round: browsers compile better what runs often. */
const WARM_UP = 100;

/**
 * @param {Record<string, () => number | Promise<number>>} candidates each gives milliseconds a call
 * @param {number} rounds
 * @returns {Promise<Record<string, number>>} medians
 */
export async function inTurn(candidates, rounds) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (const measure of Object.values(candidates)) {
    const end = performance.now() + rounds * WARM_UP;
    while (performance.now() < end) {
      await measure();
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(candidates)) {
      times[name].push(await measure());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
