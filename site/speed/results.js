// What was measured, as numbers and as text to take away.

/** @typedef {import("./race.js").Entry} Entry */
/** @typedef {"network" | "pixels"} Stage */

/** @typedef {{ median: number, min: number, max: number }} Summary milliseconds a batch */

/**
 * @typedef {object} Surroundings
 * @property {string} browser
 * @property {number} cores
 * @property {boolean} isolated
 * @property {Record<string, string>} versions
 */

export const STAGES = /** @type {const} */ (["network", "pixels"]);

const COLUMNS = [
  "series",
  "engine",
  "provider",
  "threads",
  "stage",
  "batch",
  "median_ms",
  "min_ms",
  "max_ms",
  "median_ms_per_frame",
  "samples",
];

/**
 * @param {Entry} entry
 * @param {number} batch
 * @param {Stage} stage
 * @returns {Summary | null}
 */
export function summary(entry, batch, stage) {
  const times = [...(entry.times.get(batch)?.[stage] ?? [])].sort((a, b) => a - b);
  if (!times.length) {
    return null;
  }
  const middle = Math.floor(times.length / 2);
  const median = times.length % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  return { median, min: times[0], max: times[times.length - 1] };
}

/** @param {Entry[]} entries */
export function asCSV(entries) {
  const rows = entries.flatMap((entry) => {
    const { name, engine, provider, threads } = entry.series;
    return measurements(entry).map(({ stage, batch, median, min, max, samples }) => [
      ...[quoted(name), engine, provider, threads, stage, batch],
      ...[median, min, max, median / batch].map(rounded),
      samples,
    ]);
  });
  return `${[COLUMNS, ...rows].map((row) => row.join(",")).join("\r\n")}\r\n`;
}

/**
 * @param {Entry[]} entries
 * @param {Surroundings} surroundings
 */
export function asJSON(entries, surroundings) {
  const series = entries.map((entry) => {
    const { name, engine, provider, threads } = entry.series;
    const { state, reason, version, difference } = entry;
    const outcome = state === "failed" ? { failure: reason } : { version, difference };
    return { name, engine, provider, threads, ...outcome, times: measurements(entry).map(inMilliseconds) };
  });
  return `${JSON.stringify({ ...surroundings, series }, null, 2)}\n`;
}

/** @param {ReturnType<typeof measurements>[number]} measurement */
function inMilliseconds({ stage, batch, median, min, max, samples }) {
  return {
    stage,
    batch,
    median_ms: rounded(median),
    min_ms: rounded(min),
    max_ms: rounded(max),
    median_ms_per_frame: rounded(median / batch),
    samples,
  };
}

/** @param {Entry} entry */
function measurements(entry) {
  return STAGES.flatMap((stage) =>
    [...entry.times].flatMap(([batch, times]) => {
      const found = summary(entry, batch, stage);
      return found ? [{ stage, batch, ...found, samples: times[stage].length }] : [];
    }),
  );
}

/** @param {number} number */
function rounded(number) {
  return Number(number.toPrecision(5));
}

/** @param {string} text */
function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`;
}
