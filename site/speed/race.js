// One measurement: every engine is opened, checked against the right answers, and then timed in turns.

import { messageOf } from "../progress.js";
import { largestDifference } from "./comparison.js";
import { openLane } from "./lanes.js";

/** @typedef {import("./series.js").Series} Series */

const REST_MILLISECONDS = 10;

/**
 * @typedef {object} Entry
 * @property {Series} series
 * @property {"waiting" | "starting" | "equal" | "failed"} state
 * @property {string} reason of a failure
 * @property {string} version
 * @property {number} difference the largest, from the right answers
 * @property {Map<number, { network: number[], pixels: number[] }>} times milliseconds, by batch size
 */

/**
 * @typedef {object} RaceOptions
 * @property {number[]} batches ascending
 * @property {number} rounds
 * @property {AbortSignal} signal
 * @property {(words: string, share: number) => void} report
 * @property {(entry: Entry | null) => void} changed what is known of an entry, or of the times of all
 */

/** @param {Series} series */
export function createEntry(series) {
  return /** @type {Entry} */ ({
    series,
    state: "waiting",
    reason: "",
    version: "",
    difference: 0,
    times: new Map(),
  });
}

/**
 * @param {Entry[]} entries
 * @param {import("./material.js").Material} material
 * @param {RaceOptions} options
 * @returns {Promise<void>} rejects with the signal's reason when that aborts
 */
export async function race(entries, material, { batches, rounds, signal, report, changed }) {
  /** @type {Map<Entry, import("./lanes.js").Lane>} */
  const lanes = new Map();
  const ending = new AbortController();
  signal.addEventListener("abort", () => ending.abort(signal.reason), { once: true });
  const steps = entries.length + (rounds + 1) * batches.length;
  let done = 0;

  const fail = (/** @type {Entry} */ entry, /** @type {unknown} */ error) => {
    signal.throwIfAborted();
    lanes.delete(entry);
    Object.assign(entry, { state: "failed", reason: messageOf(error) });
    entry.times.clear(); // what fails once it is timed has no times to compare
    changed(entry);
  };

  try {
    for (const entry of entries) {
      report(`Starting and checking: ${entry.series.name}`, done++ / steps);
      entry.state = "starting";
      changed(entry);
      try {
        const lane = await openLane(entry.series, material, ending.signal);
        entry.version = lane.version;
        entry.difference = await check(lane, batches, material.frames.probabilities);
        lanes.set(entry, lane);
        entry.state = "equal";
        changed(entry);
      } catch (error) {
        fail(entry, error);
      }
    }
    for (const batch of batches) {
      // The first round warms up. Each round begins with another engine, so that none is always after the same.
      for (let round = 0; round <= rounds; round += 1) {
        report(`Timing batches of ${batch}`, done++ / steps);
        for (const [entry, lane] of rotated([...lanes], round)) {
          try {
            await rest();
            const times = await lane.measure(batch);
            if (round) {
              note(entry, batch, times);
            }
          } catch (error) {
            fail(entry, error);
          }
        }
      }
      changed(null);
    }
  } finally {
    ending.abort(new Error("measured"));
  }
}

/**
 * @param {import("./lanes.js").Lane} lane
 * @param {number[]} batches
 * @param {Float32Array} right
 */
async function check(lane, batches, right) {
  let largest = 0;
  for (const batch of batches) {
    const expected = right.subarray(0, batch * 10);
    const { network, pixels } = await lane.answers(batch);
    for (const answers of pixels ? [network, pixels] : [network]) {
      largest = Math.max(largest, largestDifference(expected, answers));
    }
  }
  return largest;
}

/** Lets the page paint, and threads of the engine before go to sleep, lest they disturb the next. */
async function rest() {
  // In a hidden tab a timer takes a second, and nothing is painted.
  if (!document.hidden) {
    await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
  }
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} by
 */
function rotated(items, by) {
  const first = items.length ? by % items.length : 0;
  return [...items.slice(first), ...items.slice(0, first)];
}

/**
 * @param {Entry} entry
 * @param {number} batch
 * @param {import("./engine_service.js").Times} times
 */
function note(entry, batch, { network, pixels }) {
  const known = entry.times.get(batch) ?? { network: [], pixels: [] };
  known.network.push(network);
  if (pixels !== null) {
    known.pixels.push(pixels);
  }
  entry.times.set(batch, known);
}
