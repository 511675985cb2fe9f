// Handwritten digits: what the visitor draws, opens or holds before the camera, and what Python makes of it.

import { newestOnly, partInUse, takePictures } from "../pictures.js";
import { find, messageOf } from "../progress.js";
import { AnswerView } from "./answer.js";
import { Camera } from "./camera.js";
import { Network } from "./network.js";
import { Paper } from "./paper.js";
import { drawSlowly, offerSamples } from "./samples.js";

/** @typedef {import("./network.js").Engine} Engine */

/**
 * @typedef {object} Reading a request to read something
 * @property {any} picture
 * @property {boolean} settled whether it stays as it is: the pen has been lifted
 * @property {number} generation which drawing it is of; the paper may have been cleared since
 */

/** Side of the picture that Python gets; the paper itself is drawn finer. */
const SENT_SIDE = 280;

/** @type {Record<Engine, string>} */
const ENGINES = { onnxruntime: "ONNX Runtime", tensorflow: "TensorFlow.js" };

export class Digits {
  #generation = 0;
  /** @type {(picture: any, settled: boolean) => Promise<void>} */
  #read;
  /** @type {any} what was read last, for the other engine to read, too */
  #last = null;

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.part = find(page, "digits");
    this.network = new Network(runtime);
    this.answer = new AnswerView(page);
    const canvas = /** @type {HTMLCanvasElement} */ (find(page, "digits-canvas"));
    this.paper = new Paper(
      canvas,
      () => this.#begin(),
      (settled) => this.#read(this.paper.pixels(SENT_SIDE), settled),
    );
    const newest = newestOnly((/** @type {Reading} */ reading) => this.#ask(reading));
    this.#read = (picture, settled) => newest({ picture, settled, generation: this.#generation });

    find(page, "digits-clear").addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && partInUse() === this.part) {
        this.clear();
      }
    });
    const input = /** @type {HTMLInputElement} */ (find(page, "digits-file"));
    takePictures(this.part, find(page, "digits-choose"), input, (file) => this.open(file));
    offerSamples(find(page, "digits-samples"), (strokes) => this.#drawSample(strokes));
    const video = /** @type {HTMLVideoElement} */ (find(page, "digits-video"));
    this.camera = new Camera(video, (frame) => this.#read(frame, false), SENT_SIDE);
    this.cameraButton = find(page, "digits-camera");
    this.cameraButton.addEventListener("click", () => (this.camera.isOn ? this.#keepFrame() : this.#watch()));
    for (const choice of this.part.querySelectorAll("input[name=engine]")) {
      choice.addEventListener("change", () => this.#last && this.#read(this.#last, true));
    }
  }

  /** Empties the paper. */
  clear() {
    this.#begin();
    this.paper.clear();
    this.answer.forget();
  }

  /** Something else than what was on the paper is about to be there. */
  #begin() {
    this.#generation++;
    this.#last = null;
    if (this.camera.isOn) {
      this.#darken();
    }
  }

  /** @param {import("./paper.js").Point[][]} strokes */
  async #drawSample(strokes) {
    const { runtime } = this.network;
    this.clear();
    const generation = this.#generation;
    const isDrawn = await drawSlowly(strokes, !runtime.isReady, (begun) => {
      const isWanted = generation === this.#generation;
      if (isWanted) {
        this.paper.show(begun);
      }
      return isWanted;
    });
    if (isDrawn && generation === this.#generation) {
      await this.#read(this.paper.pixels(SENT_SIDE), true);
    }
  }

  /** @param {File} file */
  async open(file) {
    this.clear();
    const generation = this.#generation;
    this.answer.say(`Opening ${file.name}…`);
    try {
      const picture = await this.network.open(file);
      if (generation === this.#generation) {
        const [height, width] = picture.shape;
        const shown = new OffscreenCanvas(width, height);
        const pixels = new ImageData(new Uint8ClampedArray(picture.data), width, height);
        shown.getContext("2d")?.putImageData(pixels, 0, 0);
        this.paper.show([], shown);
        await this.#read(pixels, true);
      }
    } catch (error) {
      if (generation === this.#generation) {
        this.answer.forget(refusal(file, error));
      }
    }
  }

  async #watch() {
    this.clear();
    const generation = this.#generation;
    this.answer.say("Waiting for the camera…");
    try {
      await this.camera.start(() => this.#darken());
      if (generation !== this.#generation) {
        this.camera.stop();
        return;
      }
      this.part.dataset.camera = "";
      this.cameraButton.textContent = "Keep this picture";
      this.answer.say("Hold a digit before the camera.");
    } catch (error) {
      if (generation === this.#generation) {
        this.answer.forget(messageOf(error));
      }
    }
  }

  /** What the camera sees now stays on the paper. */
  #keepFrame() {
    const frame = this.camera.frame();
    this.#begin();
    this.paper.show([], frame);
    void this.#read(this.paper.pixels(SENT_SIDE), true);
  }

  #darken() {
    this.camera.stop();
    delete this.part.dataset.camera;
    this.cameraButton.textContent = "Camera";
  }

  /** @param {Reading} reading */
  async #ask({ picture, settled, generation }) {
    if (generation !== this.#generation) {
      return;
    }
    this.#last = picture;
    const engine = this.#engine();
    try {
      const answer = await this.network.read(picture, engine);
      if (generation === this.#generation) {
        this.answer.show(answer, ENGINES[engine], settled);
      }
    } catch (error) {
      if (generation !== this.#generation) {
        return;
      }
      if (settled) {
        this.answer.forget(messageOf(error));
      } else if (this.camera.isOn) {
        this.answer.empty(); // now and then it sees nothing
      }
    }
  }

  #engine() {
    const chosen = this.part.querySelector("input[name=engine]:checked");
    return /** @type {Engine} */ (/** @type {HTMLInputElement} */ (chosen).value);
  }
}

/**
 * @param {File} file
 * @param {unknown} error
 */
function refusal(file, error) {
  const type = String(/** @type {any} */ (error).type);
  if (type.endsWith("UnidentifiedImageError")) {
    return `${file.name} is no picture that Python can open. JPEG, PNG and WebP work.`;
  }
  if (type.endsWith("DecompressionBombError") || type === "MemoryError") {
    return `${file.name} has more pixels than this page can open.`;
  }
  return messageOf(error);
}
