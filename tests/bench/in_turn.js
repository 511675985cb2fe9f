// How candidates are timed: in turn, so that what disturbs the machine disturbs all of them.

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * @param {Record<string, () => number | Promise<number>>} candidates each gives milliseconds a call
 * @param {number} rounds
 * @returns {Promise<Record<string, number>>} medians
 */
export async function inTurn(candidates, rounds) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(candidates)) {
      const time = await measure();
      if (round >= 0) {
        times[name].push(time);
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
