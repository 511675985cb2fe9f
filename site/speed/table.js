// The table: a row for each batch size, a column for each series.

import { inMilliseconds } from "./chart.js";

/**
 * @param {HTMLTableElement} table
 * @param {string[]} names of the series
 * @param {number[]} batches
 * @param {(series: number, batch: number) => { median: number, min: number, max: number } | null} find
 */
export function showTable(table, names, batches, find) {
  const head = table.tHead ?? table.createTHead();
  head.replaceChildren(
    row(
      "Batch",
      "col",
      names.map((name) => heading(name, "col")),
    ),
  );
  const body = table.tBodies[0] ?? table.createTBody();
  body.replaceChildren(
    ...batches.map((batch) =>
      row(
        String(batch),
        "row",
        names.map((_, series) => cell(find(series, batch))),
      ),
    ),
  );
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

/** @param {{ median: number, min: number, max: number } | null} found */
function cell(found) {
  const made = document.createElement("td");
  made.textContent = found ? inMilliseconds(found.median) : "–";
  if (found) {
    const range = document.createElement("small");
    range.textContent = `${inMilliseconds(found.min)} to ${inMilliseconds(found.max)}`;
    made.append(range);
  }
  return made;
}
