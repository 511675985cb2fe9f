// Python's own text, coloured once somebody wants to see it.

import { highlight } from "../highlight.js";
import { find, messageOf } from "../progress.js";
import { MODULE } from "./python.js";

/**
 * @param {Document} page
 * @param {import("../runtime.js").Runtime} runtime
 */
export function showSource(page, runtime) {
  const place = find(page, "heart-source");
  const show = async () => {
    try {
      place.replaceChildren(highlight(await runtime.call(`${MODULE}:source`)));
    } catch (error) {
      place.textContent = messageOf(error);
    }
  };
  place.closest("details")?.addEventListener("toggle", show, { once: true });
}
