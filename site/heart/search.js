// One search, from slices on their way in to the box: a few slices a call, so that it can be stopped between
// two calls, and the viewer's own calls get their turn.

const LOADED_TOGETHER = 8;
const SEARCHED_TOGETHER = 32;

/**
 * @typedef {object} Listener what hears how a search gets on
 * @property {(words: string, share: number) => void} advance
 * @property {(series: import("./python.js").Series, refused: import("./python.js").Refusal[]) => void} opened
 * @property {(start: number, rectangles: (import("./python.js").Rectangle | null)[]) => void} saw
 * @property {(stage: string, milliseconds: number) => void} took adds to the time of a stage
 */

/** A search was stopped by the visitor, or by the next one. */
export class Stopped extends Error {
  /** @param {string} words */
  constructor(words) {
    super(words);
    this.name = "Stopped";
  }
}

/** The stages that Python times, as visitors read them. */
const STAGES = {
  prepare: "Shrink to 64 × 64",
  see: "Run the network",
  outline: "Follow the outlines",
};
const ENCLOSING = "Enclose it in a box";

/** All stages of a search. */
export const SEARCH_STAGES = [...Object.values(STAGES), ENCLOSING];

/**
 * Loads a series.
 *
 * @param {import("./python.js").PythonSeries} python
 * @param {import("./sources.js").Source} source
 * @param {AbortSignal} signal
 * @param {Listener} listener
 */
export async function loadSeries(python, source, signal, { advance, opened, took }) {
  advance(source.words(0), 0);
  await python.begin();
  /** @type {import("./python.js").Refusal[]} */
  const refused = [];
  for (let done = 0; done < source.total; done += LOADED_TOGETHER) {
    if (signal.aborted) {
      throw new Stopped(`Stopped at ${done} of ${source.total}. Nothing was searched.`);
    }
    advance(source.words(done), done / source.total);
    const batch = await source.load(done, done + LOADED_TOGETHER);
    refused.push(...batch.refused);
    took(source.stage, batch.milliseconds);
  }
  if (refused.length === source.total) {
    opened({ ...NOTHING }, refused);
    throw new Error(source.total === 1 ? "This file is no slice." : "None of these files is a slice.");
  }
  const started = performance.now();
  opened(await python.putTogether(), refused);
  took("Put them in order", performance.now() - started);
}

/** @type {import("./python.js").Series} */
const NOTHING = {
  count: 0,
  width: 1,
  height: 1,
  modality: "",
  pixel: null,
  distance: null,
  darkest: 0,
  brightest: 255,
  notices: [],
};

/**
 * Searches the loaded series.
 *
 * @param {import("./python.js").PythonSeries} python
 * @param {number} count of its slices
 * @param {AbortSignal} signal
 * @param {Listener} listener
 * @returns {Promise<import("./python.js").Found>}
 */
export async function search(python, count, signal, { advance, saw, took }) {
  advance("Fetching the network", 0);
  await python.openNetwork((loaded, total) => {
    if (total) {
      advance(`Fetching the network: ${Math.round((100 * loaded) / total)} %`, loaded / total);
    }
  });
  for (let done = 0; done < count; done += SEARCHED_TOGETHER) {
    if (signal.aborted) {
      throw new Stopped(`Stopped: ${done} of ${count} slices were searched.`);
    }
    advance(`Searching slice ${done + 1} of ${count}`, done / count);
    const { rectangles, milliseconds } = await python.find(done, Math.min(count, done + SEARCHED_TOGETHER));
    saw(done, rectangles);
    for (const [stage, words] of Object.entries(STAGES)) {
      took(words, milliseconds[stage]);
    }
  }
  const found = await python.enclose();
  took(ENCLOSING, found.milliseconds);
  return found;
}
