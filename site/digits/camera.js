// The camera as paper: a moving picture, of which the middle square is read.

import { FrameLoop } from "../frames.js";
import { messageOf } from "../progress.js";

const NO_CAMERA = "There is no camera here. Draw, or choose a picture.";

/** By the name of what `getUserMedia` rejects with. */
const REFUSALS = new Map([
  ["NotAllowedError", "The camera was refused. Allow it beside the page’s address, then try again."],
  ["SecurityError", "The camera was refused. Allow it beside the page’s address, then try again."],
  ["NotFoundError", NO_CAMERA],
  // Of a browser that finds none which would do: WebKitGTK where there is none at all.
  ["OverconstrainedError", NO_CAMERA],
  ["NotReadableError", "The camera is there but gives no picture: another program may be using it."],
]);

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {(picture: ImageData) => Promise<void>} read takes a frame; the next one comes when it has settled
   * @param {number} side of that frame
   */
  constructor(video, read, side) {
    this.video = video;
    this.side = side;
    this.loop = new FrameLoop(video, async () => {
      if (this.#stream && video.videoWidth) {
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.frame().getContext("2d"));
        await read(context.getImageData(0, 0, side, side));
      }
    });
  }

  get isOn() {
    return this.#stream !== null;
  }

  /**
   * Shows what the camera sees, and has it read.
   *
   * @param {() => void} end called if the camera goes away
   */
  async start(end) {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Error("Browsers give a camera only to pages that come over https or from this machine.");
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: { ideal: "environment" } },
      });
    } catch (error) {
      const { name } = /** @type {DOMException} */ (error);
      throw new Error(REFUSALS.get(name) ?? `The camera did not start: ${messageOf(error)}`);
    }
    this.stop();
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", end);
    this.video.srcObject = stream;
    await this.video.play();
    this.loop.start();
  }

  /** The camera's light goes out. */
  stop() {
    void this.loop.stop();
    for (const track of this.#stream?.getTracks() ?? []) {
      track.stop();
    }
    this.#stream = null;
    this.video.srcObject = null;
  }

  /** @returns {OffscreenCanvas} the middle square of what it sees now */
  frame() {
    const { video, side } = this;
    const { videoWidth: width, videoHeight: height } = video;
    const shorter = Math.min(width, height);
    const square = new OffscreenCanvas(side, side);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      square.getContext("2d", { willReadFrequently: true })
    );
    const [left, top] = [(width - shorter) / 2, (height - shorter) / 2];
    context.drawImage(video, left, top, shorter, shorter, 0, 0, side, side);
    return square;
  }
}
