// Puts the heart page's parts together.

import { Desk } from "./heart/desk.js";
import { showSource } from "./heart/source.js";
import { keepPageOnDrop } from "./pictures.js";
import { StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";

const runtime = new Runtime(new StatusStrip(document));
new Desk(document, runtime);
keepPageOnDrop();
for (const keyed of document.querySelectorAll("pre, .heart-notices, .heart-stage")) {
  /** @type {HTMLElement} */ (keyed).tabIndex = 0; // what scrolls, or has keys of its own, must be reached by them
}
showSource(document, runtime);
void runtime.start();
