// Which parts of an image a drawing call can touch: only these are copied to the engine and back. Copying a
// whole 1080p image in and out takes some hundred times as long as drawing a box into it. The regions are
// never too small; they may hold more than is drawn.

/** Below this many bytes the whole image crosses as soon. */
const SMALL = 8192;

/** What line ends, antialiasing and rounding may add. */
const MARGIN = 3;

/** The same at the edges of a rectangle of whole pixels that are not antialiased. */
const PLAIN_MARGIN = 1;

const LINE_AA = 16;

/** No glyph of OpenCV's fonts is as tall, in pixels at scale 1, above or below the baseline. */
const GLYPH = 64;

/** Coordinates beyond this are not looked at: they may wrap around in C++. */
const FAR = 2 ** 30;

/** A slanting line is looked at in so many pieces at most, each some pixels long. */
const MOST_PIECES = 16;
const PIECE = 40;

/** NumPy's numbers of the two 32-bit integers: int and, on wasm32, long. */
const INT32 = new Set([5, 7]);

/** @typedef {readonly number[]} Region left, top, right, bottom; right and bottom excluded */

/** @typedef {readonly any[]} Flat the flat arguments; the first is the image */

/**
 * The box of some points, widened by `reach` pixels; coordinates have `shift` fractional bits.
 *
 * @param {readonly number[]} xs
 * @param {readonly number[]} ys
 * @param {number} reach
 * @param {number} [shift]
 * @returns {Region}
 */
function around(xs, ys, reach, shift = 0) {
  const margin = Math.ceil(reach) + MARGIN;
  const scale = 2 ** -shift;
  return [
    Math.floor(Math.min(...xs) * scale) - margin,
    Math.floor(Math.min(...ys) * scale) - margin,
    Math.ceil(Math.max(...xs) * scale) + margin + 1,
    Math.ceil(Math.max(...ys) * scale) + margin + 1,
  ];
}

/**
 * What lies along the line between two points: boxes of pieces of it.
 *
 * @param {readonly [number, number]} start
 * @param {readonly [number, number]} end
 * @param {number} reach
 * @param {number} [shift]
 * @returns {Region[]}
 */
function along([x1, y1], [x2, y2], reach, shift = 0) {
  const slant = Math.min(Math.abs(x2 - x1), Math.abs(y2 - y1)) * 2 ** -shift;
  const count = Math.min(Math.max(Math.ceil(slant / (4 * reach + PIECE)), 1), MOST_PIECES);
  const boxes = [];
  for (let i = 0; i < count; i += 1) {
    const xs = [x1 + ((x2 - x1) * i) / count, x1 + ((x2 - x1) * (i + 1)) / count];
    const ys = [y1 + ((y2 - y1) * i) / count, y1 + ((y2 - y1) * (i + 1)) / count];
    boxes.push(around(xs, ys, reach, shift));
  }
  return boxes;
}

/**
 * The four sides of a rectangle, or all of a filled one.
 *
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {number} thickness
 * @param {number} lineType
 * @param {number} shift
 * @returns {Region[]}
 */
function rectangle(x1, y1, x2, y2, thickness, lineType, shift) {
  if (thickness < 0) {
    return [around([x1, x2], [y1, y2], Math.abs(thickness), shift)];
  }
  const margin = lineType === LINE_AA || shift !== 0 ? MARGIN : PLAIN_MARGIN;
  const reach = Math.ceil(thickness / 2) + margin;
  const scale = 2 ** -shift;
  const [left, right] = [Math.min(x1, x2) * scale, Math.max(x1, x2) * scale];
  const [top, bottom] = [Math.min(y1, y2) * scale, Math.max(y1, y2) * scale];
  const [before, behind] = [Math.floor(left) - reach, Math.ceil(right) + reach + 1];
  const [above, below] = [Math.floor(top) - reach, Math.ceil(bottom) + reach + 1];
  const [innerTop, innerBottom] = [Math.ceil(top) + reach + 1, Math.floor(bottom) - reach];
  return [
    [before, above, behind, innerTop],
    [before, innerBottom, behind, below],
    [before, innerTop, Math.ceil(left) + reach + 1, innerBottom],
    [Math.floor(right) - reach, innerTop, behind, innerBottom],
  ];
}

/**
 * What lies around a center.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} reach
 * @param {number} [shift]
 */
function aroundCenter(x, y, radius, reach, shift) {
  return around([x - radius, x + radius], [y - radius, y + radius], reach, shift);
}

/**
 * Finders by what opencv.js calls a function. An argument that is not given has its default.
 *
 * @type {Record<string, (flat: Flat) => Region[] | undefined>}
 */
