// Locks among the tabs of an origin.

/**
 * What gives a lock back, or, if it has not been granted yet, the wait up.
 *
 * @typedef {() => void} Release
 */

/**
 * Asks for a lock that no other tab, and nobody here, may hold at the same time. Where the browser has no
 * locks (an address without TLS) or refuses them (site data blocked) tabs share nothing, and nobody waits.
 *
 * @param {string} name
 * @returns {{ granted: Promise<void>, release: Release }} `granted` stays open if the wait is given up
 */
export function takeLock(name) {
  const waiting = new AbortController();
  /** @type {Release} */
  let release = () => waiting.abort();
  const granted = new Promise((/** @type {(value: void) => void} */ resolve) => {
    if (!navigator.locks) {
      resolve();
      return;
    }
    const holding = () =>
      new Promise((/** @type {(value: void) => void} */ end) => {
        release = end;
        resolve();
      });
    navigator.locks.request(name, { signal: waiting.signal }, holding).catch(() => {
      if (!waiting.signal.aborted) {
        resolve();
      }
    });
  });
  return { granted, release: () => release() };
}
