// The table: a row for each batch size, a column for each series.

import { inMilliseconds } from "./chart.js";

/** @typedef {{ median: number, min: number, max: number } | null} Found */

export class TimesTable {
  /** @type {{ median: Text, range: HTMLElement }[][]} by batch size, then by series */
  #cells = [];

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.table = table;
    this.head = table.createTHead();
    this.body = table.createTBody();
  }

  /**
   * Makes the table anew, without numbers.
   *
   * @param {string[]} names of the series
   * @param {number[]} batches
   */
  layOut(names, batches) {
    this.head.replaceChildren(
      row(
        "Batch",
        "col",
        names.map((name) => heading(name, "col")),
      ),
    );
    this.#cells = [];
    const rows = batches.map((batch) => {
      const cells = names.map(createCell);
      this.#cells.push(cells);
      return row(
        String(batch),
        "row",
        cells.map(({ cell }) => cell),
      );
    });
    this.body.replaceChildren(...rows);
  }

  /**
   * Writes the numbers. Cells stay what they are: to make them all anew while engines run takes long.
   *
   * @param {(row: number, column: number) => Found} find
   */
  show(find) {
    this.#cells.forEach((cells, index) => {
      cells.forEach(({ median, range }, column) => {
        const found = find(index, column);
        write(median, found ? inMilliseconds(found.median) : "–");
        write(range, found ? `${inMilliseconds(found.min)} to ${inMilliseconds(found.max)}` : "");
      });
    });
  }
}

/**
 * @param {Node} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/**
 * @param {string} name
 * @param {"row" | "col"} scope
 * @param {HTMLElement[]} cells
 */
function row(name, scope, cells) {
  const made = document.createElement("tr");
  made.append(heading(name, scope), ...cells);
  return made;
}

/**
 * @param {string} name
 * @param {"row" | "col"} scope
 */
function heading(name, scope) {
  const made = document.createElement("th");
  made.scope = scope;
  made.textContent = name;
  return made;
}

function createCell() {
  const cell = document.createElement("td");
  const median = document.createTextNode("–");
  const range = document.createElement("small");
  cell.append(median, range);
  return { cell, median, range };
}