const OF_NUMBERS = {
  line: ([, x1, y1, x2, y2, , , , , thickness = 1, , shift = 0]) =>
    along([x1, y1], [x2, y2], Math.abs(thickness), shift),
  rectangle: ([, x1, y1, x2, y2, , , , , thickness = 1, lineType, shift = 0]) =>
    rectangle(x1, y1, x2, y2, thickness, lineType, shift),
  rectangle1: ([, x, y, width, height, , , , , thickness = 1, lineType, shift = 0]) =>
    rectangle(x, y, x + width, y + height, thickness, lineType, shift),
  arrowedLine: ([, x1, y1, x2, y2, , , , , thickness = 1, , shift = 0, tip = 0.1]) => {
    const length = (Math.abs(x1 - x2) + Math.abs(y1 - y2)) * Math.abs(tip) * 2 ** -shift;
    return [around([x1, x2], [y1, y2], length + Math.abs(thickness), shift)];
  },
  circle: ([, x, y, radius, , , , , thickness = 1, , shift = 0]) => [
    aroundCenter(x, y, radius, Math.abs(thickness), shift),
  ],
  ellipse: ([, x, y, width, height, , , , , , , , thickness = 1, , shift = 0]) => [
    aroundCenter(x, y, Math.max(Math.abs(width), Math.abs(height)), Math.abs(thickness), shift),
  ],
  ellipse1: ([, x, y, width, height, , , , , , thickness = 1]) => [
    aroundCenter(x, y, Math.abs(width) + Math.abs(height), Math.abs(thickness)),
  ],
  drawMarker: ([, x, y, , , , , , size = 20, thickness = 1]) => [
    aroundCenter(x, y, Math.abs(size), Math.abs(thickness)),
  ],
  putText: ([, text, , y, , scale, , , , , thickness = 1]) =>
    text.includes("\n")
      ? undefined
      : [around([0, FAR - 1], [y], GLYPH * Math.max(Math.abs(scale), 1) + 2 * Math.abs(thickness))],
};

/**
 * The same of what is drawn between points: where thickness and shift stand behind these.
 *
 * @type {Record<string, { thickness?: number, shift?: number }>}
 */
const OF_POINTS = {
  polylines: { thickness: 5, shift: 7 },
  fillPoly: { shift: 5 },
  fillConvexPoly: { shift: 5 },
  drawContours: { thickness: 5 },
};

/** @param {import("./numpy_arrays.js").ArrayReader} arrays */
export function createRegionFinder(arrays) {
  /**
   * The smallest and largest x and y of arrays of points, if they are plain ones.
   *
   * @param {readonly number[]} ids
   */
  function extremes(ids) {
    let [left, top, right, bottom] = [FAR, FAR, -FAR, -FAR];
    const words = arrays.words();
    for (const id of ids) {
      const { number, shape, contiguous, address } = arrays.read(id);
      if (!INT32.has(number) || !contiguous || shape.at(-1) !== 2) {
        return undefined;
      }
      const start = address >>> 2;
      const end = start + shape.reduce((product, size) => product * size, 1);
      for (let i = start; i < end; i += 2) {
        left = Math.min(left, words[i]);
        right = Math.max(right, words[i]);
        top = Math.min(top, words[i + 1]);
        bottom = Math.max(bottom, words[i + 1]);
      }
    }
    return left > right ? undefined : [left, top, right, bottom];
  }

  /**
   * @param {{ thickness?: number, shift?: number }} places
   * @param {string} layout
   * @param {Flat} flat
   */
  function findOfPoints({ thickness: thicknessAt, shift: shiftAt }, layout, flat) {
    const several = layout[1] === "v";
    const behind = several ? 2 + flat[1] : 2;
    const found = extremes(flat.slice(several ? 2 : 1, behind));
    if (!found) {
      return undefined;
    }
    const [left, top, right, bottom] = found;
    const rest = flat.slice(behind);
    const [dx, dy] = layout.endsWith("p") ? rest.slice(-2) : [0, 0];
    const thickness = thicknessAt === undefined ? 1 : (rest[thicknessAt] ?? 1);
    const shift = shiftAt === undefined ? 0 : (rest[shiftAt] ?? 0);
    return [around([left + dx, right + dx], [top + dy, bottom + dy], Math.abs(thickness), shift)];
  }

  /**
   * The parts of its image that a call may change; nothing if that may be all of it.
   *
   * @param {string} name
   * @param {string} layout
   * @param {Flat} flat
   * @returns {Region[] | undefined}
   */
  return function regionsOf(name, layout, flat) {
    const ofNumbers = OF_NUMBERS[name];
    const ofPoints = OF_POINTS[name];
    if (!(ofNumbers || ofPoints) || layout[0] !== "w") {
      return undefined;
    }
    const { shape, strides } = arrays.read(flat[0]);
    if (shape.length < 2 || shape[0] * strides[0] < SMALL) {
      return undefined;
    }
    const boxes = ofNumbers ? ofNumbers(flat) : findOfPoints(ofPoints, layout, flat);
    if (!boxes?.every((box) => box.every((edge) => Math.abs(edge) <= 2 * FAR))) {
      return undefined;
    }
    return (boxes.length > 1 && !boxes.every((box) => isInside(box, shape)) ? [union(boxes)] : boxes)
      .map((box) => clipped(box, shape[1], shape[0]))
      .filter(([left, top, right, bottom]) => left < right && top < bottom);
  };
}

/**
 * Of what reaches beyond the image, OpenCV draws traces along the edge: parts are no use then.
 *
 * @param {Region} box
 * @param {readonly number[]} shape
 */
function isInside([left, top, right, bottom], shape) {
  return left >= 0 && top >= 0 && right <= shape[1] && bottom <= shape[0];
}

/**
 * @param {readonly Region[]} boxes
 * @returns {Region}
 */
function union(boxes) {
  const [lefts, tops, rights, bottoms] = [0, 1, 2, 3].map((edge) => boxes.map((box) => box[edge]));
  return [Math.min(...lefts), Math.min(...tops), Math.max(...rights), Math.max(...bottoms)];
}

/**
 * @param {Region} box
 * @param {number} width
 * @param {number} height
 * @returns {Region}
 */
function clipped([left, top, right, bottom], width, height) {
  return [Math.max(left, 0), Math.max(top, 0), Math.min(right, width), Math.min(bottom, height)];
}
