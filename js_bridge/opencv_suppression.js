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
 * rectOverlap: one minus the jaccardDistance of core/types.hpp.
 *
 * @param {Float64Array} boxes x, y, width and height of each
 * @param {number} a where the first begins
 * @param {number} b where the second begins
 */
function overlap(boxes, a, b) {
  const width = boxes[a + 2];
  const height = boxes[a + 3];
  const otherWidth = boxes[b + 2];
  const otherHeight = boxes[b + 3];
  const total = width * height + otherWidth * otherHeight;
  if (total <= EPSILON) {
    return 1;
  }
  const proper = width > 0 && height > 0 && otherWidth > 0 && otherHeight > 0;
  const across = shared(boxes[a], width, boxes[b], otherWidth);
  const down = shared(boxes[a + 1], height, boxes[b + 1], otherHeight);
  const common = proper && across > 0 && down > 0 ? across * down : 0;
  return Math.fround(1 - Math.fround(1 - common / (total - common)));
}

/**
 * Whether a box overlaps none of the others by more than the limit.
 *
 * @param {Float64Array} boxes
 * @param {number} box where it begins
 * @param {readonly number[]} others
 * @param {number} limit
 */
function isApart(boxes, box, others, limit) {
  for (let i = 0; i < others.length; i += 1) {
    if (!(overlap(boxes, box, others[i]) <= limit)) {
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
