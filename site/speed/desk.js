// The page's work: what the controls do, one measurement at a time.

import { find, messageOf } from "../progress.js";
import { Chart } from "./chart.js";
import { Material } from "./material.js";
import { createEntry, race } from "./race.js";
import { asCSV, asJSON, summary } from "./results.js";
import { findDevices, listSeries } from "./series.js";
import { SeriesList } from "./series_list.js";
import { describe, surroundings } from "./surroundings.js";
import { TimesTable } from "./table.js";

/** @typedef {import("./race.js").Entry} Entry */

const SMALLEST = 2;

export class Desk {
  /** @type {Entry[]} those of the newest measurement, or of the next */
  #entries = [];
  /** @type {number[]} */
  #batches = [];
  /** @type {AbortController | null} of the measurement that goes on */
  #working = null;
  /** @type {import("./results.js").Surroundings | null} */
  #surroundings = null;

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.page = page;
    this.runtime = runtime;
    this.material = new Material(runtime);
    this.list = new SeriesList(find(page, "speed-series"));
    this.chart = new Chart(find(page, "speed-chart"));
    this.table = new TimesTable(/** @type {HTMLTableElement} */ (find(page, "speed-table")));
    this.words = find(page, "speed-words");
    this.track = find(page, "speed-track");
    this.measured = find(page, "speed-measured");
    this.run = button(page, "speed-run");
    this.stop = button(page, "speed-stop");
    this.takers = ["csv", "json", "save"].map((what) => button(page, `speed-${what}`));
    this.largest = /** @type {HTMLSelectElement} */ (find(page, "speed-largest"));
    this.rounds = /** @type {HTMLSelectElement} */ (find(page, "speed-rounds"));

