// How long frames take: a chart of the last ones, and figures in words.

import { find } from "../progress.js";

/** @typedef {{ at: number, total: number, python: number }} FrameTime milliseconds */

const FRAMES = 180;
/** What thirty frames a second leave for each. */
const THIRTY_A_SECOND = 1000 / 30;
const LIMIT_WORDS = "33 ms, for 30 frames a second";
/** The line is in the middle; what takes longer than twice that reaches the top. */
const HIGHEST = 2 * THIRTY_A_SECOND;
const WORDS_MILLISECONDS = 500;

export class FrameTimes {
  /** @type {FrameTime[]} */
  #times = [];
  #toldAt = 0;
  #request = 0;

  /** @param {Document} page */
  constructor(page) {
    this.canvas = /** @type {HTMLCanvasElement} */ (find(page, "camera-chart"));
    this.words = find(page, "camera-times");
    this.drawing = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    new ResizeObserver(() => this.#redraw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  reset() {
    this.#times = [];
    this.#toldAt = 0;
    this.words.textContent = "No frames yet.";
    this.#redraw();
  }

  /**
   * @param {FrameTime} time of one more frame: when its answer was there, how long that took since the frame
   *   was taken from the video, and how much of it Python worked
   * @param {number} dropped frames that were overtaken so far
   */
  add(time, dropped) {
    this.#times.push(time);
    this.#times.splice(0, this.#times.length - FRAMES);
    this.#redraw();
    if (time.at - this.#toldAt >= WORDS_MILLISECONDS) {
      this.#toldAt = time.at;
      this.words.textContent = inWords(this.#times, dropped);
    }
  }

  /** Once a frame of the page's own, however often it is asked for. */
  #redraw() {
    this.#request ||= requestAnimationFrame(() => {
      this.#request = 0;
      this.#draw();
    });
  }

  #draw() {
    const { drawing } = this;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const style = getComputedStyle(this.canvas);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name);
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = height * devicePixelRatio;
    drawing.scale(devicePixelRatio, devicePixelRatio);
    const scale = height / HIGHEST;
    const step = width / FRAMES;
    for (const [index, { total, python }] of this.#times.entries()) {
      const left = width - (this.#times.length - index) * step;
      drawing.fillStyle = colour("--line");
      drawing.fillRect(left, height - total * scale, step * 0.75, total * scale);
      drawing.fillStyle = colour("--accent");
      drawing.fillRect(left, height - python * scale, step * 0.75, python * scale);
    }
    const limit = Math.round(height - THIRTY_A_SECOND * scale) + 0.5;
    drawing.strokeStyle = colour("--strong-line");
    drawing.setLineDash([3, 3]);
    drawing.beginPath();
    drawing.moveTo(0, limit);
    drawing.lineTo(width, limit);
    drawing.stroke();
    drawing.setLineDash([]);
    drawing.lineWidth = 4;
    drawing.strokeStyle = colour("--paper"); // around the words, where bars are behind them
    drawing.fillStyle = colour("--soft");
    drawing.font = `12px ${colour("--sans")}`;
    drawing.strokeText(LIMIT_WORDS, 4, limit - 7);
    drawing.fillText(LIMIT_WORDS, 4, limit - 7);
  }
}

/**
 * @param {FrameTime[]} times
 * @param {number} dropped
 */
function inWords(times, dropped) {
  const end = times[times.length - 1].at;
  const recent = times.filter(({ at }) => at > end - 1000);
  const seconds = (end - recent[0].at) / 1000;
  const rate = recent.length > 1 ? Math.round((recent.length - 1) / seconds) : 1;
  const total = median(recent.map((time) => time.total));
  const python = median(recent.map((time) => time.python));
  return `${rate} frames a second. ${total} ms from frame to answer, ${python} ms of it in Python. ${dropped} overtaken frames were left out.`;
}

/** @param {number[]} values */
function median(values) {
  return Math.round(values.sort((a, b) => a - b)[values.length >> 1]);
}
