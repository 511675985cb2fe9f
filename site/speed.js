// Puts the speed page's parts together.

import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { showSource } from "./source.js";
import { Desk } from "./speed/desk.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
new Desk(document, runtime);
find(document, "speed-numbers").tabIndex = 0; // what scrolls must be reached by keys
showSource(find(document, "speed-source"), runtime, "pyinfer_demo.speed:source");
