// An app from an empty page to its first result, phase by phase; and the calls after it.

import { loadPyinfer } from "/pyinfer.js";

/** @typedef {Record<string, { from: number, to: number }>} Phases milliseconds since the start began */

/** Starts the page's runtime, noting when each phase began and ended. */
async function start() {
  const began = performance.now();
  /** @type {Phases} */
  const phases = {};
  const runtime = await loadPyinfer({
    onProgress({ phase, name }) {
      const key = phase === "download" ? `download ${name}` : `${phase} ${name}`;
      const now = performance.now() - began;
      phases[key] ??= { from: now, to: now };
      phases[key].to = now;
    },
  });
  const timed = async (/** @type {string} */ key, /** @type {() => Promise<unknown>} */ work) => {
    const from = performance.now() - began;
    await work();
    phases[key] = { from, to: performance.now() - began };
  };
  return { runtime, phases, timed };
}

/**
 * From nothing to the first result of the app that is served here, and its calls after that.
 *
 * @param {unknown[]} args what its function is called with
 * @param {number} calls
 * @returns {Promise<{ phases: Phases, calls: number[] }>} milliseconds of each call after the first
 */
export async function benchApp(args, calls) {
  const { app } = await (await fetch("/pyinfer.json")).json();
  const { runtime, phases, timed } = await start();
  /** @type {number[]} */
  const times = [];
  if (app.entry?.includes(":")) {
    await timed(`first ${app.entry}`, () => runtime.call(app.entry, ...args));
    for (let call = 0; call < calls; call += 1) {
      const from = performance.now();
      await runtime.call(app.entry, ...args);
      times.push(performance.now() - from);
    }
  } else if (app.entry) {
    await timed(`import ${app.entry}`, () => runtime.runPythonAsync(`import ${app.entry}`));
  }
  await runtime.close();
  return { phases, calls: times };
}
