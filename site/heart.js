// Puts the heart page's parts together.

import { Desk } from "./heart/desk.js";
import { MODULE } from "./heart/python.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { showSource } from "./source.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
new Desk(document, runtime);
keepPageOnDrop();
for (const keyed of document.querySelectorAll("pre, .heart-notices, .heart-stage")) {
  /** @type {HTMLElement} */ (keyed).tabIndex = 0; // what scrolls, or has keys of its own, must be reached by them
}
showSource(find(document, "heart-source"), runtime, `${MODULE}:source`);
