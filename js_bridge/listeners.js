// The functions that a page gives to `loadPyinfer`, as listeners to events.

/**
 * @param {EventTarget} target
 * @param {import("./pyinfer.js").LoadOptions} options
 */
export function addListeners(target, { stdout, stderr, imshow }) {
  for (const [type, listener] of Object.entries({ stdout, stderr })) {
    if (listener) {
      target.addEventListener(type, (event) => {
        const { text, bytes } = /** @type {import("./output.js").OutputEvent} */ (event);
        listener(text, bytes);
      });
    }
  }
  if (imshow) {
    target.addEventListener("imshow", (event) => {
      const { name, image } = /** @type {import("./window_display.js").ImshowEvent} */ (event);
      imshow(name, image);
    });
  }
}
