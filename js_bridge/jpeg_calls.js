// libjpeg-turbo as Python calls it: JpegCodec of pyinfer/browser/bridge/contract.py.

/** More than the codec uses of its memory before its first image: 155 kB, its stack included. */
const BEGINNING = 1 << 18;

/**
 * @param {import("./engines.js").Library} library the loaded module of @cornerstonejs/codec-libjpeg-turbo-8bit
 */
export function createJpegCalls({ module: codec, stackPointer }) {
  const stack = stackPointer.value;
  /** @type {Uint8Array} */
  const beginning = codec.HEAPU8.slice(0, BEGINNING);

  /** @type {any} */
  let decoder;

  /** Whether the codec threw. No destructor ran then: its stack and what it had allocated are lost to it. */
  let spoiled = false;

  /**
   * Runs `work`, noting whether it throws.
   *
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  function noting(work) {
    try {
      return work();
    } catch (error) {
      spoiled = true;
      throw error;
    }
  }

  /** Frees both images; a spoiled codec becomes as it was in the beginning, all its memory free. */
  function release() {
    try {
      decoder?.delete();
    } catch {
      spoiled = true;
    }
    decoder = undefined;
    if (spoiled) {
      codec.HEAPU8.set(beginning);
      stackPointer.value = stack;
      spoiled = false;
    }
  }

  return {
    /**
     * Room for a compressed image.
     *
     * @param {number} size in bytes
     * @returns {Uint8Array}
     */
    stage(size) {
      release();
      return noting(() => {
        decoder = new codec.JPEGDecoder();
        return decoder.getEncodedBuffer(size);
      });
    },

    /**
     * Decodes the staged image. Of a broken one libjpeg-turbo keeps the rows before the break and
     * fills the rest with grey, then complains; native OpenCV takes that as an image too.
     *
     * @returns {string | undefined} `width,height,components,broken`; undefined if nothing of it
     *     could be decoded
     */
    decode() {
      let broken = 0;
      try {
        noting(() => decoder.decode());
      } catch (error) {
        if (typeof error !== "number") {
          throw error;
        }
        broken = 1;
      }
      const { width, height, componentCount } = decoder.getFrameInfo();
      const size = width * height * componentCount;
      if (size === 0 || decoder.getDecodedBuffer().length !== size) {
        return undefined;
      }
      return `${width},${height},${componentCount},${broken}`;
    },

    /**
     * The decoded image, until the next call.
     *
     * @returns {Uint8Array}
     */
    pixels() {
      return decoder.getDecodedBuffer();
    },

    release,

    /** How many images have not been released. */
    liveCount() {
      return decoder === undefined ? 0 : 1;
    },
  };
}
