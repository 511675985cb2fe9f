// What opencv.js's classes do otherwise than native's, or leave out: asked before the class itself.

import { createOrb } from "./opencv_orb.js";

/**
 * Objects that C++ can construct and opencv.js can't.
 *
 * @type {Record<string, (cv: any) => any>}
 */
const MAKERS = {
  SimpleBlobDetector_Params(cv) {
    const detector = new cv.SimpleBlobDetector();
    try {
      return detector.getParams();
    } finally {
      detector.delete();
    }
  },
};

/**
 * What a class's constructor takes, by its getters and with C++'s defaults: opencv.js does not tell it afterwards.
 *
 * @type {Record<string, Record<string, number | boolean>>}
 */
const SETTINGS = {
  ORB: {
    MaxFeatures: 500,
    ScaleFactor: 1.2,
    NLevels: 8,
    EdgeThreshold: 31,
    FirstLevel: 0,
    WTA_K: 2,
    ScoreType: 0,
    PatchSize: 31,
    FastThreshold: 20,
  },
  MSER: {
    Delta: 5,
    MinArea: 60,
    MaxArea: 14400,
    MaxVariation: 0.25,
    MinDiversity: 0.2,
    MaxEvolution: 200,
    AreaThreshold: 1.01,
    MinMargin: 0.003,
    EdgeBlurSize: 5,
  },
  BackgroundSubtractorMOG2: { History: 500, VarThreshold: 16, DetectShadows: true },
  aruco_CharucoBoard: { ChessboardSize: 0, SquareLength: 0, MarkerLength: 0 },
};

/**
 * Methods that opencv.js leaves out, by their classes.
 *
 * @type {Record<string, Record<string, (...args: any[]) => any>>}
 */
const METHODS = {
  dnn_Net: {
    empty: () => false, // only what reads a network makes one
    setPreferableTarget() {}, // there is none but the processor
  },
};

/** Those that the constructor takes as floats. */
const FLOATS = new Set(["ScaleFactor", "SquareLength", "MarkerLength"]);

/**
 * @param {any} cv the loaded opencv.js module
 * @param {ReturnType<typeof import("./opencv_vectors.js").createVectorPacker>} vectors
 */
export function createCorrections(cv, vectors) {
  const orb = createOrb(cv, vectors);
  const everywhere = new cv.Mat();

  /** @type {WeakMap<any, any>} */
  const settingsOf = new WeakMap();

  /**
   * @param {string} owner
   * @param {any[]} args
   */
  function construct(owner, args) {
    if (MAKERS[owner]) {
      return MAKERS[owner](cv);
    }
    const made = new cv[owner](...args);
    if (SETTINGS[owner]) {
      const entries = Object.entries(SETTINGS[owner]).map(([name, first], i) => {
        const value = args[i]?.value ?? args[i] ?? first;
        return [name, FLOATS.has(name) ? Math.fround(value) : value];
      });
      settingsOf.set(made, Object.fromEntries(entries));
    }
    return made;
  }

  /** @type {Record<string, (self: any, settings: any, args: any[]) => any>} */
  const ORB_METHODS = {
    detect(_self, settings, [image, keypoints, mask]) {
      orb.detect(settings, image, mask ?? everywhere, keypoints);
    },
    detect1(_self, settings, [images, keypoints, masks]) {
      for (let i = 0; i < images.size(); i += 1) {
        const image = images.get(i);
        const mask = masks?.size() ? masks.get(i) : everywhere.mat_clone();
        const found = new cv.KeyPointVector();
        try {
          orb.detect(settings, image, mask, found);
          keypoints.push_back(found);
        } finally {
          for (const thing of [image, mask, found]) {
            thing.delete();
          }
        }
      }
    },
    detectAndCompute(self, settings, [image, mask, keypoints, descriptors]) {
      orb.detect(settings, image, mask, keypoints);
      // Points of levels larger than the image may be nearer to its border than others may.
      self.setEdgeThreshold(0);
      try {
        self.compute(image, keypoints, descriptors);
      } finally {
        self.setEdgeThreshold(settings.EdgeThreshold);
      }
    },
  };

  /**
   * Whether key points are found here: ORB's own code complains where there is no image or where it refuses
   * its settings, and takes key points that are given.
   *
   * @param {any} settings
   * @param {any[]} args
   */
  function findsKeyPoints({ PatchSize, NLevels }, [images, , masks, , useProvided]) {
    const hasImages = images instanceof cv.Mat ? !images.empty() : areFull(images, masks);
    return PatchSize >= 2 && NLevels > 0 && hasImages && !useProvided;
  }

  /** @param {any} images @param {any} masks either none or as many */
  function areFull(images, masks) {
    let full = !masks?.size() || masks.size() === images.size();
    for (let i = 0; i < images.size(); i += 1) {
      const image = images.get(i);
      full &&= !image.empty();
      image.delete();
    }
    return full;
  }

  /**
   * @param {any} self
   * @param {string} member
   * @param {any[]} args
   */
  function invoke(self, member, args) {
    const settings = settingsOf.get(self);
    if (settings === undefined) {
      const own = self[member] ? undefined : METHODS[self.$$.ptrType.registeredClass.name]?.[member];
      return own ? own(...args) : self[member](...args);
    }
    const name = member.slice("get".length);
    if (name in settings) {
      if (member.startsWith("get")) {
        return settings[name];
      }
      self[member](...args);
      settings[name] = args[0].value ?? args[0];
      return undefined;
    }
    const correction = self instanceof cv.ORB ? ORB_METHODS[member] : undefined;
    return correction && findsKeyPoints(settings, args)
      ? correction(self, settings, args)
      : self[member](...args);
  }

  return {
    construct,
    invoke,

    /** @param {string} owner @returns {string[]} the methods that are here only */
    membersOf: (owner) => [
      ...Object.keys(SETTINGS[owner] ?? {}).map((name) => `get${name}`),
      ...Object.keys(METHODS[owner] ?? {}),
    ],
  };
}
