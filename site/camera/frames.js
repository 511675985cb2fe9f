// The newest frame of a video, again and again, and never one that has been overtaken.

const HAS_FRAME_CALLBACKS = "requestVideoFrameCallback" in HTMLVideoElement.prototype;

export class FrameLoop {
  #video;
  #take;
  #isRunning = false;
  /** A newer frame than the one being worked on is there; it stays in the video until it is its turn. */
  #isNewerWaiting = false;
  /** @type {Promise<void> | null} */
  #working = null;
  #request = 0;
  #lastTime = -1;
  /** Frames that were overtaken while they waited. */
  dropped = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => Promise<void>} take works on what the video shows at that moment; never rejects
   */
  constructor(video, take) {
    this.#video = video;
    this.#take = take;
  }

  start() {
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#await();
      this.#offer();
    }
  }

  /** Resolves when the frame that is being worked on is done. */
  async stop() {
    this.#isRunning = false;
    this.#isNewerWaiting = false;
    if (HAS_FRAME_CALLBACKS) {
      this.#video.cancelVideoFrameCallback(this.#request);
    } else {
      cancelAnimationFrame(this.#request);
    }
    await this.#working;
  }

  /** Asks to hear of the next frame. */
  #await() {
    this.#request = HAS_FRAME_CALLBACKS
      ? this.#video.requestVideoFrameCallback(() => this.#hear())
      : requestAnimationFrame(() => this.#look());
  }

  #hear() {
    this.#await();
    this.#offer();
  }

  /** Where browsers don't tell of frames, the time that the video shows does. */
  #look() {
    this.#await();
    if (this.#video.currentTime !== this.#lastTime) {
      this.#lastTime = this.#video.currentTime;
      this.#offer();
    }
  }

  #offer() {
    if (this.#working) {
      this.dropped += Number(this.#isNewerWaiting);
      this.#isNewerWaiting = true;
    } else {
      this.#working = this.#work();
    }
  }

  async #work() {
    do {
      this.#isNewerWaiting = false;
      await this.#take();
    } while (this.#isNewerWaiting);
    this.#working = null;
  }
}
