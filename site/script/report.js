// What `pyinfer check` says of the script while it is written: read, not run.

import { newestOnly } from "../pictures.js";
import { find, messageOf } from "../progress.js";
import { inSentence } from "./sentence.js";

/**
 * @typedef {object} Finding
 * @property {number} line
 * @property {string} name
 * @property {string} verdict
 * @property {string} why
 * @property {string} instead
 * @property {string} harmless why the script goes on nevertheless
 * @property {boolean} stops
 */

const CHECK = "pyinfer.check.page:check";
const WORKS = "works";
/** How long nothing must have been written before it is read. */
const PAUSE_MILLISECONDS = 400;

export class Report {
  #source = "";
  #pause = 0;
  #read = newestOnly(() => this.#ask());

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.runtime = runtime;
    this.words = find(page, "report-words");
    this.list = find(page, "report-findings");
    runtime.addEventListener("restart", () => this.#read());
  }

  /** @param {string} source */
  read(source) {
    this.#source = source;
    this.refresh();
  }

  /** Reads it again: there may be other packages now. */
  refresh() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#read(), PAUSE_MILLISECONDS);
  }

  async #ask() {
    try {
      await this.runtime.ready();
      this.#show(await this.runtime.call(CHECK, this.#source));
    } catch (error) {
      this.words.textContent = `The script could not be read: ${messageOf(error)}`;
    }
  }

  /** @param {Finding[]} findings */
  #show(findings) {
    const told = merged(findings.filter(({ verdict }) => verdict !== WORKS));
    const stops = told.filter(({ stops }) => stops).length;
    this.words.textContent = summary(findings.length, told.length, stops);
    this.words.classList.toggle("trouble", stops > 0);
    this.list.replaceChildren(...told.map(row));
  }
}

/**
 * What is said of several lines is told once.
 *
 * @param {Finding[]} findings
 * @returns {(Finding & { lines: number[] })[]}
 */
function merged(findings) {
  /** @type {Map<string, Finding & { lines: number[] }>} */
  const known = new Map();
  for (const finding of findings) {
    const key = `${finding.name} ${finding.verdict} ${finding.why} ${finding.harmless}`;
    const same = known.get(key);
    if (!same) {
      known.set(key, { ...finding, lines: [finding.line] });
    } else if (!same.lines.includes(finding.line)) {
      same.lines.push(finding.line);
    }
  }
  return [...known.values()].sort((a, b) => Number(b.stops) - Number(a.stops));
}

/**
 * @param {number} uses
 * @param {number} told
 * @param {number} stops
 */
function summary(uses, told, stops) {
  if (!uses) {
    return "It uses nothing that could differ here.";
  }
  const number = `${uses} ${uses === 1 ? "use" : "uses"} looked up`;
  if (!told) {
    return `${number}: all of it runs here as on your desk.`;
  }
  return `${number}: ${stops ? `${stops} would stop it here.` : "nothing stops it here."}`;
}

/** @param {Finding & { lines: number[] }} finding */
function row({ lines, name, verdict, why, instead, harmless, stops }) {
  const item = document.createElement("li");
  const head = document.createElement("p");
  const code = document.createElement("code");
  code.textContent = name;
  const place = document.createElement("span");
  place.className = stops ? "trouble" : "note";
  place.textContent = ` ${verdict}, line ${lines.join(", ")}`;
  head.append(code, place);
  item.append(head);
  for (const [label, text] of [
    ["", why],
    ["Instead: ", instead],
    ["But: ", harmless],
  ]) {
    if (text) {
      const line = document.createElement("p");
      line.className = "note";
      line.append(label, ...inSentence(text));
      item.append(line);
    }
  }
  return item;
}
