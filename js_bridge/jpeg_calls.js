// libjpeg-turbo as Python calls it: JpegCodec of pyinfer/browser/bridge/contract.py.

/** @param {any} codec the loaded module of @cornerstonejs/codec-libjpeg-turbo-8bit */
export function createJpegCalls(codec) {
  /** @type {any} */
  let decoder;

  return {
    /**
     * Room for a compressed image.
     *
     * @param {number} size in bytes
     * @returns {Uint8Array}
     */
    stage(size) {
      decoder?.delete();
      decoder = new codec.JPEGDecoder();
      return decoder.getEncodedBuffer(size);
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
        decoder.decode();
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

    /** Frees both images. */
    release() {
      decoder?.delete();
      decoder = undefined;
    },

    /** How many images have not been released. */
    liveCount() {
      return decoder === undefined ? 0 : 1;
    },
  };
}
