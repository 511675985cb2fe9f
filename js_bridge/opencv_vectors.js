// Vectors of plain structures (key points, matches, rectangles, ...) as they lie in opencv.js's heap: embind
// makes a JavaScript object of each element, which takes longer than what OpenCV does with it.

// A std::vector: where it begins and where it ends, then its capacity (wasm32, libc++).
const VECTOR_BYTES = 12;

const POINT = { x: 0, y: 0 };

/**
 * The size of an element in bytes, and an element, by the vector's name in opencv.js.
 *
 * @type {Record<string, { size: number, zero: any }>}
 */
const ELEMENTS = {
  KeyPointVector: {
    size: 28,
    zero: { pt: POINT, size: 0, angle: 0, response: 0, octave: 0, class_id: 0 },
  },
  DMatchVector: { size: 16, zero: { queryIdx: 0, trainIdx: 0, imgIdx: 0, distance: 0 } },
  PointVector: { size: 8, zero: POINT },
  Point2fVector: { size: 8, zero: POINT },
  Point3fVector: { size: 12, zero: { x: 0, y: 0, z: 0 } },
  RectVector: { size: 16, zero: { x: 0, y: 0, width: 0, height: 0 } },
  CharVector: { size: 1, zero: 0 },
};

/**
 * @typedef {object} KeyPoint
 * @property {number} x
 * @property {number} y
 * @property {number} size
 * @property {number} angle
 * @property {number} response
 * @property {number} octave
 */

/** @param {string} name of a vector of vectors: that of its elements' class */
const innerName = (name) => name.slice(0, -"Vector".length);

/**
 * @param {any} cv the loaded opencv.js module
 * @param {(end: number) => ArrayBuffer} heap
 */
export function createVectorPacker(cv, heap) {
  /**
   * Where the elements begin, and how many bytes they take.
   *
   * @param {number} address of the vector
   */
  function extentOf(address) {
    const [begin, end] = new Uint32Array(heap(address + 8), address, 2);
    return { begin, length: end - begin };
  }

  /**
   * @param {string} name
   * @param {Uint8Array} bytes
   */
  function flatVector(name, bytes) {
    const { size, zero } = ELEMENTS[name];
    const vector = new cv[name]();
    vector.resize(bytes.length / size, zero);
    const { begin, length } = extentOf(vector.$$.ptr);
    new Uint8Array(heap(begin + length), begin, length).set(bytes);
    return vector;
  }

  return {
    /**
     * The numbers of a vector's elements, as far as they are floats: a copy.
     *
     * @param {any} vector
     */
    floatsOf(vector) {
      const { begin, length } = extentOf(vector.$$.ptr);
      return new Float32Array(heap(begin + length).slice(begin, begin + length));
    },

    /**
     * @param {any} vector a KeyPointVector, whose elements are replaced
     * @param {readonly KeyPoint[]} points
     */
    fillKeyPoints(vector, points) {
      const { size, zero } = ELEMENTS.KeyPointVector;
      vector.resize(0, zero);
      vector.resize(points.length, zero);
      const { begin, length } = extentOf(vector.$$.ptr);
      const floats = new Float32Array(heap(begin + length), begin, length / 4);
      const integers = new Int32Array(heap(begin + length), begin, length / 4);
      points.forEach(({ x, y, size: diameter, angle, response, octave }, i) => {
        const at = (i * size) / 4;
        floats.set([x, y, diameter, angle, response], at);
        integers.set([octave, -1], at + 5);
      });
    },

    /**
     * A new vector with these elements.
     *
     * @param {string} name of its class
     * @param {Uint8Array} bytes the elements one behind the other
     * @param {readonly number[]} counts of elements in each of its vectors, for a vector of vectors
     */
    make(name, bytes, counts) {
      if (ELEMENTS[name]) {
        return flatVector(name, bytes);
      }
      const inner = innerName(name);
      const vector = new cv[name]();
      let at = 0;
      for (const count of counts) {
        const end = at + count * ELEMENTS[inner].size;
        const element = flatVector(inner, bytes.subarray(at, end));
        vector.push_back(element);
        element.delete();
        at = end;
      }
      return vector;
    },

    /**
     * A vector's elements in a Mat of bytes, an element a row; for a vector of vectors also their counts.
     *
     * @param {any} vector
     * @returns {{ mat: any, counts?: number[] } | undefined} nothing if it is no such vector
     */
    pack(vector) {
      /** @type {string} */
      const name = vector.$$.ptrType.registeredClass.name;
      const nested = !ELEMENTS[name];
      const element = ELEMENTS[nested ? innerName(name) : name];
      if (element === undefined) {
        return undefined;
      }
      const { begin, length } = extentOf(vector.$$.ptr);
      const extents = [];
      for (let at = 0; nested && at < length; at += VECTOR_BYTES) {
        extents.push(extentOf(begin + at));
      }
      if (!nested) {
        extents.push({ begin, length });
      }
      const counts = extents.map((extent) => extent.length / element.size);
      const rows = counts.reduce((sum, count) => sum + count, 0);
      const mat = new cv.Mat(rows, element.size, cv.CV_8UC1);
      const target = mat.data;
      let at = 0;
      for (const extent of extents) {
        const { begin, length } = extent;
        target.set(new Uint8Array(heap(begin + length), begin, length), at);
        at += extent.length;
      }
      return nested ? { mat, counts } : { mat };
    },
  };
}
