// Which values are black and which are white: presets, two sliders, and dragging on the picture.

import { find } from "../progress.js";

/** Level and width in Hounsfield units, as radiologists set them. @type {Record<string, [number, number]>} */
const PRESETS = { soft: [40, 400], lung: [-600, 1500], bone: [400, 1800] };

/** Widths are set in this share of the values that a series has, at least. */
const FINEST = 200;

/** Tells `change`. */
export class GreyWindow extends EventTarget {
  /** @type {[number, number]} level and width that show all values */
  #everything = [128, 256];
  #sensitivity = 1;

  /** @param {Document} page */
  constructor(page) {
    super();
    this.preset = /** @type {HTMLSelectElement} */ (find(page, "heart-preset"));
    this.level = /** @type {HTMLInputElement} */ (find(page, "heart-level"));
    this.width = /** @type {HTMLInputElement} */ (find(page, "heart-width"));
    this.levelValue = find(page, "heart-level-value");
    this.widthValue = find(page, "heart-width-value");
    this.preset.addEventListener("change", () => this.#takePreset());
    for (const slider of [this.level, this.width]) {
      slider.addEventListener("input", () => {
        this.preset.value = "own";
        this.#changed();
      });
    }
  }

  /** What is black. */
  get low() {
    return Number(this.level.value) - Number(this.width.value) / 2;
  }

  /** What is white. */
  get high() {
    return Number(this.level.value) + Number(this.width.value) / 2;
  }

  /** @param {import("./python.js").Series} series */
  open({ modality, darkest, brightest }) {
    const isCT = modality === "CT";
    const low = isCT ? Math.min(darkest, -1200) : darkest;
    const high = isCT ? Math.max(brightest, 1500) : brightest;
    const range = Math.max(1, Math.round(high - low));
    this.#everything = modality === "" && high <= 255 ? [128, 256] : [(low + high) / 2, range];
    this.#sensitivity = Math.max(1, Math.round(range / FINEST / 4));
    this.level.min = String(Math.floor(Math.min(low, 0)));
    this.level.max = String(Math.ceil(Math.max(high, 255)));
    this.width.min = "1";
    this.width.max = String(Math.max(range, 256));
    for (const option of this.preset.options) {
      option.disabled = !isCT && option.value in PRESETS;
    }
    for (const control of [this.preset, this.level, this.width]) {
      control.disabled = false;
    }
    this.preset.value = isCT ? "soft" : "everything";
    this.#takePreset();
  }

  /**
   * Has a mouse or pen that drags on an element move level (up and down) and width (left and right). A
   * finger scrolls the page there.
   *
   * @param {HTMLElement} element
   */
  listenToDrags(element) {
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch" && !this.level.disabled) {
        element.setPointerCapture(event.pointerId);
      }
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId) && (event.movementX || event.movementY)) {
        this.preset.value = "own";
        this.level.value = String(Number(this.level.value) + event.movementY * this.#sensitivity);
        this.width.value = String(Number(this.width.value) + event.movementX * this.#sensitivity);
        this.#changed();
      }
    });
  }

  #takePreset() {
    const chosen = this.preset.value === "everything" ? this.#everything : PRESETS[this.preset.value];
    if (chosen) {
      this.level.value = String(Math.round(chosen[0]));
      this.width.value = String(Math.round(chosen[1]));
    }
    this.#changed();
  }

  #changed() {
    this.levelValue.textContent = this.level.value;
    this.widthValue.textContent = this.width.value;
    this.dispatchEvent(new Event("change"));
  }
}
