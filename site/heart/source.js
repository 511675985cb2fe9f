// Python's own text, shown once Python runs.

import { highlight } from "../highlight.js";
import { find, messageOf } from "../progress.js";
import { MODULE } from "./python.js";

/**
 * @param {Document} page
 * @param {import("../runtime.js").Runtime} runtime
 */
export async function showSource(page, runtime) {
  const place = find(page, "heart-source");
  try {
    place.replaceChildren(highlight(await runtime.call(`${MODULE}:source`)));
  } catch (error) {
    place.textContent = messageOf(error);
  }
}
