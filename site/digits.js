// Puts the digits page together.

import { Digits } from "./digits/digits.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { showSource } from "./source.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
new Digits(document, runtime);
const panel = /** @type {import("./pyinfer.js").ModelsPanel} */ (find(document, "models-panel"));
runtime.addEventListener("start", () => {
  panel.models = runtime.models;
});
showSource(find(document, "digits-source"), runtime, "pyinfer_demo.digits:source");
keepPageOnDrop();
