// How far a start has come, as one share of the whole that never goes back and never stands still, and in words.

import { inBytes } from "./models_panel_words.js";
import { noteSpan } from "./start_timeline.js";

/** @typedef {import("./downloads.js").Progress} Progress */

/** What of a start is downloading, if there is anything to download. */
const DOWNLOADS = 0.6;

/** How far the share may run ahead of what is known, and in which time it gets most of the way. */
const AHEAD = 0.2;
const AHEAD_MILLISECONDS = 4000;

/** Of a start that has not ended. */
const MOST = 0.99;

const TICK_MILLISECONDS = 100;

export class StartProgress {
  #tell;
  #expected;
  /** @type {Map<string, { loaded: number, total: number }>} */
  #downloads = new Map();
  /** @type {Map<string, boolean>} whether it has ended, by name */
  #steps = new Map();
  /** What is known to be done, and what is shown, as shares. */
  #known = 0;
  #shown = 0;
  #words = "Starting";
  /** @type {Progress} */
  #latest = { phase: "start", name: "Python", loaded: 0, total: 1 };
  #last = performance.now();
  #ticking = 0;
  #end = () => {};

  /**
   * Settles with the start, well or not.
   *
   * @type {Promise<void>}
   */
  ended = new Promise((resolve) => {
    this.#end = resolve;
  });

  /**
   * @param {(progress: Progress) => void} tell hears what `hear` hears, with `share` and `words` added, and hears
   *   the latest again while nothing is new
   * @param {number} expected bytes of a first visit
   */
  constructor(tell, expected) {
    this.#tell = tell;
    this.#expected = expected;
  }

  begin() {
    this.#ticking = setInterval(() => this.#pass(this.#latest), TICK_MILLISECONDS);
  }

  /** The start has ended, well or not: from now on everything passes as it is. */
  end() {
    clearInterval(this.#ticking);
    this.#ticking = 0;
    this.#end();
  }

  /** @param {Progress} progress */
  hear(progress) {
    noteSpan(progress);
    if (!this.#ticking) {
      this.#tell(progress);
      return;
    }
    const { phase, name, loaded, total } = progress;
    if (phase === "download") {
      this.#downloads.set(name, { loaded, total });
    } else if (phase === "start" || phase === "app") {
      this.#steps.set(name, loaded >= total);
    }
    if (phase !== "notice" && phase !== "model") {
      this.#latest = { ...progress, span: undefined }; // of the others each is news of its own
    }
    this.#known = phase === "ready" ? 1 : Math.max(this.#known, this.#share());
    this.#words = this.#describe(progress);
    if (phase === "ready") {
      this.end(); // before the page hears of it, which may fail
    }
    this.#pass(progress);
  }

  /** @param {Progress} progress */
  #pass(progress) {
    const now = performance.now();
    const step = 1 - Math.exp((this.#last - now) / AHEAD_MILLISECONDS);
    this.#last = now;
    const goal = Math.min(this.#known + AHEAD, MOST);
    const crept = this.#shown + Math.max(0, goal - this.#shown) * step;
    this.#shown = this.#known === 1 ? 1 : Math.max(crept, Math.min(this.#known, MOST));
    this.#tell({ ...progress, share: this.#shown, words: this.#words });
  }

  #share() {
    const arrived = sum(this.#downloads, ({ loaded }) => loaded);
    const hasDownloads = this.#downloads.size > 0;
    const all = Math.max(
      this.#expected,
      sum(this.#downloads, ({ total }) => total),
    );
    const ended = [...this.#steps.values()].filter(Boolean).length;
    const steps = this.#steps.size ? ended / (this.#steps.size + 1) : 0;
    return hasDownloads ? (DOWNLOADS * arrived) / all + (1 - DOWNLOADS) * steps : steps;
  }

  /** @param {Progress} progress */
  #describe({ phase, name, loaded, total }) {
    if (phase === "download") {
      return `Loading · ${inBytes(sum(this.#downloads, (download) => download.loaded))}`;
    }
    if (phase === "app") {
      return "Starting the app";
    }
    return phase === "start" && loaded < total ? `Starting ${name.replace(/'s .*/, "")}` : this.#words;
  }
}

/**
 * @template T
 * @param {Map<string, T>} entries
 * @param {(entry: T) => number} number
 */
function sum(entries, number) {
  return [...entries.values()].reduce((all, entry) => all + number(entry), 0);
}
