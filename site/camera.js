// Puts the camera page together.

import { Camera } from "./camera/camera.js";
import { MODULE } from "./camera/classifier.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { showSource } from "./source.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
new Camera(document, runtime);
showSource(find(document, "camera-source"), runtime, `${MODULE}:source`);
keepPageOnDrop();
