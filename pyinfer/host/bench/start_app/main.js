// The page whose start is measured: it says by marks how far it is, and by measures what took how long.

import { loadPyinfer } from "./pyinfer.js";

/** @type {Record<string, { start: number, end: number }>} */
const phases = {};

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
async function measured(name, work) {
  const start = performance.now();
  const value = await work();
  performance.measure(`bench: ${name}`, { start });
  return value;
}

/** WebKitGTK 2.50 now and then never tells a page that its service worker is installed. */
function patience() {
  return new Promise((resolve) => setTimeout(resolve, 20_000));
}

/** A second after the start, Python's memory is kept, too. */
async function snapshot() {
  while (!(await caches.match("pyinfer/snapshot"))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

try {
  const runtime = await loadPyinfer({
    onProgress({ phase, name }) {
      const end = performance.now();
      phases[`${phase} ${name}`] ??= { start: end, end };
      phases[`${phase} ${name}`].end = end;
    },
  });
  const model = await measured("model from the store or the server", () => runtime.models.fetch("segmenter"));
  await measured("first inference", () => runtime.call("start_app:locate", model));
  performance.mark("bench: first result");
  for (const [name, span] of Object.entries(phases)) {
    performance.measure(`progress: ${name}`, span);
  }
  await Promise.race([Promise.all([runtime.offline, snapshot()]), patience()]);
  performance.mark("bench: kept");
} catch (error) {
  performance.mark("bench: failed", { detail: String(error) });
}
