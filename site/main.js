// Puts the page's parts together.

import { Contours } from "./contours.js";
import { Digits } from "./digits.js";
import { Editor } from "./editor.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";

const runtime = new Runtime(new StatusStrip(document));
new Digits(document, runtime);
const contours = new Contours(document, runtime);
new Editor(document, runtime);
const panel = /** @type {import("./pyinfer.js").ModelsPanel} */ (find(document, "models-panel"));
runtime.addEventListener("start", () => {
  panel.models = runtime.models;
});
keepPageOnDrop();
for (const scrolling of document.querySelectorAll("pre")) {
  scrolling.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
}

void contours.openSample();
void contours.showSource();
void runtime.start();
