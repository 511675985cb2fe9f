// How long each part of a start takes: told to the page, and noted in the browser's own timeline.

/** @typedef {import("./downloads.js").ProgressCallback} ProgressCallback */

/** How the names of our measures begin. */
const PREFIX = "pyinfer: ";

/**
 * Tells when a part of the start begins and ends.
 *
 * @template T
 * @param {ProgressCallback} report
 * @param {string} name in words for people
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(report, name, work) {
  const from = now();
  report({ phase: "start", name, loaded: 0, total: 1 });
  const value = await work();
  report({ phase: "start", name, loaded: 1, total: 1, span: { from, to: now() } });
  return value;
}

/**
 * Notes the part of a start, of this thread or of a worker, in this thread's timeline.
 *
 * @param {import("./downloads.js").Progress} progress
 */
export function noteSpan({ name, span }) {
  if (span) {
    const { timeOrigin } = performance;
    performance.measure(PREFIX + name, { start: span.from - timeOrigin, end: span.to - timeOrigin });
  }
}

/** Milliseconds since 1970, which all threads share. */
function now() {
  return performance.timeOrigin + performance.now();
}
