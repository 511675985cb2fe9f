// Python's own text, shown once Python runs: what a visitor reads is what ran.

import { highlight } from "./highlight.js";
import { messageOf } from "./progress.js";

/**
 * @param {HTMLElement} place
 * @param {import("./runtime.js").Runtime} runtime
 * @param {string} entry a Python function that gives its module's source
 */
export function showSource(place, runtime, entry) {
  place.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
  const show = async () => {
    try {
      place.replaceChildren(highlight(await runtime.call(entry)));
    } catch (error) {
      place.textContent = messageOf(error);
    }
  };
  place.closest("details")?.addEventListener("toggle", show);
}
