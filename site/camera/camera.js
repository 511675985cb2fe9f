// The camera classifier: from a source of frames to answers, and all that may come between.

import { FrameLoop } from "../frames.js";
import { takePictures } from "../pictures.js";
import { find, messageOf } from "../progress.js";
import { AnswerView } from "./answer.js";
import { CameraChoice } from "./choice.js";
import { Classifier, isRefusal } from "./classifier.js";
import { openFilm } from "./film.js";
import { Sending } from "./sending.js";
import { openVideo, playFailure, SourceError } from "./sources.js";
import { openStill } from "./still.js";
import { FrameTimes } from "./times.js";
import { LONGEST_SIDE, Viewfinder } from "./viewfinder.js";

/** @typedef {import("./sources.js").Source} Source */

/**
 * What goes on. `waiting` is a pause that ends by itself: when the tab is seen again, or Python runs again.
 *
 * @typedef {"idle" | "opening" | "running" | "paused" | "waiting" | "ended" | "still"} State
 */

const TOGGLE_WORDS = new Map([
  ["paused", "Go on"],
  ["waiting", "Go on"],
  ["ended", "Play again"],
]);

export class Camera {
  /** @type {State} */
  #state = "idle";
  /** @type {Source | null} */
  #source = null;
  /** Counts what was opened: an answer to what has been closed since is of no interest. */
  #generation = 0;

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.part = find(page, "camera");
    this.classifier = new Classifier(runtime);
    this.viewfinder = new Viewfinder(page);
    this.answer = new AnswerView(page);
    this.times = new FrameTimes(page);
    this.sending = new Sending(page);
    this.toggle = /** @type {HTMLButtonElement} */ (find(page, "camera-toggle"));
    this.stopButton = /** @type {HTMLButtonElement} */ (find(page, "camera-stop"));
    this.loop = new FrameLoop(this.viewfinder.video, () => this.#take());

    const openCamera = () => this.#open(() => choice.open());
    const choice = new CameraChoice(page, () => this.#source?.kind === "camera" && openCamera());
    find(page, "camera-start").addEventListener("click", openCamera);
    find(page, "camera-film").addEventListener("click", () => this.#open(openFilm));
    const input = /** @type {HTMLInputElement} */ (find(page, "camera-file"));
    takePictures(this.part, find(page, "camera-choose"), input, (file) => this.#openFile(file));
    this.toggle.addEventListener("click", () => (this.#state === "running" ? this.#pause() : this.#goOn()));
    this.stopButton.addEventListener("click", () => this.#close("Stopped."));
    page.addEventListener("visibilitychange", () => this.#hide(page.hidden));
    runtime.addEventListener("restart", () => this.#state === "waiting" && this.#goOn());
    this.viewfinder.video.addEventListener("ended", () => this.#end());
    this.viewfinder.video.addEventListener("error", () => this.#breakOff());
  }

  /** @param {File} file */
  #openFile(file) {
    const isVideo = file.type.startsWith("video/");
    return isVideo ? this.#open(async () => openVideo(file)) : this.#openStill(file);
  }

  /** @param {() => Promise<Source>} opening */
  async #open(opening) {
    const generation = await this.#begin("Opening…");
    try {
      const source = await opening();
      if (generation !== this.#generation) {
        source.close();
        return;
      }
      this.#source = source;
      source.stream?.getVideoTracks()[0].addEventListener("ended", () => {
        if (generation === this.#generation) {
          this.#close(`${source.name} is gone: it was unplugged or switched off.`, true);
        }
      });
      await this.viewfinder.show(source);
      await this.#openNetwork();
      if (generation === this.#generation) {
        await this.#run();
      }
    } catch (error) {
      this.#fail(generation, error);
    }
  }

  /** @param {File} file */
  async #openStill(file) {
    const generation = await this.#begin(`Opening ${file.name}…`);
    try {
      const { bitmap, width, height } = await openStill(file, LONGEST_SIDE);
      if (generation === this.#generation) {
        this.viewfinder.showStill(bitmap, `${file.name}: ${width} × ${height}`);
        this.#become("still");
      }
      bitmap.close();
      await this.#openNetwork();
      if (generation === this.#generation) {
        await this.#takeStill();
      }
    } catch (error) {
      this.#fail(generation, error);
    }
  }

  /**
   * Whatever there was makes room for something new.
   *
   * @param {string} words
   */
  async #begin(words) {
    this.#close(words);
    this.times.reset();
    this.loop.dropped = 0;
    this.#become("opening");
    const generation = this.#generation;
    await this.loop.stop(); // or the last frame of before would be grabbed from what is shown now
    return generation;
  }

  async #openNetwork() {
    const tell = (/** @type {number} */ loaded, /** @type {number} */ total) =>
      this.answer.say(
        `Fetching the network: ${Math.round(loaded / 1000)} of ${Math.round(total / 1000)} kB.`,
      );
    this.answer.say("Waiting for Python…");
    this.answer.learn(await this.classifier.open(tell));
  }

  async #run() {
    this.#become("running");
    this.answer.say("Looking…");
    this.loop.start();
    await this.viewfinder.play();
    await this.#hide(document.hidden);
  }

  /** Works on the frame that is to be seen now. */
  async #take() {
    const generation = this.#generation;
    const started = performance.now();
    try {
      const answer = await this.classifier.classify(this.viewfinder.grab());
      if (generation !== this.#generation) {
        return;
      }
      const at = performance.now();
      this.answer.show(answer);
      this.times.add({ at, total: at - started, python: answer.milliseconds }, this.loop.dropped);
      void this.sending.offer(answer, () => this.viewfinder.picture());
    } catch (error) {
      this.#fail(generation, error);
    }
  }

  async #takeStill() {
    await this.#take();
    this.answer.settle();
  }

  async #pause() {
    const generation = this.#generation;
    await this.loop.stop();
    if (generation === this.#generation && this.#state === "running") {
      this.viewfinder.freeze();
      this.answer.settle();
      this.#become("paused");
    }
  }

  async #goOn() {
    const generation = this.#generation;
    this.#become("opening");
    try {
      if (this.#source) {
        await this.viewfinder.melt();
      }
      await this.#openNetwork();
      if (generation !== this.#generation) {
        return;
      }
      if (this.#source) {
        await this.#run();
      } else {
        this.#become("still");
        await this.#takeStill();
      }
    } catch (error) {
      this.#fail(generation, error);
    }
  }

