// OpenCV's windows where Python runs in the page's own thread.

import { WindowDisplay } from "./window_display.js";
import { QueuedKeys } from "./window_keys.js";
import { WindowSender } from "./windows.js";

/**
 * @param {(name: string, image: ImageData | null) => void} [imshow] takes what is shown, besides canvases
 */
export function createOwnWindows(imshow) {
  const keys = new QueuedKeys();
  const display = new WindowDisplay(imshow ?? (() => {}), (code) => keys.press(code));
  display.callStarted(); // the page may run Python without our noticing, so it always is running
  const windows = new WindowSender({
    names: () => (imshow ? [""] : display.names()),
    send: (change) => display.apply(change),
    keys,
    isWorker: false,
  });
  return { windows, display };
}
