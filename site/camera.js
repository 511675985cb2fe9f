// Puts the camera page together.

import { Camera } from "./camera/camera.js";
import { highlight } from "./highlight.js";
import { keepPageOnDrop } from "./pictures.js";
import { find, messageOf, StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";

const runtime = new Runtime(new StatusStrip(document));
const camera = new Camera(document, runtime);
keepPageOnDrop();
void runtime.start();

const source = find(document, "camera-source");
source.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
source.closest("details")?.addEventListener("toggle", showSource, { once: true });

async function showSource() {
  try {
    source.replaceChildren(highlight(await camera.classifier.source()));
  } catch (error) {
    source.textContent = messageOf(error);
  }
}
