// Whether the page's threads can share memory.

/**
 * Browsers share memory only within cross-origin isolated pages. WebKitGTK calls a page isolated,
 * and has no SharedArrayBuffer all the same.
 */
export const hasSharedMemory =
  Boolean(globalThis.crossOriginIsolated) && typeof globalThis.SharedArrayBuffer === "function";

const CONSEQUENCE = "inference uses one thread, and stopping a script restarts Python.";

/** What a page without shared memory is told: why, and what it loses. */
export const UNSHARED_NOTICE = globalThis.crossOriginIsolated
  ? `This browser has no SharedArrayBuffer, though the page is cross-origin isolated: ${CONSEQUENCE}`
  : `This page is not cross-origin isolated (no COOP and COEP headers): ${CONSEQUENCE}`;
