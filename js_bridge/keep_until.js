// Firefox ends a worker that waits for a promise, a WebAssembly module's say, when nothing reaches it but its own
// listeners and what these reach: who then waits for its message waits for ever. Chromium and WebKit keep it.

/** @type {Set<object>} */
const kept = new Set();

/**
 * Keeps what has workers, until these have done something.
 *
 * @template T
 * @param {object} holder
 * @param {Promise<T>} done
 * @returns {Promise<T>} `done`
 */
export function keepUntil(holder, done) {
  kept.add(holder);
  return done.finally(() => kept.delete(holder));
}
