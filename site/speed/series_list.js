// The list of series: which to measure, each one's mark in the chart, and what became of it.

import { mark } from "./chart.js";

/** @typedef {import("./series.js").Series} Series */
/** @typedef {import("./race.js").Entry} Entry */

export class SeriesList extends EventTarget {
  /** @type {Series[]} */
  #series = [];
  /** @type {Map<string, { box: HTMLInputElement, words: HTMLElement, item: HTMLElement }>} */
  #rows = new Map();
  #isFree = true;

  /** @param {HTMLElement} list */
  constructor(list) {
    super();
    this.list = list;
  }

  /** @param {Series[]} series */
  show(series) {
    this.#series = series;
    this.list.replaceChildren(...series.map((each) => this.#row(each)));
  }

  /**
   * What hinders a series, as far as that is known by now.
   *
   * @param {string} id
   * @param {string | null} obstacle
   */
  found(id, obstacle) {
    const series = this.#series.find((each) => each.id === id);
    const row = this.#rows.get(id);
    if (series && row) {
      series.obstacle = obstacle;
      row.item.dataset.state = obstacle ? "missing" : "waiting";
      row.words.textContent = obstacle ?? series.about;
      row.box.checked = obstacle === null;
      row.box.disabled = obstacle !== null || !this.#isFree;
      this.dispatchEvent(new Event("change"));
    }
  }

  /** Those that are to be measured. */
  get chosen() {
    return this.#series.filter(({ id }) => this.#rows.get(id)?.box.checked);
  }

  /**
   * A series' place in the page's list of colours.
   *
   * @param {Series} series
   */
  colourOf({ id }) {
    return this.#series.findIndex((each) => each.id === id);
  }

  /** @param {boolean} free whether the choice may change */
  allow(free) {
    this.#isFree = free;
    for (const { id, obstacle } of this.#series) {
      const row = this.#rows.get(id);
      if (row) {
        row.box.disabled = !free || obstacle !== null;
      }
    }
  }

  /** @param {Entry} entry */
  tell(entry) {
    const row = this.#rows.get(entry.series.id);
    if (row) {
      row.item.dataset.state = entry.state;
      row.words.textContent = inWords(entry);
      row.words.title = row.words.textContent;
    }
  }

  /** @param {Series} series */
  #row(series) {
    const { id, name, engine, about, obstacle } = series;
    const item = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const words = document.createElement("span");
    box.type = "checkbox";
    box.checked = obstacle === null;
    box.disabled = obstacle !== null;
    box.addEventListener("change", () => this.dispatchEvent(new Event("change")));
    words.className = "words";
    words.id = `speed-words-${id}`;
    words.textContent = obstacle ?? about;
    box.setAttribute("aria-describedby", words.id);
    item.dataset.state = obstacle ? "missing" : "waiting";
    item.dataset.series = id;
    label.append(box, mark(engine, this.colourOf(series)), name);
    item.append(label, words);
    this.#rows.set(id, { box, words, item });
    return item;
  }
}

/** @param {Entry} entry */
function inWords({ series, state, reason, difference }) {
  switch (state) {
    case "waiting":
      return series.about;
    case "starting":
      return "Starting, and checking its answers";
    case "failed":
      return `Not timed: ${reason}`;
    default:
      return difference ? `Same answers, within ${difference.toExponential(0)}` : "Same answers, bit for bit";
  }
}
