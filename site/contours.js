// Puts the page of contours together.

import { Contours } from "./contours/contours.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { showSource } from "./source.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
const contours = new Contours(document, runtime);
showSource(find(document, "contours-source"), runtime, "pyinfer_demo.contours:source");
keepPageOnDrop();
void contours.openSample();