    this.run.addEventListener("click", () => this.#measure());
    this.stop.addEventListener("click", () => this.#working?.abort(new Stopped()));
    this.largest.addEventListener("change", () => this.#prepare());
    this.list.addEventListener("change", () => this.#prepare());
    this.list.show(listSeries());
    for (const choice of page.querySelectorAll("input[name=stage], input[name=unit]")) {
      choice.addEventListener("change", () => this.#show());
    }
    const [csv, json, save] = this.takers;
    csv.addEventListener("click", () => this.#copy("CSV", asCSV(this.#entries)));
    json.addEventListener("click", () => this.#copy("JSON", this.#json()));
    save.addEventListener("click", () => download("pyinfer-speed.json", this.#json()));
    this.#prepare();
    void findDevices((id, obstacle) => this.list.found(id, obstacle));
  }

  /** Makes room for what is chosen, unless what is shown would be lost. */
  #prepare() {
    if (this.#working) {
      return;
    }
    this.run.disabled = this.list.chosen.length === 0;
    if (this.#entries.some(({ times }) => times.size)) {
      return;
    }
    this.#batches = batchSizes(Number(this.largest.value));
    this.#entries = this.list.chosen.map(createEntry);
    const names = this.#entries.map(({ series }) => series.name);
    this.table.layOut(names, this.#batches);
    this.#show();
  }

  async #measure() {
    const working = new AbortController();
    this.#entries = [];
    this.#prepare();
    this.#working = working;
    this.#allow(false);
    for (const entry of this.#entries) {
      this.list.tell(entry);
    }
    const { signal } = working;
    try {
      await unlessAborted(signal, this.#race(signal));
      const failed = this.#entries.filter(({ state }) => state === "failed").length;
      this.#say(
        failed ? `Measured; ${failed} of ${this.#entries.length} could not be timed.` : "Measured.",
        1,
      );
    } catch (error) {
      this.#say(error instanceof Stopped ? "Stopped." : messageOf(error), 0);
    } finally {
      working.abort(new Stopped());
      this.#working = null;
      for (const entry of this.#entries.filter(({ state }) => state === "starting")) {
        entry.state = "waiting";
        this.list.tell(entry);
      }
      this.#allow(true);
      this.#show();
    }
  }

  /** @param {AbortSignal} signal */
  async #race(signal) {
    this.#say("Waiting for Python", 0);
    await this.runtime.ready();
    this.#surroundings = surroundings(await this.runtime.call("pyinfer_demo:versions"));
    this.#say("Waiting until the browser has stored this site, which would disturb", 0);
    await this.runtime.python?.offline;
    signal.throwIfAborted();
    this.#say("Drawing frames", 0);
    await this.material.draw(this.#batches[this.#batches.length - 1]);
    signal.throwIfAborted();
    await race(this.#entries, this.material, {
      batches: this.#batches,
      rounds: Number(this.rounds.value),
      signal,
      report: (words, share) => this.#say(words, share),
      changed: (entry) => (entry ? this.list.tell(entry) : this.#show()),
    });
  }

  #show() {
    const stage = /** @type {import("./results.js").Stage} */ (chosen(this.page, "stage"));
    const unit = chosen(this.page, "unit");
    const times = (/** @type {Entry} */ entry, /** @type {number} */ batch) => {
      const found = summary(entry, batch, stage);
      const part = unit === "frame" ? batch : 1;
      return found && { median: found.median / part, min: found.min / part, max: found.max / part };
    };
    const lines = this.#entries.map((entry) => ({
      name: entry.series.name,
      engine: entry.series.engine,
      colour: this.list.colourOf(entry.series),
      points: this.#batches.flatMap((batch) => {
        const found = times(entry, batch);
        return found ? [{ batch, ...found }] : [];
      }),
    }));
    const title = `Milliseconds a ${unit}`;
    find(this.page, "speed-axis").textContent = title;
    this.chart.show(lines, this.#batches, title);
    this.table.show((row, column) => times(this.#entries[column], this.#batches[row]));
    const isMeasured = this.#entries.some((entry) => entry.times.size > 0);
    for (const taker of this.takers) {
      taker.disabled = this.#working !== null || !isMeasured;
    }
    if (isMeasured && this.#surroundings) {
      this.measured.textContent = describe(this.#surroundings, this.#entries);
    }
  }

  #json() {
    if (!this.#surroundings) {
      throw new Error("nothing is measured");
    }
    return asJSON(this.#entries, this.#surroundings);
  }

  /**
   * @param {string} what
   * @param {string} text
   */
  async #copy(what, text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#say(`Copied as ${what}.`, 1);
    } catch (error) {
      this.#say(`Nothing was copied: ${messageOf(error)}`, 1);
    }
  }

  /** @param {boolean} free whether something new may begin */
  #allow(free) {
    this.run.disabled = !free || this.list.chosen.length === 0;
    this.stop.disabled = free;
    this.largest.disabled = !free;
    this.rounds.disabled = !free;
    this.list.allow(free);
  }

  /**
   * @param {string} words
   * @param {number} share of the work that is done
   */
  #say(words, share) {
    if (this.words.textContent !== words) {
      this.words.textContent = words;
    }
    this.track.style.setProperty("--done", share === 1 ? "0" : String(share));
    this.track.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }
}

/** Somebody has seen enough. */
class Stopped extends Error {}

/**
 * @param {AbortSignal} signal
 * @param {Promise<void>} work goes on by itself until it looks at the signal
 */
function unlessAborted(signal, work) {
  work.catch(() => {}); // after an abort nobody waits for it
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** @param {number} largest */
function batchSizes(largest) {
  const sizes = [];
  for (let size = SMALLEST; size <= largest; size *= 2) {
    sizes.push(size);
  }
  return sizes;
}

/**
 * @param {Document} page
 * @param {string} name
 */
function chosen(page, name) {
  return /** @type {HTMLInputElement} */ (page.querySelector(`input[name=${name}]:checked`)).value;
}

/**
 * @param {Document} page
 * @param {string} id
 */
function button(page, id) {
  return /** @type {HTMLButtonElement} */ (find(page, id));
}

/**
 * @param {string} name
 * @param {string} text
 */
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
