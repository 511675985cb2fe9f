// Puts the page's parts together.

import { Contours } from "./contours.js";
import { Digits } from "./digits.js";
import { Editor } from "./editor.js";
import { keepPageOnDrop } from "./pictures.js";
import { StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";

const runtime = new Runtime(new StatusStrip(document));
new Digits(document, runtime);
const contours = new Contours(document, runtime);
new Editor(document, runtime);
keepPageOnDrop();
for (const scrolling of document.querySelectorAll("pre")) {
  scrolling.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
}

void contours.openSample();
void contours.showSource();
void runtime.start();
