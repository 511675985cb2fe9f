// The classic recipe on the visitor's photo: the page shows, Python works.

import { newestOnly, paint, takePictures } from "../pictures.js";
import { find, messageOf } from "../progress.js";

const MODULE = "pyinfer_demo.contours";
const SAMPLE = new URL("sample.jpg", document.baseURI);
const SAMPLE_NAME = "pebbles.jpg";

export class Contours {
  /** @type {File | null} */
  #photo = null;
  /** @type {File | null} */
  #sample = null;
  #generation = 0;

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.runtime = runtime;
    this.before = /** @type {HTMLCanvasElement} */ (find(page, "contours-before"));
    this.after = /** @type {HTMLCanvasElement} */ (find(page, "contours-after"));
    this.beforeWords = find(page, "contours-before-words");
    this.words = find(page, "contours-words");
    this.level = /** @type {HTMLInputElement} */ (find(page, "contours-level"));
    this.levelValue = find(page, "contours-level-value");
    this.save = /** @type {HTMLButtonElement} */ (find(page, "contours-save"));
    this.part = find(page, "contours");
    this.find = newestOnly(() => this.#find());

    const input = /** @type {HTMLInputElement} */ (find(page, "contours-file"));
    takePictures(this.part, find(page, "contours-choose"), input, (file) => this.open(file));
    find(page, "contours-sample").addEventListener("click", () => this.openSample());
    this.level.addEventListener("input", () => {
      this.levelValue.textContent = this.level.value;
      void this.find();
    });
    for (const choice of this.part.querySelectorAll("input[name=method]")) {
      choice.addEventListener("change", () => this.find());
    }
    this.save.addEventListener("click", () => this.#download());
    runtime.addEventListener("restart", () => this.#bringBack());
  }

  /** Opens the picture that our own script drew. */
  async openSample() {
    try {
      this.#sample ??= await fetchSample();
      await this.open(this.#sample);
    } catch (error) {
      this.#say(`The pebbles could not be fetched: ${messageOf(error)}.`, true);
    }
  }

  /** @param {File} file */
  async open(file) {
    const generation = ++this.#generation;
    this.#say("Opening the photo…");
    try {
      const photo = await this.runtime.call(`${MODULE}:open_photo`, file);
      if (generation !== this.#generation) {
        return;
      }
      this.#photo = file;
      paint(this.before, photo.pixels);
      this.beforeWords.textContent = `${file.name}: ${pixels(photo.size)}, worked on at ${pixels(photo.working_size)}`;
      this.save.disabled = false;
      await this.find();
    } catch (error) {
      if (generation === this.#generation) {
        this.#say(refusal(file, error), true);
      }
    }
  }

  /** Gives a new Python what the last one had. */
  async #bringBack() {
    await (this.#photo ? this.open(this.#photo) : this.openSample());
  }

  async #find() {
    const generation = this.#generation;
    if (!this.#photo) {
      return;
    }
    try {
      const found = await this.runtime.call(`${MODULE}:find`, this.#method(), Number(this.level.value));
      if (generation !== this.#generation) {
        return;
      }
      paint(this.after, found.pixels);
      this.#say(inWords(found));
    } catch (error) {
      this.#say(messageOf(error), true);
    }
  }

  async #download() {
    try {
      const bytes = await this.runtime.call(`${MODULE}:save`, this.#method(), Number(this.level.value));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
      link.download = `${(this.#photo?.name ?? "photo").replace(/\.\w+$/, "")}-contours.png`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.#say(messageOf(error), true);
    }
  }

  #method() {
    const chosen = this.part.querySelector("input[name=method]:checked");
    return /** @type {HTMLInputElement} */ (chosen).value;
  }

  /**
   * @param {string} words
   * @param {boolean} [trouble]
   */
  #say(words, trouble = false) {
    this.words.textContent = words;
    this.words.classList.toggle("trouble", trouble);
  }
}

async function fetchSample() {
  const response = await fetch(SAMPLE);
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  return new File([await response.blob()], SAMPLE_NAME);
}

/** @param {{ count: number, points: number, largest_area: number, milliseconds: number }} found */
function inWords({ count, points, largest_area: area, milliseconds }) {
  const number = (/** @type {number} */ value) => Math.round(value).toLocaleString("en");
  if (!count) {
    return "No contours at this level. Move the slider.";
  }
  const noun = count === 1 ? "contour" : "contours";
  return `${number(count)} ${noun}, ${number(points)} points, the largest around ${number(area)} px². ${Math.max(1, Math.round(milliseconds))} ms.`;
}

/** @param {number[]} size */
function pixels([width, height]) {
  return `${width} × ${height}`;
}

/**
 * @param {File} file
 * @param {unknown} error
 */
function refusal(file, error) {
  switch (/** @type {any} */ (error).type) {
    case "ValueError":
      return `${file.name} is no picture that OpenCV can decode. JPEG, PNG and WebP work.`;
    case "MemoryError":
      return `${file.name} has more pixels than this page can open.`;
    default:
      return messageOf(error);
  }
}
