// The whole series as a strip: where the heart was found, how large, and which slice is shown.

/** @typedef {import("./python.js").Rectangle} Rectangle */

const HEIGHT = 100;

export class Trace {
  #count = 0;

  /** @param {Document} page */
  constructor(page) {
    this.strip = page.querySelector("#heart-trace");
    this.sizes = page.querySelector("#heart-trace-sizes");
    this.box = page.querySelector("#heart-trace-box");
    this.pointer = page.querySelector("#heart-trace-pointer");
  }

  /**
   * @param {(Rectangle | null | undefined)[]} rectangles by slice
   * @param {number} count of slices
   * @param {import("./python.js").Box | null} box
   */
  show(rectangles, count, box) {
    this.#count = count;
    this.strip?.setAttribute("viewBox", `0 0 ${Math.max(1, count)} ${HEIGHT}`);
    const areas = rectangles.map((rectangle) => (rectangle ? rectangle[2] * rectangle[3] : 0));
    const largest = areas.reduce((one, other) => Math.max(one, other), 1);
    const columns = areas.map((area, k) =>
      area ? `M${k} ${HEIGHT}V${(HEIGHT * (1 - Math.sqrt(area / largest))).toFixed(1)}h1V${HEIGHT}z` : "",
    );
    this.sizes?.setAttribute("d", columns.join(""));
    this.box?.setAttribute("x", String(box?.first ?? 0));
    this.box?.setAttribute("width", String(box ? box.last - box.first + 1 : 0));
  }

  /** @param {number | null} index of the slice that is shown */
  point(index) {
    this.pointer?.setAttribute("x1", String((index ?? 0) + 0.5));
    this.pointer?.setAttribute("x2", String((index ?? 0) + 0.5));
    this.pointer?.setAttribute("visibility", index === null || !this.#count ? "hidden" : "visible");
  }
}
