// ORB's key points as native OpenCV has them: modules/features/src/orb.cpp. opencv.js's own are the same points,
// but in the order in which another standard library selects the best, and with angles that the arc tangent
// itself gives instead of OpenCV's polynomial: then a descriptor's bits differ here and there.

import { createSelection } from "./standard_selection.js";

const HARRIS_SCORE = 0;
const HARRIS_BLOCK = 7;
const HARRIS_K = Math.fround(0.04);
const BORDER_REFLECT_101 = 4;
const BORDER_ISOLATED = 16;
const KEY_POINT_FLOATS = 7;

const single = Math.fround;

/** In degrees, of the odd powers of a slope up to 1, highest first. */
const ATAN = [-0.04432655554792128, 0.1555786718463281, -0.3258083974640975, 0.9997878412794807].map(
  (factor) => single(single(factor) * single(180 / Math.PI)),
);
const EPSILON = single(2 ** -52);

/** @param {number} value rounded to the nearest integer, halves to the even one */
function round(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

/**
 * OpenCV's fastAtan2, which is right to 0.3 degrees.
 *
 * @param {number} y
 * @param {number} x
 */
function angleOf(y, x) {
  const across = Math.abs(x);
  const up = Math.abs(y);
  const slope = single(Math.min(across, up) / single(Math.max(across, up) + EPSILON));
  const square = single(slope * slope);
  let angle = 0;
  for (let power = 0; power < ATAN.length; power += 1) {
    angle = single(single(angle * square) + ATAN[power]);
  }
  angle = single(angle * slope);
  if (across < up) {
    angle = single(90 - angle);
  }
  if (x < 0) {
    angle = single(180 - angle);
  }
  return y < 0 ? single(360 - angle) : angle;
}

/**
 * How far a disc reaches to each side, by the distance from its middle row.
 *
 * @param {number} radius
 */
function reachOf(radius) {
  const diagonal = (radius * single(Math.SQRT2)) / 2;
  const reach = new Array(radius + 2).fill(0);
  for (let v = 0; v <= Math.floor(diagonal + 1); v += 1) {
    reach[v] = round(Math.sqrt(radius * radius - v * v));
  }
  for (let v = radius, u = 0; v >= Math.ceil(diagonal); v -= 1, u += 1) {
    while (reach[u] === reach[u + 1]) {
      u += 1;
    }
    reach[v] = u;
  }
  return reach;
}

/**
 * @typedef {object} Settings by the names of the detector's getters
 * @property {number} MaxFeatures
 * @property {number} ScaleFactor
 * @property {number} NLevels
 * @property {number} EdgeThreshold
 * @property {number} FirstLevel
 * @property {number} ScoreType
 * @property {number} PatchSize
 * @property {number} FastThreshold
 */

/**
 * @typedef {object} Pixels of one level, with a border around them
 * @property {Uint8Array} bytes
 * @property {number} step
 * @property {number} border
 */

/**
 * @param {any} cv the loaded opencv.js module
 * @param {ReturnType<typeof import("./opencv_vectors.js").createVectorPacker>} vectors
 */
export function createOrb(cv, vectors) {
  const { retainBest } = createSelection();

  /** @param {Settings} settings @returns {number[]} how many key points each level gives */
  function shares({ MaxFeatures, ScaleFactor, NLevels }) {
    const factor = single(1 / ScaleFactor);
    const rest = single(1 - single(factor ** NLevels));
    let share = single(single(single(MaxFeatures) * single(1 - factor)) / rest);
    const counts = [];
    let sum = 0;
    for (let level = 0; level < NLevels - 1; level += 1) {
      counts.push(round(share));
      sum += counts[level];
      share = single(share * factor);
    }
    return [...counts, Math.max(MaxFeatures - sum, 0)];
  }

  /** @param {Pixels} pixels @param {number} x @param {number} y */
  function harrisOf({ bytes, step, border }, x, y) {
    const half = Math.floor(HARRIS_BLOCK / 2);
    let a = 0;
    let b = 0;
    let c = 0;
    for (let row = y - half; row <= y + half; row += 1) {
      for (let column = x - half; column <= x + half; column += 1) {
        const at = (row + border) * step + column + border;
        const above = at - step;
        const below = at + step;
        const across =
          (bytes[at + 1] - bytes[at - 1]) * 2 +
          (bytes[above + 1] - bytes[above - 1]) +
          (bytes[below + 1] - bytes[below - 1]);
        const down =
          (bytes[below] - bytes[above]) * 2 +
          (bytes[below - 1] - bytes[above - 1]) +
          (bytes[below + 1] - bytes[above + 1]);
        a += across * across;
        b += down * down;
        c += across * down;
      }
    }
    const scale = single(1 / single(4 * HARRIS_BLOCK * 255));
    const fourth = single(single(single(scale * scale) * scale) * scale);
    const trace = single(single(a) + single(b));
    const determinant = single(single(single(a) * single(b)) - single(single(c) * single(c)));
    return single(single(determinant - single(single(HARRIS_K * trace) * trace)) * fourth);
  }

  /** @param {Pixels} pixels @param {number[]} reach @param {number} x @param {number} y */
  function directionOf({ bytes, step, border }, reach, x, y) {
    const center = (y + border) * step + x + border;
    const radius = reach.length - 2;
    let down = 0;
    let across = 0;
    for (let u = -radius; u <= radius; u += 1) {
      across += u * bytes[center + u];
    }
    for (let v = 1; v <= radius; v += 1) {
      let sum = 0;
      const far = reach[v];
      for (let u = -far; u <= far; u += 1) {
        const below = bytes[center + u + v * step];
        const above = bytes[center + u - v * step];
        sum += below - above;
        across += u * (below + above);
      }
      down += v * sum;
    }
    return angleOf(single(down), single(across));
  }

  /**
   * The corners of one level, by their places and scores.
   *
   * @param {Settings} settings
   * @param {any} image
   * @param {any} mask
   */
  function cornersOf({ FastThreshold, EdgeThreshold }, image, mask) {
    const detector = new cv.FastFeatureDetector(FastThreshold, true);
    const found = new cv.KeyPointVector();
    try {
      detector.detect(image, found, mask);
      const numbers = vectors.floatsOf(found);
      const least = EdgeThreshold > 0 ? EdgeThreshold : Number.NEGATIVE_INFINITY;
      const [right, bottom] = [image.cols - least, image.rows - least];
      const corners = [];
      for (let at = 0; at < numbers.length; at += KEY_POINT_FLOATS) {
        const x = numbers[at];
        const y = numbers[at + 1];
        if (x >= least && x < right && y >= least && y < bottom) {
          corners.push({ x, y, response: numbers[at + 4], angle: 0 });
        }
      }
      return corners;
    } finally {
      found.delete();
      detector.delete();
    }
  }

  /**
   * @param {Settings} settings
   * @param {any} image one level
   * @param {any} mask
   * @param {number} count how many are wanted
   * @param {number[]} reach
   */
  function detectLevel(settings, image, mask, count, reach) {
    const harris = settings.ScoreType === HARRIS_SCORE;
    let corners = cornersOf(settings, image, mask);
    corners = retainBest(corners, harris ? 2 * count : count);
    const diagonal = Math.ceil((reach.length - 2) * Math.SQRT2);
    const border = Math.max(settings.EdgeThreshold, diagonal, 4) + 1;
    const around = new cv.Mat();
    try {
      const kind = BORDER_REFLECT_101 + BORDER_ISOLATED;
      cv.copyMakeBorder(image, around, border, border, border, border, kind, [0, 0, 0, 0]);
      const pixels = { bytes: around.data, step: around.cols, border };
      if (harris) {
        for (const corner of corners) {
          corner.response = harrisOf(pixels, corner.x, corner.y);
        }
        corners = retainBest(corners, count);
      }
      for (const corner of corners) {
        corner.angle = directionOf(pixels, reach, corner.x, corner.y);
      }
      return corners;
    } finally {
      around.delete();
    }
  }

  return {
    /**
     * Fills a vector with the key points of an image.
     *
     * @param {Settings} settings
     * @param {any} image
     * @param {any} mask
     * @param {any} keypoints
     */
    detect(settings, image, mask, keypoints) {
      /** @type {any[]} */
      const mats = [];
      const fresh = () => {
        const mat = new cv.Mat();
        mats.push(mat);
        return mat;
      };
      try {
        let source = image;
        if (image.type() !== cv.CV_8UC1) {
          source = fresh();
          cv.cvtColor(image, source, cv.COLOR_BGR2GRAY);
        }
        let permitted = mask;
        if (!mask.empty()) {
          permitted = fresh();
          cv.threshold(mask, permitted, 0, 255, cv.THRESH_BINARY);
        }
        let current = source;
        let allowed = permitted;
        const counts = shares(settings);
        const reach = reachOf(Math.floor(settings.PatchSize / 2));
        const found = [];
        for (let level = 0; level < settings.NLevels; level += 1) {
          const scale = single(settings.ScaleFactor ** (level - settings.FirstLevel));
          // Smaller levels are made of the one before; larger ones, and their masks, of the image.
          if (level === settings.FirstLevel) {
            current = source;
            allowed = permitted;
          } else {
            const shrink = single(1 / scale);
            const size = {
              width: round(single(single(image.cols) * shrink)),
              height: round(single(single(image.rows) * shrink)),
            };
            const smaller = fresh();
            cv.resize(
              level < settings.FirstLevel ? source : current,
              smaller,
              size,
              0,
              0,
              cv.INTER_LINEAR_EXACT,
            );
            current = smaller;
            if (!mask.empty()) {
              const lesser = fresh();
              const larger = level < settings.FirstLevel;
              cv.resize(larger ? permitted : allowed, lesser, size, 0, 0, cv.INTER_LINEAR_EXACT);
              if (!larger) {
                cv.threshold(lesser, lesser, 254, 0, cv.THRESH_TOZERO);
              }
              allowed = lesser;
            }
          }
          for (const corner of detectLevel(settings, current, allowed, counts[level], reach)) {
            const { x, y, angle, response } = corner;
            const size = settings.PatchSize * scale;
            found.push({ x: x * scale, y: y * scale, size, angle, response, octave: level });
          }
        }
        vectors.fillKeyPoints(keypoints, found);
      } finally {
        for (const mat of mats) {
          mat.delete();
        }
      }
    },
  };
}
