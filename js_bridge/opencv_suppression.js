// Non-maximum suppression, which opencv.js leaves out: NMSFast_ of modules/dnn/src/nms.inl.hpp, for
// rectangles. Each box is compared with those kept before it, one after the other: no work for Python.

const EPSILON = Number.EPSILON;

/**
 * The length that two boxes share along an axis: of the one that starts first, what is behind the start
 * of the other.
 *
 * @param {number} start
 * @param {number} length
 * @param {number} otherStart
 * @param {number} otherLength
 */
function shared(start, length, otherStart, otherLength) {
  return start < otherStart
    ? Math.min(length - (otherStart - start), otherLength)
    : Math.min(otherLength - (start - otherStart), length);
}

/**
 * Whether a box overlaps none of the others by more than the limit, which is not negative: by rectOverlap,
 * one minus the jaccardDistance of core/types.hpp.
 *
 * @param {Float64Array} boxes x, y, width and height of each
 * @param {number} box where it begins
 * @param {readonly number[]} others where they begin
 * @param {number} limit
 */
function isApart(boxes, box, others, limit) {
  const x = boxes[box];
  const y = boxes[box + 1];
  const width = boxes[box + 2];
  const height = boxes[box + 3];
  for (let i = 0; i < others.length; i += 1) {
    const other = others[i];
    const otherWidth = boxes[other + 2];
    const otherHeight = boxes[other + 3];
    const total = width * height + otherWidth * otherHeight;
    const across = shared(x, width, boxes[other], otherWidth);
    if (across <= 0 && total > EPSILON) {
      continue; // most pairs: nothing in common
    }
    const proper = width > 0 && height > 0 && otherWidth > 0 && otherHeight > 0;
    const down = shared(y, height, boxes[other + 1], otherHeight);
    const common = proper && across > 0 && down > 0 ? across * down : 0;
    const distance = total <= EPSILON ? 0 : Math.fround(1 - common / (total - common));
    if (!(Math.fround(1 - distance) <= limit)) {
      return false;
    }
  }
  return true;
}

/**
 * Marks the boxes that overlap none which is kept before them by more than the threshold.
 *
 * @param {any} boxes a Mat of float64: x, y, width and height of each, the best first
 * @param {any} kept a Mat of bytes: becomes 1 where a box is kept
 * @param {number} threshold
 * @param {number} eta what a threshold above a half is multiplied by when a box is kept
 */
export function suppress(boxes, kept, threshold, eta) {
  const numbers = boxes.data64F;
  const marks = kept.data;
  /** @type {number[]} */
  const before = [];
  let limit = Math.fround(threshold);
  for (let box = 0; box < boxes.rows; box += 1) {
    if (isApart(numbers, 4 * box, before, limit)) {
      before.push(4 * box);
      marks[box] = 1;
      if (eta < 1 && limit > 0.5) {
        limit = Math.fround(limit * Math.fround(eta));
      }
    }
  }
}
