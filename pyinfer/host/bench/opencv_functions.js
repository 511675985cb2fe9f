// Forty functions that inference code calls most, on matrices that are ready: the twin of
// opencv_functions.py, which makes the inputs.

/** @typedef {Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Float32Array | Float64Array} Numbers */

/**
 * @typedef {object} Call
 * @property {() => void} run what is timed
 * @property {() => Numbers[]} results of the last run
 */

/**
 * @typedef {Record<string, any>} Inputs matrices by name, in the heap of one engine
 */

const VIEWS = /** @type {const} */ ({
  CV_8U: "data",
  CV_8S: "data8S",
  CV_16U: "data16U",
  CV_16S: "data16S",
  CV_32S: "data32S",
  CV_32F: "data32F",
  CV_64F: "data64F",
});

/**
 * @param {any} cv
 * @param {any} mat
 * @returns {Numbers} a copy
 */
function numbersOf(cv, mat) {
  const view = Object.entries(VIEWS).find(([name]) => cv[name] === mat.depth());
  if (view === undefined) {
    throw new TypeError(`no view for matrices of type ${mat.type()}`);
  }
  return mat[view[1]].slice();
}

/**
 * A call that fills one matrix, the same each time.
 *
 * @param {any} cv
 * @param {(out: any) => void} fill
 * @returns {Call}
 */
function filling(cv, fill) {
  const out = new cv.Mat();
  return { run: () => fill(out), results: () => [numbersOf(cv, out)] };
}

/**
 * @param {any} cv
 * @param {any} image
 * @returns {Call}
 */
function splitting(cv, image) {
  const planes = new cv.MatVector();
  return { run: () => cv.split(image, planes), results: () => numbersOfAll(cv, planes) };
}

/**
 * @param {any} cv
 * @param {any} vector
 */
function numbersOfAll(cv, vector) {
  return Array.from({ length: vector.size() }, (_, index) => {
    const mat = vector.get(index);
    const numbers = numbersOf(cv, mat);
    mat.delete();
    return numbers;
  });
}

/**
 * @param {any} cv
 * @param {any[]} mats
 */
function vectorOf(cv, mats) {
  const vector = new cv.MatVector();
  for (const mat of mats) {
    vector.push_back(mat);
  }
  return vector;
}

/**
 * @param {any} cv
 * @param {any} mask
 * @returns {Call}
 */
function findingContours(cv, mask) {
  const contours = new cv.MatVector();
  const hierarchy = new cv.Mat();
  return {
    run: () => cv.findContours(mask, contours, hierarchy, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE),
    results: () => [...numbersOfAll(cv, contours), numbersOf(cv, hierarchy)],
  };
}

/**
 * @param {any} cv
 * @param {any} image
 * @returns {Call}
 */
function makingBlob(cv, image) {
  let blob = new cv.Mat();
  return {
    run: () => {
      blob.delete();
      blob = cv.blobFromImage(image, 1 / 255, new cv.Size(640, 640), [0, 0, 0, 0], true);
    },
    results: () => [numbersOf(cv, blob)],
  };
}

/**
 * @param {any} cv opencv.js
 * @param {Inputs} inputs
 * @returns {Record<string, Call>} by the names that Python has too
 */
