// The page's work: what the buttons do, one search at a time.

import { find, messageOf } from "../progress.js";
import { takeFiles } from "./files.js";
import { PythonSeries } from "./python.js";
import { duration, Report } from "./report.js";
import { loadSeries, SEARCH_STAGES, Stopped, search } from "./search.js";
import { chosenFiles, phantom } from "./sources.js";
import { Trace } from "./trace.js";
import { Viewer } from "./viewer.js";
import { GreyWindow } from "./window.js";

export class Desk {
  /** @type {import("./python.js").Series | null} that is open */
  #series = null;
  #name = "series";
  /** @type {AbortController | null} of the work that goes on */
  #working = null;
  /** @type {Promise<void>} settles when nothing goes on */
  #rest = Promise.resolve();

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.python = new PythonSeries(runtime);
    this.report = new Report(page);
    this.window = new GreyWindow(page);
    this.viewer = new Viewer(page, this.python, this.window, new Trace(page));
    this.words = find(page, "heart-words");
    this.track = find(page, "heart-track");
    this.stop = /** @type {HTMLButtonElement} */ (find(page, "heart-stop"));
    this.again = /** @type {HTMLButtonElement} */ (find(page, "heart-again"));
    const save = /** @type {HTMLButtonElement} */ (find(page, "heart-save"));
    const savePictures = /** @type {HTMLButtonElement} */ (find(page, "heart-save-pictures"));
    this.saves = [save, savePictures];

    for (const button of find(page, "heart-phantoms").querySelectorAll("button")) {
      button.addEventListener("click", () => this.#open(phantom(this.python, Number(button.value))));
    }
    const choices = ["files", "folder"].map((what) => [
      find(page, `heart-${what}`),
      /** @type {HTMLInputElement} */ (find(page, `heart-${what}-input`)),
    ]);
    takeFiles(find(page, "heart"), /** @type {[HTMLElement, HTMLInputElement][]} */ (choices), (files) =>
      this.#open(chosenFiles(this.python, files)),
    );
    this.stop.addEventListener("click", () => this.#working?.abort());
    this.again.addEventListener("click", () => this.#work((signal) => this.#search(signal)));
    save.addEventListener("click", () => this.#download("npz", () => this.python.save()));
    savePictures.addEventListener("click", () => {
      const { low, high } = this.window;
      return this.#download("zip", () => this.python.savePictures(low, high));
    });
    runtime.addEventListener("start", () => {
      runtime.models?.addEventListener("notice", (event) =>
        this.report.tell(/** @type {import("../pyinfer.js").ModelNoticeEvent} */ (event).message),
      );
    });
    runtime.addEventListener("restart", () => {
      this.#close();
      this.#say("Python was started anew, and the series is gone. Open it again.", true);
    });
  }

  /** @param {import("./sources.js").Source} source */
  #open(source) {
    this.#work(async (signal) => {
      this.#close();
      this.#name = source.name;
      await loadSeries(this.python, source, signal, this.#listener);
      await this.#search(signal);
    });
  }

  /** @param {AbortSignal} signal */
  async #search(signal) {
    const series = this.#series;
    if (!series) {
      return;
    }
    this.viewer.forget();
    this.report.forgetSearch(SEARCH_STAGES);
    this.#offerDownload(false);
    const started = performance.now();
    const found = await search(this.python, series.count, signal, this.#listener);
    const milliseconds = performance.now() - started;
    this.viewer.found(0, found.rectangles, found.box);
    this.report.showBox(found);
    this.#offerDownload(found.box !== null);
    if (found.box) {
      this.viewer.show(Math.round((found.box.first + found.box.last) / 2));
    }
    const verdict = found.box ? "The heart was found" : "No heart was found";
    const slices = series.count === 1 ? "1 slice" : `${series.count} slices`;
    this.#say(`${verdict}: ${slices} in ${duration(milliseconds)}.`);
  }

  /** @type {import("./search.js").Listener} */
  #listener = {
    advance: (words, share) => this.#advance(words, share),
    opened: (series, refused) => {
      this.report.showSeries(series, refused);
      if (series.count) {
        this.#series = series;
        this.window.open(series);
        this.viewer.open(series);
      }
    },
    saw: (start, rectangles) => this.viewer.found(start, rectangles),
    took: (stage, milliseconds) => this.report.took(stage, milliseconds),
  };

  /**
   * Does one thing at a time: what goes on is stopped first.
   *
   * @param {(signal: AbortSignal) => Promise<void>} task
   */
  #work(task) {
    this.#working?.abort();
    const working = new AbortController();
    this.#working = working;
    this.#rest = this.#rest.then(async () => {
      if (working.signal.aborted) {
        return; // overtaken before it began
      }
      this.#showWorking(true);
      try {
        await task(working.signal);
      } catch (error) {
        this.#say(inWords(error), !(error instanceof Stopped));
      }
      if (this.#working === working) {
        this.#working = null;
        this.#showWorking(false);
      }
    });
  }

  #close() {
    this.#series = null;
    this.viewer.close();
    this.report.clear();
    this.#offerDownload(false);
  }

  /**
   * @param {string} ending of the file's name
   * @param {() => Promise<Uint8Array<ArrayBuffer>>} cutOut
   */
  async #download(ending, cutOut) {
    const series = this.#series;
    this.#offerDownload(false);
    try {
      this.#say("Cutting the heart out");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await cutOut()], { type: "application/octet-stream" }));
      link.download = `${this.#name}-heart.${ending}`;
      link.click();
      URL.revokeObjectURL(link.href);
      this.#say(`Saved as ${link.download}.`);
    } catch (error) {
      this.#say(inWords(error), true);
    }
    if (series === this.#series && !this.#working) {
      this.#offerDownload(true);
    }
  }

  /** @param {boolean} isThere whether there is a heart */
  #offerDownload(isThere) {
    for (const button of this.saves) {
      button.disabled = !isThere;
    }
  }

  /** @param {boolean} working */
  #showWorking(working) {
    this.stop.disabled = !working;
    this.again.disabled = working || !this.#series;
    if (!working) {
      this.track.style.setProperty("--done", "0");
      this.track.setAttribute("aria-valuenow", "0");
    }
  }

  /**
   * @param {string} words
   * @param {number} share
   */
  #advance(words, share) {
    this.#say(words);
    this.track.style.setProperty("--done", String(share));
    this.track.setAttribute("aria-valuenow", String(Math.round(100 * share)));
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

/** @param {unknown} error */
function inWords(error) {
  const { type } = /** @type {any} */ (error);
  return type === "MemoryError"
    ? "This series is too large for the memory that a page has. Open fewer slices."
    : messageOf(error);
}
