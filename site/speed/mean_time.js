// Times a piece of work, the same way as pyinfer_demo.speed does.

const LEAST_MILLISECONDS = 3;

/**
 * Mean time of as many runs as fill a few milliseconds: a clock of the web is coarse.
 *
 * @param {() => Promise<unknown>} work
 * @returns {Promise<number>} milliseconds
 */
export async function meanTime(work) {
  let runs = 0;
  let spent = 0;
  const started = performance.now();
  while (spent < LEAST_MILLISECONDS) {
    await work();
    runs += 1;
    spent = performance.now() - started;
  }
  return spent / runs;
}