export function makeCalls(cv, inputs) {
  const { image, other, grey, mask, gradient, planes, kernel, square, turn, view, mapX, mapY } = inputs;
  const { lower, upper, table, template } = inputs;
  const size = image.size();
  const small = new cv.Size(0.4 * size.width, 0.4 * size.height);
  const five = new cv.Size(5, 5);
  const centre = new cv.Point(-1, -1);
  const none = new cv.Mat();
  const clahe = new cv.CLAHE(2, new cv.Size(8, 8));
  const vector = vectorOf(cv, planes);
  const fill = (/** @type {(out: any) => void} */ call) => filling(cv, call);
  return {
    "resize, bilinear": fill((out) => cv.resize(image, out, small, 0, 0, cv.INTER_LINEAR)),
    "resize, area": fill((out) => cv.resize(image, out, small, 0, 0, cv.INTER_AREA)),
    "resize, nearest": fill((out) => cv.resize(image, out, small, 0, 0, cv.INTER_NEAREST)),
    "cvtColor, BGR to RGB": fill((out) => cv.cvtColor(image, out, cv.COLOR_BGR2RGB)),
    "cvtColor, BGR to grey": fill((out) => cv.cvtColor(image, out, cv.COLOR_BGR2GRAY)),
    "cvtColor, BGR to HSV": fill((out) => cv.cvtColor(image, out, cv.COLOR_BGR2HSV)),
    warpAffine: fill((out) => cv.warpAffine(image, out, turn, size)),
    warpPerspective: fill((out) => cv.warpPerspective(image, out, view, size)),
    remap: fill((out) => cv.remap(image, out, mapX, mapY, cv.INTER_LINEAR)),
    copyMakeBorder: fill((out) =>
      cv.copyMakeBorder(image, out, 40, 40, 20, 20, cv.BORDER_CONSTANT, [114, 114, 114, 0]),
    ),
    flip: fill((out) => cv.flip(image, out, 1)),
    rotate: fill((out) => cv.rotate(image, out, cv.ROTATE_90_CLOCKWISE)),
    split: splitting(cv, image),
    merge: fill((out) => cv.merge(vector, out)),
    blobFromImage: makingBlob(cv, image),
    add: fill((out) => cv.add(image, other, out)),
    addWeighted: fill((out) => cv.addWeighted(image, 0.6, other, 0.4, 0, out)),
    multiply: fill((out) => cv.multiply(image, other, out, 1 / 255)),
    bitwise_and: fill((out) => cv.bitwise_and(image, other, out)),
    convertScaleAbs: fill((out) => cv.convertScaleAbs(gradient, out, 0.5, 0)),
    normalize: fill((out) => cv.normalize(image, out, 0, 1, cv.NORM_MINMAX, cv.CV_32F)),
    LUT: fill((out) => cv.LUT(image, table, out)),
    inRange: fill((out) => cv.inRange(image, lower, upper, out)),
    threshold: fill((out) => cv.threshold(grey, out, 127, 255, cv.THRESH_BINARY)),
    adaptiveThreshold: fill((out) =>
      cv.adaptiveThreshold(grey, out, 255, cv.ADAPTIVE_THRESH_MEAN_C, cv.THRESH_BINARY, 11, 2),
    ),
    GaussianBlur: fill((out) => cv.GaussianBlur(image, out, five, 0)),
    blur: fill((out) => cv.blur(image, out, five)),
    medianBlur: fill((out) => cv.medianBlur(grey, out, 5)),
    bilateralFilter: fill((out) => cv.bilateralFilter(grey, out, 5, 50, 50)),
    filter2D: fill((out) => cv.filter2D(image, out, -1, kernel)),
    Sobel: fill((out) => cv.Sobel(grey, out, cv.CV_16S, 1, 0)),
    Canny: fill((out) => cv.Canny(grey, out, 50, 150)),
    dilate: fill((out) => cv.dilate(mask, out, square, centre, 1)),
    erode: fill((out) => cv.erode(mask, out, square, centre, 1)),
    morphologyEx: fill((out) => cv.morphologyEx(mask, out, cv.MORPH_OPEN, square, centre, 1)),
    equalizeHist: fill((out) => cv.equalizeHist(grey, out)),
    CLAHE: fill((out) => clahe.apply(grey, out)),
    matchTemplate: fill((out) => cv.matchTemplate(grey, template, out, cv.TM_CCOEFF_NORMED, none)),
    findContours: findingContours(cv, mask),
    connectedComponents: fill((out) => cv.connectedComponents(mask, out, 8, cv.CV_32S)),
  };
}