  /** @param {boolean} isHidden */
  async #hide(isHidden) {
    if (isHidden && this.#state === "running") {
      await this.#awaitSight();
    } else if (!isHidden && this.#state === "waiting") {
      await this.#goOn();
    }
  }

  async #awaitSight() {
    this.#become("waiting");
    this.viewfinder.video.pause();
    await this.loop.stop();
    if (this.#state === "waiting") {
      this.answer.say("Paused while this tab is hidden.");
    }
  }

  /** The video is over. */
  async #end() {
    const generation = this.#generation;
    await this.loop.stop();
    if (generation === this.#generation && this.#source) {
      this.viewfinder.freeze();
      this.answer.settle();
      this.#become("ended");
      this.answer.say(`${this.#source.name} has ended. This was its last frame.`);
    }
  }

  /** The video can't be played any further. */
  #breakOff() {
    if (this.#source && this.#state !== "opening") {
      this.#fail(this.#generation, playFailure(this.#source.name, this.viewfinder.video.error));
    }
  }

  /**
   * @param {number} generation what it happened to
   * @param {unknown} error
   */
  #fail(generation, error) {
    if (generation !== this.#generation) {
      return;
    }
    if (error instanceof SourceError || isRefusal(error)) {
      this.#close(sentence(messageOf(error)), true);
      return;
    }
    // Python's trouble: the page's head says how it is getting on.
    void this.loop.stop();
    this.viewfinder.video.pause();
    this.#become("waiting");
    this.answer.clear(sentence(messageOf(error)), true);
  }

  /**
   * @param {string} words
   * @param {boolean} [isTrouble]
   */
  #close(words, isTrouble) {
    this.#generation += 1;
    this.#source?.close();
    this.#source = null;
    void this.loop.stop();
    this.viewfinder.clear();
    this.#become("idle");
    this.answer.clear(words, isTrouble);
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
    this.part.dataset.state = state;
    this.toggle.textContent = TOGGLE_WORDS.get(state) ?? "Pause";
    this.toggle.disabled = ["idle", "opening", "still"].includes(state);
    this.stopButton.disabled = state === "idle";
  }
}

/** @param {string} words */
function sentence(words) {
  return words.endsWith(".") ? words : `${words}.`;
}
