// A picture from a file, small enough for Python, however large it is.

import { SourceError } from "./sources.js";

const WORKER = new URL("camera/still_worker.js", document.baseURI);

/**
 * Decodes away from the page's thread, which gets the size that is wanted and no more.
 *
 * @param {File} file
 * @param {number} longest pixels that the longer side may have
 * @returns {Promise<{ bitmap: ImageBitmap, width: number, height: number }>} with the picture's own size
 */
export async function openStill(file, longest) {
  const { width, height } = await sizeOf(file);
  const scale = Math.min(1, longest / Math.max(width, height));
  const bitmap = await decode(
    file,
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  if (!bitmap) {
    throw new SourceError(
      `${file.name} has ${width} × ${height} pixels, but this browser could not decode them: ` +
        "the file is damaged, or too large for the memory that there is.",
    );
  }
  return { bitmap, width, height };
}

/**
 * @param {File} file
 * @param {number} resizeWidth
 * @param {number} resizeHeight
 * @returns {Promise<ImageBitmap | null>} null if it can't be decoded
 */
async function decode(file, resizeWidth, resizeHeight) {
  const worker = new Worker(WORKER, { type: "module" });
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => resolve(null);
      worker.postMessage({ file, resizeWidth, resizeHeight });
    });
  } finally {
    worker.terminate();
  }
}

/** @param {File} file */
async function sizeOf(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
  } catch {
    throw new SourceError(`${file.name} is no picture that this browser can open. JPEG, PNG and WebP work.`);
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return { width: image.naturalWidth, height: image.naturalHeight };
}
