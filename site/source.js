// Python's own text, shown once Python runs: what a visitor reads is what ran.

import { messageOf } from "./progress.js";

/** A script of its own, which comes when a source is first looked at: its parser is larger than most pages. */
const COLOURS = new URL("highlight.js", document.baseURI);

/**
 * @param {HTMLElement} place
 * @param {import("./runtime.js").Runtime} runtime
 * @param {string} entry a Python function that gives its module's source
 */
export function showSource(place, runtime, entry) {
  place.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
  const show = async () => {
    try {
      await showPython(place, await runtime.call(entry));
    } catch (error) {
      place.textContent = messageOf(error);
    }
  };
  place.closest("details")?.addEventListener("toggle", show);
}

/**
 * @param {HTMLElement} place
 * @param {string} source
 */
async function showPython(place, source) {
  /** @type {typeof import("./highlight.js")} */
  const { highlight } = await import(COLOURS.href);
  place.replaceChildren(highlight(source));
}
