// Handwritten digits: paper to draw on, and what Python makes of it.

import { newestOnly, paint, partInUse, takePictures } from "./pictures.js";
import { find, messageOf } from "./progress.js";
import samples from "./strokes.json" with { type: "json" };

/** @typedef {[number, number]} Point in units of the paper's side */
/** @typedef {{ digit: number, probabilities: number[], steps: { name: string, pixels: any }[], milliseconds: number }} Answer */

/**
 * @typedef {object} Reading a request to read the paper
 * @property {string} entry the Python function
 * @property {ImageData | File} input
 * @property {boolean} settled whether the pen has been lifted
 * @property {number} generation which drawing it was; the paper may have been cleared since
 */

const PEN = 0.065;
/** Side of the picture that Python gets; the paper itself is drawn finer. */
const SENT_SIDE = 280;
const SAMPLE_MILLISECONDS = 450;

export class Digits {
  /** @type {Point[][]} */
  #strokes = [];
  /** @type {ImageBitmap | null} */
  #picture = null;
  #generation = 0;

  /**
   * @param {Document} page
   * @param {import("./runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.runtime = runtime;
    this.canvas = /** @type {HTMLCanvasElement} */ (find(page, "digits-canvas"));
    this.paper = /** @type {HTMLElement} */ (this.canvas.parentElement);
    this.numeral = find(page, "digits-answer");
    this.words = find(page, "digits-words");
    this.bars = [...find(page, "digits-bars").children].map((bar) => /** @type {HTMLElement} */ (bar));
    this.steps = new Map(
      [...find(page, "digits-steps").querySelectorAll("canvas")].map((canvas) => [
        canvas.dataset.step,
        canvas,
      ]),
    );
    /** @type {(reading: Reading) => Promise<void>} */
    this.read = newestOnly((reading) => this.#read(reading));

    this.#listenToPen();
    find(page, "digits-clear").addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && partInUse() === find(page, "digits")) {
        this.clear();
      }
    });
    const input = /** @type {HTMLInputElement} */ (find(page, "digits-file"));
    takePictures(find(page, "digits"), find(page, "digits-choose"), input, (file) => this.#take(file));
    this.#offerSamples(find(page, "digits-samples"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.#forget();
  }

  /** Empties the paper. */
  clear() {
    this.#generation++;
    this.#strokes = [];
    this.#picture = null;
    this.#draw();
    this.#forget();
  }

  #listenToPen() {
    const { canvas } = this;
    /** @type {Point[] | null} */
    let stroke = null;
    const place = (/** @type {PointerEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      stroke?.push([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || stroke) {
        return;
      }
      canvas.setPointerCapture(event.pointerId);
      if (this.#picture) {
        this.clear();
      }
      this.#generation++;
      stroke = [];
      this.#strokes.push(stroke);
      place(event);
      this.#draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke) {
        return;
      }
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length ? passed : [event]) {
        place(each);
      }
      this.#draw();
      this.#readPaper(false);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, () => {
        if (stroke) {
          stroke = null;
          this.#readPaper(true);
        }
      });
    }
  }

  /** @param {HTMLElement} group */
  #offerSamples(group) {
    for (const button of group.querySelectorAll("button")) {
      const styles = samples.filter(({ digit }) => digit === Number(button.value));
      let shown = 0;
      button.addEventListener("click", () => {
        const { strokes } = styles[shown++ % styles.length];
        void this.#drawSample(/** @type {Point[][]} */ (strokes));
      });
    }
  }

  /** @param {Point[][]} strokes */
  async #drawSample(strokes) {
    this.clear();
    const generation = this.#generation;
    const points = strokes.reduce((count, stroke) => count + stroke.length, 0);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const started = performance.now();
    for (let drawn = 0; drawn < points; ) {
      const passed = (performance.now() - started) / SAMPLE_MILLISECONDS;
      drawn = still ? points : Math.min(points, Math.max(2, Math.round(points * passed)));
      this.#strokes = beginning(strokes, drawn);
      this.#draw();
      await new Promise(requestAnimationFrame);
      if (generation !== this.#generation) {
        return;
      }
    }
    this.#readPaper(true);
  }

  /** @param {File} file */
  async #take(file) {
    this.clear();
    const generation = this.#generation;
    try {
      const picture = await createImageBitmap(file);
      if (generation === this.#generation) {
        this.#picture = picture;
        this.#draw();
      }
    } catch {
      // Python opens more formats than the browser shows; its answer is the one that counts.
    }
    await this.read({ entry: "pyinfer_demo.digits:read_file", input: file, settled: true, generation });
  }

  /** @param {boolean} settled whether the pen has been lifted */
  #readPaper(settled) {
    const small = new OffscreenCanvas(SENT_SIDE, SENT_SIDE);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    context.drawImage(this.canvas, 0, 0, SENT_SIDE, SENT_SIDE);
    const input = context.getImageData(0, 0, SENT_SIDE, SENT_SIDE);
    void this.read({ entry: "pyinfer_demo.digits:read", input, settled, generation: this.#generation });
  }

  /** @param {Reading} reading */
  async #read({ entry, input, settled, generation }) {
    try {
      const answer = await this.runtime.callWithNetwork(entry, input);
      if (generation === this.#generation) {
        this.#show(answer, settled);
      }
    } catch (error) {
      if (generation === this.#generation && settled) {
        this.#forget(refusal(error));
      }
    }
  }

  /**
   * @param {Answer} answer
   * @param {boolean} settled
   */
  #show({ digit, probabilities, steps, milliseconds }, settled) {
    this.numeral.textContent = String(digit);
    delete this.numeral.dataset.empty;
    this.bars.forEach((bar, each) => {
      bar.style.setProperty("--share", String(probabilities[each]));
      bar.toggleAttribute("data-best", each === digit);
    });
    for (const { name, pixels } of steps) {
      const canvas = this.steps.get(name);
      if (canvas) {
        paint(canvas, pixels);
      }
    }
    if (settled) {
      this.words.classList.remove("trouble");
      this.words.textContent = inWords(digit, probabilities, milliseconds);
    }
  }

  /** @param {string} [trouble] */
  #forget(trouble) {
    this.numeral.textContent = "–";
    this.numeral.dataset.empty = "";
    this.words.classList.toggle("trouble", Boolean(trouble));
    this.words.textContent = trouble ?? "Waiting for a digit.";
    for (const bar of this.bars) {
      bar.style.setProperty("--share", "0");
      bar.removeAttribute("data-best");
    }
    for (const canvas of this.steps.values()) {
      canvas.width = canvas.height = 1;
    }
  }

  #draw() {
    const { canvas } = this;
    const side = canvas.width;
    const style = getComputedStyle(canvas);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, side, side);
    this.paper.toggleAttribute("data-used", Boolean(this.#picture) || this.#strokes.length > 0);
    if (this.#picture) {
      const { width, height } = this.#picture;
      const scale = side / Math.max(width, height);
      const [w, h] = [width * scale, height * scale];
      context.drawImage(this.#picture, (side - w) / 2, (side - h) / 2, w, h);
    }
    context.strokeStyle = style.color;
    context.lineWidth = PEN * side;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of this.#strokes) {
      trace(context, stroke, side);
    }
  }
}

