// The editor: a script, and what it prints and shows.

import { find, messageOf } from "../progress.js";
import { createCodeField } from "./code_field.js";
import { EXAMPLES, needsOf } from "./examples.js";
import { linkTo, scriptIn } from "./link.js";
import { Output } from "./output.js";
import { describe } from "./values.js";
import { Windows } from "./windows.js";

export class Editor {
  #running = false;

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   * @param {import("./files.js").Files} files
   * @param {(source: string) => void} onChange told of the script at first and whenever it changes
   */
  constructor(page, runtime, files, onChange) {
    this.runtime = runtime;
    this.files = files;
    this.output = new Output(find(page, "editor-output"));
    this.output.pane.tabIndex = 0; // not every browser lets the arrow keys reach what scrolls
    this.windows = new Windows(this.output, runtime);
    this.words = find(page, "editor-words");
    this.runButton = /** @type {HTMLButtonElement} */ (find(page, "editor-run"));
    this.stopButton = /** @type {HTMLButtonElement} */ (find(page, "editor-stop"));
    this.choice = /** @type {HTMLSelectElement} */ (find(page, "editor-example"));
    this.field = createCodeField(find(page, "editor-source"), () => this.run(), onChange);
    this.#offerExamples();
    if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
      find(page, "editor-shortcut").textContent = "⌘ Enter";
    }
    this.runButton.addEventListener("click", () => this.run());
    this.stopButton.addEventListener("click", () => this.stop());
    find(page, "editor-share").addEventListener("click", () => this.share());
    addEventListener("hashchange", () => this.#openLink());
    runtime.addEventListener("start", () => {
      for (const stream of ["stdout", "stderr"]) {
        runtime.python?.addEventListener(stream, (event) => {
          this.output.write(stream, /** @type {import("../pyinfer.js").OutputEvent} */ (event).text);
        });
      }
    });
    void this.#openLink();
  }

  /** @param {string} source */
  open(source) {
    this.field.text = source;
    this.field.focus();
  }

  /** Runs what the field holds. */
  async run() {
    if (this.#running) {
      return;
    }
    const source = this.field.text;
    this.#running = true;
    this.runButton.disabled = true;
    this.words.textContent = "Waiting for Python";
    await this.runtime.ready();
    this.stopButton.disabled = false;
    this.output.clear();
    this.windows.forget();
    this.words.textContent = "Running";
    try {
      await this.#provide(source);
      const started = performance.now();
      const value = await this.runtime.run(source, "Running your script");
      const spent = performance.now() - started;
      if (value !== null && value !== undefined) {
        this.output.write("value", `${describe(value)}\n`);
        this.windows.showValue(value);
      }
      await this.#finish();
      this.words.textContent = `Done in ${duration(spent)}`;
    } catch (error) {
      await this.#explain(error);
    } finally {
      this.output.flush();
      this.#running = false;
      this.runButton.disabled = false;
      this.stopButton.disabled = true;
    }
  }

  /** Stops what runs. */
  async stop() {
    this.stopButton.disabled = true;
    this.words.textContent = "Stopping";
    await this.runtime.stop();
  }

  /** Gives the visitor a link that carries the script. */
  async share() {
    const link = await linkTo(this.field.text);
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      this.words.textContent = "The link is in the clipboard. It carries the script; nothing was sent.";
    } catch {
      this.words.textContent = "The link is in the address bar: copy it from there.";
    }
  }

  #offerExamples() {
    for (const [index, { name }] of EXAMPLES.entries()) {
      this.choice.add(new Option(name, String(index)));
    }
    this.choice.addEventListener("change", () => {
      this.field.text = EXAMPLES[Number(this.choice.value)].code;
    });
    this.field.text = EXAMPLES[0].code;
  }

  /** Shows the script that the page's address carries, without running it. */
  async #openLink() {
    try {
      const source = await scriptIn(location.hash);
      if (source !== null) {
        this.field.text = source;
        this.words.textContent = "This script came with the link. Read it, then run it.";
      }
    } catch (error) {
      this.words.textContent = messageOf(error);
    }
  }

  /**
   * Puts what examples open into Python's working folder.
   *
   * @param {string} source
   */
  async #provide(source) {
    for (const [name, fetchIt] of needsOf(source, this.runtime)) {
      await this.files.provide(name, fetchIt);
    }
  }

  /** What comes after a run: figures, and files that the script wrote. */
  async #finish() {
    await this.windows.showFigures();
    await this.files.refresh();
  }

  /** @param {unknown} error */
  async #explain(error) {
    const { name, type = "", traceback = "", message } = /** @type {any} */ (error);
    if (name === "WorkerEndedError") {
      this.words.textContent = "Python ended; its variables are gone.";
      return;
    }
    if (type.endsWith("ConversionError")) {
      this.output.write("value", `${message}\n`);
    } else if (type !== "KeyboardInterrupt") {
      this.output.write("stderr", traceback || `${message}\n`);
    }
    await this.#finish().catch((trouble) => this.output.write("stderr", `${messageOf(trouble)}\n`));
    this.words.textContent = ending(type);
  }
}

/** @param {string} type the exception's */
function ending(type) {
  if (type === "KeyboardInterrupt") {
    return "Stopped";
  }
  if (type.endsWith("ConversionError")) {
    return "Done. Use print() to see the last value.";
  }
  return type ? `Ended with ${type}` : "It did not run";
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  return milliseconds < 1000
    ? `${Math.max(1, Math.round(milliseconds))} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
