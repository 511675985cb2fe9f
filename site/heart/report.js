// What is known of the series and of the heart, how long each stage took, and what a reader should know.

import { find } from "../progress.js";

/** So many names are given of files that are no slices. */
const NAMES = 3;

export class Report {
  /** @type {Map<string, number>} milliseconds by stage, in the order in which they were */
  #stages = new Map();

  /** @param {Document} page */
  constructor(page) {
    this.series = find(page, "heart-series");
    this.box = find(page, "heart-box-words");
    this.size = find(page, "heart-size");
    this.times = find(page, "heart-times");
    this.notices = find(page, "heart-notices");
    this.clear();
  }

  /** Forgets the series before. */
  clear() {
    this.series.textContent = "–";
    this.#stages.clear();
    this.notices.replaceChildren();
    this.showBox(null);
    this.#showTimes();
  }

  /**
   * Forgets the search before, of the same series.
   *
   * @param {string[]} stages that it will go through again
   */
  forgetSearch(stages) {
    for (const stage of stages) {
      this.#stages.delete(stage);
    }
    this.showBox(null);
    this.#showTimes();
  }

  /**
   * @param {import("./python.js").Series} series
   * @param {import("./python.js").Refusal[]} refused
   */
  showSeries({ count, width, height, modality, pixel, distance, notices }, refused) {
    const slices = count === 1 ? "1 slice" : `${count} slices`;
    const parts = [`${slices} of ${width} × ${height}`];
    if (modality) {
      parts.unshift(modality);
    }
    if (pixel) {
      parts.push(`pixels of ${decimals(pixel[1])} mm`);
    }
    if (distance) {
      parts.push(`${decimals(distance)} mm apart`);
    }
    if (count) {
      this.series.textContent = parts.join(", ");
    }
    for (const words of [...refusals(refused), ...notices]) {
      this.tell(words);
    }
  }

  /** @param {string} words something odd */
  tell(words) {
    const item = document.createElement("li");
    item.textContent = words;
    this.notices.append(item);
  }

  /** @param {import("./python.js").Found | null} found */
  showBox(found) {
    if (!found?.box) {
      this.box.textContent = found ? "Not found" : "–";
      this.size.textContent = "–";
      return;
    }
    const { first, last, x, y, width, height } = found.box;
    const depth = last - first + 1;
    this.box.textContent = `Slices ${first + 1} to ${last + 1}, from ${x}, ${y}`;
    this.size.textContent = found.millimetres
      ? `${found.millimetres.map(Math.round).join(" × ")} mm`
      : `${width} × ${height} pixels × ${depth} ${depth === 1 ? "slice" : "slices"}`;
  }

  /**
   * @param {string} stage
   * @param {number} milliseconds
   */
  took(stage, milliseconds) {
    this.#stages.set(stage, (this.#stages.get(stage) ?? 0) + milliseconds);
    this.#showTimes();
  }

  #showTimes() {
    const longest = Math.max(1, ...this.#stages.values());
    const rows = [...this.#stages].map(([stage, milliseconds]) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = stage;
      const time = document.createElement("td");
      time.textContent = duration(milliseconds);
      const share = String(milliseconds / longest);
      row.style.setProperty("--share", share);
      row.append(name, time);
      return row;
    });
    this.times.replaceChildren(...rows);
  }
}

/**
 * Files that are no slices, those of the same reason in one sentence.
 *
 * @param {import("./python.js").Refusal[]} refused
 */
function refusals(refused) {
  const byReason = Map.groupBy(refused, ({ reason }) => reason);
  return [...byReason].map(([reason, files]) => {
    const names = files
      .slice(0, NAMES)
      .map(({ name }) => name)
      .join(", ");
    const more = files.length > NAMES ? ` and ${files.length - NAMES} more` : "";
    return `Left out: ${names}${more}: ${reason}.`;
  });
}

/** @param {number} number */
function decimals(number) {
  return String(Number(number.toFixed(2)));
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