/**
 * The first `count` points of some strokes.
 *
 * @param {Point[][]} strokes
 * @param {number} count
 */
function beginning(strokes, count) {
  const drawn = [];
  for (const stroke of strokes) {
    if (count > 0) {
      drawn.push(stroke.slice(0, count));
    }
    count -= stroke.length;
  }
  return drawn;
}

/**
 * Draws a stroke through the middles between its points, so that it has no corners.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} stroke
 * @param {number} side
 */
function trace(context, stroke, side) {
  if (!stroke.length) {
    return;
  }
  const points = stroke.map(([x, y]) => [x * side, y * side]);
  const [first] = points;
  const last = points[points.length - 1];
  context.beginPath();
  context.moveTo(first[0], first[1]);
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(last[0], last[1]);
  context.stroke();
}

/**
 * @param {number} digit
 * @param {number[]} probabilities
 * @param {number} milliseconds
 */
function inWords(digit, probabilities, milliseconds) {
  const percent = (/** @type {number} */ each) => `${Math.round(probabilities[each] * 100)} %`;
  const time = `Python took ${Math.max(1, Math.round(milliseconds))} ms.`;
  if (probabilities[digit] > 0.8) {
    return `A ${digit}, ${percent(digit)} sure. ${time}`;
  }
  const [, second] = probabilities.map((_, each) => each).sort((a, b) => probabilities[b] - probabilities[a]);
  return `Perhaps a ${digit} (${percent(digit)}), or a ${second} (${percent(second)}). ${time}`;
}

/** @param {unknown} error */
function refusal(error) {
  if (String(/** @type {any} */ (error).type).endsWith("UnidentifiedImageError")) {
    return "This file is no picture that Python can open. JPEG, PNG and WebP work.";
  }
  return messageOf(error);
}
