// The slices: one at a time, with what was found in it, moved through by slider, wheel and keys.

import { newestOnly, paint } from "../pictures.js";
import { find, messageOf } from "../progress.js";

/** @typedef {import("./python.js").Rectangle} Rectangle */

/** How far the wheel turns for a slice, in pixels; trackpads send many small turns. */
const WHEEL_STEP = 40;
const LARGE_STEP = 10;

/** @type {Record<string, number>} */
const STEPS = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  PageUp: -LARGE_STEP,
  PageDown: LARGE_STEP,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export class Viewer {
  /** @type {import("./python.js").Series | null} */
  #series = null;
  /** @type {(Rectangle | null | undefined)[]} undefined where nobody has looked yet */
  #rectangles = [];
  /** @type {import("./python.js").Box | null} */
  #box = null;
  #turned = 0;

  /**
   * @param {Document} page
   * @param {import("./python.js").PythonSeries} python
   * @param {import("./window.js").GreyWindow} window
   * @param {import("./trace.js").Trace} trace
   */
  constructor(page, python, window, trace) {
    this.python = python;
    this.window = window;
    this.trace = trace;
    this.stage = find(page, "heart-stage");
    this.canvas = /** @type {HTMLCanvasElement} */ (find(page, "heart-canvas"));
    this.marks = page.querySelector("#heart-marks");
    this.foundMark = page.querySelector("#heart-found");
    this.boxMark = page.querySelector("#heart-box");
    this.slider = /** @type {HTMLInputElement} */ (find(page, "heart-slice"));
    this.number = find(page, "heart-slice-number");
    this.words = find(page, "heart-slice-words");
    this.draw = newestOnly(() => this.#draw());

    this.slider.addEventListener("input", () => this.#moved());
    this.stage.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    this.stage.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step && this.#series && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        this.show(this.index + step);
      }
    });
    window.addEventListener("change", () => this.draw());
    window.listenToDrags(this.stage);
  }

  /** The slice that is shown, from 0. */
  get index() {
    return Number(this.slider.value) - 1;
  }

  /** @param {import("./python.js").Series} series */
  open(series) {
    this.#series = series;
    this.stage.dataset.used = "";
    this.slider.disabled = false;
    this.slider.max = String(series.count);
    this.marks?.setAttribute("viewBox", `0 0 ${series.width} ${series.height}`);
    this.forget();
    this.show(Math.floor(series.count / 2));
  }

  /** There is no series any more. */
  close() {
    this.#series = null;
    delete this.stage.dataset.used;
    this.slider.disabled = true;
    this.slider.max = "1";
    this.canvas.width = 1;
    this.forget();
    this.#showWords();
  }

  /** Forgets what was found. */
  forget() {
    this.#rectangles = [];
    this.#box = null;
    this.trace.show(this.#rectangles, this.#series?.count ?? 0, null);
    this.#mark();
  }

  /**
   * @param {number} start
   * @param {(Rectangle | null)[]} rectangles of the slices from there on
   * @param {import("./python.js").Box | null} [box]
   */
  found(start, rectangles, box = null) {
    rectangles.forEach((rectangle, k) => {
      this.#rectangles[start + k] = rectangle;
    });
    this.#box = box;
    this.trace.show(this.#rectangles, this.#series?.count ?? 0, box);
    this.#mark();
    this.#showWords();
  }

  /** @param {number} index is brought into what there is */
  show(index) {
    const last = (this.#series?.count ?? 1) - 1;
    this.slider.value = String(Math.min(last, Math.max(0, index)) + 1);
    this.#moved();
  }

  #moved() {
    this.#mark();
    this.#showWords();
    void this.draw();
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    if (!this.#series || event.ctrlKey) {
      return;
    }
    const isAtEnd = this.index === (event.deltaY < 0 ? 0 : this.#series.count - 1);
    if (isAtEnd) {
      this.#turned = 0;
      return; // the page itself scrolls on
    }
    event.preventDefault();
    this.#turned += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_STEP;
    const steps = Math.trunc(this.#turned / WHEEL_STEP);
    this.#turned -= steps * WHEEL_STEP;
    if (steps) {
      this.show(this.index + steps);
    }
  }

  async #draw() {
    const series = this.#series;
    if (!series) {
      return;
    }
    const { low, high } = this.window;
    try {
      const picture = await this.python.picture(this.index, low, high);
      if (series === this.#series) {
        paint(this.canvas, picture);
      }
    } catch (error) {
      this.words.textContent = messageOf(error);
    }
  }

  #mark() {
    const rectangle = this.#rectangles[this.index] ?? null;
    const box = this.#box;
    const isInBox = box && this.index >= box.first && this.index <= box.last;
    place(this.foundMark, rectangle);
    place(this.boxMark, isInBox ? [box.x, box.y, box.width, box.height] : null);
    this.trace.point(this.#series ? this.index : null);
  }

  #showWords() {
    const count = this.#series?.count ?? 0;
    const rectangle = this.#rectangles[this.index];
    const place = count ? `${this.index + 1} of ${count}` : "–";
    const [x, y, width, height] = rectangle ?? [];
    const words = rectangle
      ? `Heart at ${x}, ${y}: ${width} × ${height} pixels`
      : rectangle === null
        ? "No heart in this slice"
        : "";
    this.number.textContent = place;
    this.words.textContent = words;
    this.slider.setAttribute("aria-valuetext", count ? `slice ${place}. ${words}` : "no series");
  }
}

/**
 * @param {Element | null} mark an SVG rectangle
 * @param {Rectangle | null} rectangle
 */
function place(mark, rectangle) {
  const [x, y, width, height] = rectangle ?? [0, 0, 0, 0];
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    mark?.setAttribute(name, String(value));
  }
}
