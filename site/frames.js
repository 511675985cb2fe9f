// The newest frame of a video, again and again, and never one that has been overtaken.

export class FrameLoop {
  #video;
  #take;
  #isRunning = false;
  /** A newer frame than the one being worked on is there; it stays in the video until it is its turn. */
  #isNewerWaiting = false;
  /** @type {Promise<void> | null} */
  #working = null;
  #frameRequest = 0;
  #lookRequest = 0;
  /** Whether the browser tells of frames: WebKitGTK has the function, but is silent about streams. */
  #isTold = false;
  #framesSeen = 0;
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
      this.#look();
      this.#offer();
    }
  }

  /** Resolves when the frame that is being worked on is done. */
  async stop() {
    this.#isRunning = false;
    this.#isNewerWaiting = false;
    this.#video.cancelVideoFrameCallback?.(this.#frameRequest);
    cancelAnimationFrame(this.#lookRequest);
    await this.#working;
  }

  /** Asks to be told of the next frame. */
  #await() {
    const hear = () => {
      this.#isTold = true;
      this.#await();
      this.#offer();
    };
    this.#frameRequest = this.#video.requestVideoFrameCallback?.(hear);
  }

  /** Until the browser tells of frames, their count does. */
  #look() {
    if (this.#isTold) {
      return;
    }
    this.#lookRequest = requestAnimationFrame(() => this.#look());
    const count = this.#video.getVideoPlaybackQuality().totalVideoFrames;
    if (count !== this.#framesSeen) {
      this.#framesSeen = count;
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
