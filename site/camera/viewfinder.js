// What the visitor sees: the video while it runs; the frame of the last answer while it stands still.

import { find } from "../progress.js";
import { playFailure, SourceError } from "./sources.js";

/** Pixels of a frame's longer side. Python cuts out its square and makes that as small as the network's. */
export const LONGEST_SIDE = 640;
const PICTURE_SIDE = 224;
const QUALITY = 0.85;

export class Viewfinder {
  /** @type {(error: Error) => void} gives up waiting for a video's first frame */
  #giveUp = () => {};

  /** @param {Document} page */
  constructor(page) {
    this.stage = find(page, "camera-stage");
    this.video = /** @type {HTMLVideoElement} */ (find(page, "camera-video"));
    this.canvas = /** @type {HTMLCanvasElement} */ (find(page, "camera-frame"));
    this.caption = find(page, "camera-name");
    this.drawing = /** @type {CanvasRenderingContext2D} */ (
      this.canvas.getContext("2d", { willReadFrequently: true })
    );
    this.small = page.createElement("canvas");
    this.small.width = PICTURE_SIDE;
    this.small.height = PICTURE_SIDE;
  }

  /**
   * Shows a source; resolves at its first frame.
   *
   * @param {import("./sources.js").Source} source
   */
  async show(source) {
    const { video } = this;
    this.stage.toggleAttribute("data-mirrored", source.mirrored);
    const ready = new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(playFailure(source.name, video.error));
      this.#giveUp = reject;
    });
    video.srcObject = source.stream;
    if (!source.stream) {
      video.src = source.url;
    }
    try {
      await ready;
    } finally {
      video.onloadeddata = video.onerror = null;
    }
    if (!video.videoWidth) {
      throw new SourceError(`${source.name} has sound, but no picture.`);
    }
    this.caption.textContent = `${source.name}: ${video.videoWidth} × ${video.videoHeight}`;
    await this.melt();
  }

  /**
   * Shows a picture.
   *
   * @param {ImageBitmap} bitmap
   * @param {string} words what it is
   */
  showStill(bitmap, words) {
    this.stage.removeAttribute("data-mirrored");
    this.caption.textContent = words;
    this.#draw(bitmap, bitmap.width, bitmap.height);
    this.freeze();
  }

  /** Nothing is shown any more, and nothing held. */
  clear() {
    this.#giveUp(new Error("the source was closed"));
    this.caption.textContent = "";
    this.video.removeAttribute("src");
    this.video.srcObject = null;
    this.video.load();
    this.stage.dataset.view = "nothing";
  }

  /** The frame of the last answer takes the video's place. */
  freeze() {
    this.video.pause();
    this.stage.dataset.view = "frame";
  }

  /** The video is seen again; what is live moves at once, a file waits until somebody watches. */
  async melt() {
    this.stage.dataset.view = "video";
    if (this.video.srcObject) {
      await this.play();
    }
  }

  async play() {
    try {
      await this.video.play();
    } catch (error) {
      // Whoever paused it before it had begun wanted that.
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        throw error;
      }
    }
  }

  /**
   * The frame that the video shows now, or the picture: its pixels are copied once, and moved to Python.
   *
   * @returns {ImageData}
   */
  grab() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth) {
      const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
      this.#draw(
        this.video,
        Math.max(1, Math.round(videoWidth * scale)),
        Math.max(1, Math.round(videoHeight * scale)),
      );
    }
    return this.drawing.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  /**
   * The square in the middle of the frame grabbed last, as a JPEG file.
   *
   * @returns {Promise<Blob>}
   */
  picture() {
    const { width, height } = this.canvas;
    const edge = Math.min(width, height);
    const drawing = /** @type {CanvasRenderingContext2D} */ (this.small.getContext("2d"));
    const [left, top] = [(width - edge) / 2, (height - edge) / 2];
    drawing.drawImage(this.canvas, left, top, edge, edge, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
    return new Promise((resolve, reject) => {
      const take = (/** @type {Blob | null} */ blob) =>
        blob ? resolve(blob) : reject(new Error("the browser could not write a JPEG"));
      this.small.toBlob(take, "image/jpeg", QUALITY);
    });
  }

  /**
   * @param {CanvasImageSource} image
   * @param {number} width
   * @param {number} height
   */
  #draw(image, width, height) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.drawing.drawImage(image, 0, 0, width, height);
  }
}
