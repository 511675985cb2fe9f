// The chart: milliseconds over batch sizes, both logarithmic, as an SVG that is drawn for the width it has.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 352;
const MARGIN = { top: 16, right: 12, bottom: 48, left: 56 };
const NARROW = 480;
const MARK = 4.5;

/** By engine, around 0, 0: what differs in colour alone is lost to some. */
const MARKS = {
  python: `M ${-MARK} 0 a ${MARK} ${MARK} 0 1 0 ${2 * MARK} 0 a ${MARK} ${MARK} 0 1 0 ${-2 * MARK} 0`,
  "by-hand": "M -4 -4 H 4 V 4 H -4 Z",
  tensorflow: "M 0 -5 L 5 4 H -5 Z",
  litert: "M 0 -5.5 L 5.5 0 L 0 5.5 L -5.5 0 Z",
};

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {keyof typeof MARKS} engine
 * @property {number} colour of the page's list of colours
 * @property {{ batch: number, median: number, min: number, max: number }[]} points milliseconds
 */

export class Chart {
  /** @type {{ lines: Line[], batches: number[], title: string }} */
  #content = { lines: [], batches: [], title: "" };

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    new ResizeObserver(() => this.#draw()).observe(place);
  }

  /**
   * @param {Line[]} lines
   * @param {number[]} batches ascending
   * @param {string} title of the vertical axis
   */
  show(lines, batches, title) {
    this.#content = { lines: lines.filter(({ points }) => points.length), batches, title };
    this.#draw();
  }

  #draw() {
    const { lines, batches, title } = this.#content;
    const width = Math.max(240, Math.floor(this.place.clientWidth));
    const picture = element("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img" });
    const words = lines.length
      ? `${title} over the batch size, ${lines.length} series. The table below has the numbers.`
      : `${title} over the batch size: nothing is measured yet.`;
    picture.setAttribute("aria-label", words);
    const x = horizontal(batches, width);
    const { y, ticks } = vertical(lines);
    const grid = element("g", { class: "grid" });
    for (const { at, text } of ticks) {
      grid.append(element("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(at), y2: y(at) }));
      grid.append(label(text, { x: MARGIN.left - 10, y: y(at) + 4, "text-anchor": "end" }));
    }
    const every = width < NARROW && batches.length > 6 ? 2 : 1;
    batches.forEach((batch, index) => {
      if ((batches.length - 1 - index) % every === 0) {
        grid.append(label(String(batch), { x: x(batch), y: HEIGHT - 26, "text-anchor": "middle" }));
      }
    });
    grid.append(
      label("Frames in a batch", {
        x: width - MARGIN.right,
        y: HEIGHT - 5,
        "text-anchor": "end",
        class: "axis",
      }),
    );
    picture.append(grid, ...lines.map((line) => drawLine(line, x, y)));
    this.place.replaceChildren(picture);
  }
}

/**
 * The mark of a series, for its row in the list.
 *
 * @param {keyof typeof MARKS} engine
 * @param {number} colour
 */
export function mark(engine, colour) {
  const picture = element("svg", { width: 34, height: 14, viewBox: "-17 -7 34 14", "aria-hidden": "true" });
  picture.append(
    element("path", { d: "M -17 0 H 17", class: "line", "data-engine": engine }),
    element("path", { d: MARKS[engine], class: "mark" }),
  );
  picture.dataset.colour = String(colour);
  return picture;
}

/**
 * @param {Line} line
 * @param {(batch: number) => number} x
 * @param {(milliseconds: number) => number} y
 */
function drawLine({ name, engine, colour, points }, x, y) {
  const group = element("g", {});
  group.dataset.colour = String(colour);
  const path = points
    .map(({ batch, median }) => `${x(batch).toFixed(1)} ${y(median).toFixed(1)}`)
    .join(" L ");
  group.append(element("path", { d: `M ${path}`, class: "line", "data-engine": engine }));
  for (const { batch, median, min, max } of points) {
    const spread = `M ${x(batch).toFixed(1)} ${y(min).toFixed(1)} V ${y(max).toFixed(1)}`;
    const place = `translate(${x(batch).toFixed(1)} ${y(median).toFixed(1)})`;
    const dot = element("path", { d: MARKS[engine], transform: place, class: "mark" });
    const words = element("title", {});
    words.textContent = `${name}: ${inMilliseconds(median)} for ${batch}`;
    dot.append(words);
    group.append(element("path", { d: spread, class: "spread" }), dot);
  }
  return group;
}

/**
 * @param {number[]} batches
 * @param {number} width
 */
function horizontal(batches, width) {
  const [first, last] = [Math.log2(batches[0] ?? 2), Math.log2(batches.at(-1) ?? 2)];
  const [left, right] = [MARGIN.left + 8, width - MARGIN.right - 12];
  const span = Math.max(1, last - first);
  return (/** @type {number} */ batch) => left + ((Math.log2(batch) - first) / span) * (right - left);
}

/** @param {Line[]} lines */
function vertical(lines) {
  const all = lines.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max]));
  const low = Math.floor(Math.log10(all.length ? Math.max(1e-6, Math.min(...all)) : 0.1));
  const high = Math.max(low + 1, Math.ceil(Math.log10(all.length ? Math.max(...all) : 10)));
  const bottom = HEIGHT - MARGIN.bottom;
  const y = (/** @type {number} */ milliseconds) =>
    bottom - ((Math.log10(Math.max(1e-6, milliseconds)) - low) / (high - low)) * (bottom - MARGIN.top);
  const ticks = [];
  for (let power = low; power <= high; power += 1) {
    ticks.push({ at: 10 ** power, text: power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power) });
  }
  return { y, ticks };
}

/**
 * Three digits that count.
 *
 * @param {number} milliseconds
 */
export function inMilliseconds(milliseconds) {
  const decimals = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(milliseconds))));
  return `${milliseconds.toFixed(decimals)} ms`;
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} attributes
 */
function label(text, attributes) {
  const found = element("text", attributes);
  found.textContent = text;
  return found;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, String(value));
  }
  return made;
}
