// The six pipelines of pipelines.py by hand: as an engineer writes them for opencv.js, with its arrays
// kept in JavaScript, each Mat deleted, and the result as a typed array.

/**
 * @typedef {object} Inputs
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} image height x width x 3
 * @property {Float32Array} mask 160 x 160
 * @property {Float32Array} detections 84 x 8400
 * @property {Int32Array} boxes 100 x 4
 */

/**
 * @param {any} cv opencv.js
 * @param {Inputs} inputs
 */
function imageMat(cv, { width, height, image }) {
  const mat = new cv.Mat(height, width, cv.CV_8UC3);
  mat.data.set(image);
  return mat;
}

/** @param {any[]} mats */
function deleteAll(...mats) {
  for (const mat of mats) {
    mat.delete();
  }
}

/**
 * @param {any} cv
 * @param {Inputs} inputs
 */
function letterboxAndBlob(cv, inputs) {
  const scale = 640 / Math.max(inputs.height, inputs.width);
  const size = new cv.Size(Math.round(inputs.width * scale), Math.round(inputs.height * scale));
  const source = imageMat(cv, inputs);
  const resized = new cv.Mat();
  cv.resize(source, resized, size, 0, 0, cv.INTER_LINEAR);
  const top = Math.floor((640 - size.height) / 2);
  const left = Math.floor((640 - size.width) / 2);
  const padded = new cv.Mat();
  cv.copyMakeBorder(
    ...[resized, padded, top, 640 - size.height - top, left, 640 - size.width - left],
    ...[cv.BORDER_CONSTANT, [114, 114, 114, 0]],
  );
  const blob = cv.blobFromImage(padded, 1 / 255, new cv.Size(640, 640), [0, 0, 0, 0], true);
  const out = blob.data32F.slice();
  deleteAll(source, resized, padded, blob);
  return out;
}

const ANCHORS = 8400;

/**
 * @param {any} _cv opencv.js has no NMS
 * @param {Inputs} inputs
 */
function detectionPostprocessing(_cv, { detections }) {
  const found = [];
  for (let i = 0; i < ANCHORS; i += 1) {
    let score = 0;
    let label = 0;
    for (let c = 4; c < 84; c += 1) {
      const value = detections[c * ANCHORS + i];
      if (value > score) {
        score = value;
        label = c - 4;
      }
    }
    if (score > 0.5) {
      const width = detections[2 * ANCHORS + i];
      const height = detections[3 * ANCHORS + i];
      const x = detections[i] - width / 2;
      const y = detections[ANCHORS + i] - height / 2;
      found.push({ x, y, width, height, score, label });
    }
  }
  found.sort((a, b) => b.score - a.score);
  const kept = [];
  for (const box of found) {
    if (kept.every((other) => overlap(box, other) <= 0.45)) {
      kept.push(box);
    }
  }
  return Int32Array.from(kept.flatMap(({ x, y, width, height, label }) => [x, y, width, height, label]));
}

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

/**
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = width > 0 && height > 0 ? width * height : 0;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/**
 * @param {any} cv
 * @param {Inputs} inputs
 */
function segmentationContours(cv, { width, height, mask }) {
  const source = new cv.Mat(160, 160, cv.CV_32F);
  source.data32F.set(mask);
  const large = new cv.Mat();
  cv.resize(source, large, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR);
  const binary = new cv.Mat(height, width, cv.CV_8U);
  const values = large.data32F;
  const bits = binary.data;
  for (let i = 0; i < bits.length; i += 1) {
    bits[i] = values[i] > 0.5 ? 1 : 0;
  }
  const contours = new cv.MatVector();
  const hierarchy = new cv.Mat();
  cv.findContours(binary, contours, hierarchy, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE);
  const found = [];
  for (let i = 0; i < contours.size(); i += 1) {
    const contour = contours.get(i);
    if (cv.contourArea(contour) >= 100) {
      const polygon = new cv.Mat();
      cv.approxPolyDP(contour, polygon, 0.005 * cv.arcLength(contour, true), true);
      const box = cv.boundingRect(contour);
      found.push(box.x, box.y, box.width, box.height, polygon.rows);
      polygon.delete();
    }
    contour.delete();
  }
  deleteAll(source, large, binary, contours, hierarchy);
  return Int32Array.from(found);
}

/**
 * @param {any} cv
 * @param {Inputs} inputs
 */
function perspectiveWarp(cv, inputs) {
  const { width, height } = inputs;
  const from = [40, 30, width - 60, 20, width - 10, height - 40, 25, height - 15];
  const corners = cv.matFromArray(4, 1, cv.CV_32FC2, from);
  const target = cv.matFromArray(4, 1, cv.CV_32FC2, [0, 0, width, 0, width, height, 0, height]);
  const source = imageMat(cv, inputs);
  const matrix = cv.getPerspectiveTransform(corners, target);
  const warped = new cv.Mat();
  cv.warpPerspective(source, warped, matrix, new cv.Size(width, height));
  const out = warped.data.slice();
  deleteAll(corners, target, source, matrix, warped);
  return out;
}

/**
 * @param {any} cv
 * @param {Inputs} inputs
 */
function drawBoxes(cv, inputs) {
  const image = imageMat(cv, inputs);
  const { boxes } = inputs;
  for (let i = 0; i < boxes.length; i += 4) {
    const start = new cv.Point(boxes[i], boxes[i + 1]);
    const end = new cv.Point(boxes[i] + boxes[i + 2], boxes[i + 1] + boxes[i + 3]);
    cv.rectangle(image, start, end, [0, 200, 255, 0], 2);
  }
  const out = image.data.slice();
  image.delete();
  return out;
}

/**
 * @param {any} cv
 * @param {Inputs} inputs
 */
function orbMatch(cv, inputs) {
  const image = imageMat(cv, inputs);
  const grey = new cv.Mat();
  cv.cvtColor(image, grey, cv.COLOR_BGR2GRAY);
  const mirrored = new cv.Mat();
  cv.flip(grey, mirrored, 1);
  const orb = new cv.ORB(500);
  const none = new cv.Mat();
  const keypoints = [new cv.KeyPointVector(), new cv.KeyPointVector()];
  const descriptors = [new cv.Mat(), new cv.Mat()];
  orb.detectAndCompute(grey, none, keypoints[0], descriptors[0]);
  orb.detectAndCompute(mirrored, none, keypoints[1], descriptors[1]);
  const matcher = new cv.BFMatcher(cv.NORM_HAMMING, true);
  const matches = new cv.DMatchVector();
  matcher.match(descriptors[0], descriptors[1], matches);
  const distances = [];
  for (let i = 0; i < matches.size(); i += 1) {
    distances.push(matches.get(i).distance);
  }
  deleteAll(image, grey, mirrored, orb, none, ...keypoints, ...descriptors, matcher, matches);
  return Int32Array.from(distances).sort();
}

/** @type {Record<string, (cv: any, inputs: Inputs) => Uint8Array | Int32Array | Float32Array>} */
export const BY_HAND = {
  "letterbox and blob": letterboxAndBlob,
  "detections and NMS": detectionPostprocessing,
  "segmentation contours": segmentationContours,
  "perspective warp": perspectiveWarp,
  "draw 100 boxes": drawBoxes,
  "ORB match": orbMatch,
};
