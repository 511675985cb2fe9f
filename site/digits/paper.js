// Paper that is drawn on with a pen, or that shows a picture.

/** @typedef {[number, number]} Point in units of the paper's side */

const PEN = 0.065;

export class Paper {
  /** @type {Point[][]} */
  #strokes = [];
  /** @type {CanvasImageSource & { width: number, height: number } | null} */
  #picture = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} begin called when a stroke begins, before it is drawn
   * @param {(settled: boolean) => void} change called when the drawing has changed; at last when the pen is lifted
   */
  constructor(canvas, begin, change) {
    this.canvas = canvas;
    this.begin = begin;
    this.change = change;
    this.#listen();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.#draw();
  }

  /** Empties it. */
  clear() {
    this.show([]);
  }

  /**
   * @param {Point[][]} strokes
   * @param {CanvasImageSource & { width: number, height: number } | null} [picture]
   */
  show(strokes, picture = null) {
    this.#strokes = strokes;
    this.#picture = picture;
    this.#draw();
  }

  /**
   * What is on it.
   *
   * @param {number} side of the picture
   */
  pixels(side) {
    const small = new OffscreenCanvas(side, side);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    context.drawImage(this.canvas, 0, 0, side, side);
    return context.getImageData(0, 0, side, side);
  }

  #listen() {
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
      this.begin();
      if (this.#picture) {
        this.clear();
      }
      stroke = [];
      this.#strokes = [...this.#strokes, stroke];
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
      this.change(false);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, () => {
        if (stroke) {
          stroke = null;
          this.change(true);
        }
      });
    }
  }

  #draw() {
    const { canvas } = this;
    const side = canvas.width;
    const style = getComputedStyle(canvas);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, side, side);
    canvas.parentElement?.toggleAttribute("data-used", Boolean(this.#picture) || this.#strokes.length > 0);
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
