// Any Python: source on the left, what it prints on the right.

import { createCodeField } from "./code_field.js";
import { EXAMPLES } from "./examples.js";
import { find } from "./progress.js";

/** The output keeps this many characters; beyond, the oldest go. */
const MOST_CHARACTERS = 200_000;
const MOST_OF_A_VALUE = 4000;

export class Editor {
  #running = false;

  /**
   * @param {Document} page
   * @param {import("./runtime.js").Runtime} runtime
   */
  constructor(page, runtime) {
    this.runtime = runtime;
    this.output = new Output(find(page, "editor-output"));
    this.words = find(page, "editor-words");
    this.runButton = /** @type {HTMLButtonElement} */ (find(page, "editor-run"));
    this.stopButton = /** @type {HTMLButtonElement} */ (find(page, "editor-stop"));
    this.field = createCodeField(find(page, "editor-source"), () => this.run());

    const choice = /** @type {HTMLSelectElement} */ (find(page, "editor-example"));
    for (const [index, { name }] of EXAMPLES.entries()) {
      choice.add(new Option(name, String(index)));
    }
    choice.addEventListener("change", () => {
      this.field.text = EXAMPLES[Number(choice.value)].code;
    });
    this.field.text = EXAMPLES[0].code;
    if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
      find(page, "editor-shortcut").textContent = "⌘ Enter";
    }
    this.runButton.addEventListener("click", () => this.run());
    this.stopButton.addEventListener("click", () => this.stop());
    runtime.addEventListener("output", (event) => {
      const { stream, text } = /** @type {CustomEvent} */ (event).detail;
      this.output.write(stream, text);
    });
  }

  /** Runs what the field holds. */
  async run() {
    if (this.#running) {
      return;
    }
    this.#running = true;
    this.runButton.disabled = true;
    this.words.textContent = "Waiting for Python";
    await this.runtime.ready();
    this.stopButton.disabled = false;
    this.output.clear();
    this.words.textContent = "Running";
    const started = performance.now();
    try {
      const value = await this.runtime.run(this.field.text);
      if (value !== null && value !== undefined) {
        this.output.write("value", `${describe(value)}\n`);
      }
      this.words.textContent = `Done in ${duration(performance.now() - started)}`;
    } catch (error) {
      this.#explain(error);
    } finally {
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

  /** @param {unknown} error */
  #explain(error) {
    const { name, type = "", traceback = "", message } = /** @type {any} */ (error);
    if (type === "KeyboardInterrupt") {
      this.words.textContent = "Stopped";
    } else if (name === "WorkerEndedError") {
      this.words.textContent = "Python ended; its variables are gone.";
    } else if (type.endsWith("ConversionError")) {
      this.output.write("value", `${message}\n`);
      this.words.textContent = "Done. Use print() to see the last value.";
    } else {
      this.output.write("stderr", traceback || `${message}\n`);
      this.words.textContent = type ? `Ended with ${type}` : "It did not run";
    }
  }
}

/** A terminal's simpler half: streams in their colours, and the carriage return of progress bars. */
class Output {
  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.pane = pane;
    this.length = 0;
  }

  clear() {
    this.pane.replaceChildren();
    this.length = 0;
  }

  /**
   * @param {string} stream
   * @param {string} text
   */
  write(stream, text) {
    const { pane } = this;
    const atEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 4;
    let last = /** @type {HTMLElement | null} */ (pane.lastElementChild);
    if (last?.className !== stream || (last.textContent ?? "").length > MOST_CHARACTERS / 8) {
      last = document.createElement("span");
      last.className = stream;
      pane.append(last);
    }
    const before = last.textContent ?? "";
    // A page that was busy gets much at once.
    last.textContent = overwrite(before, text.slice(-MOST_CHARACTERS / 2));
    this.length += last.textContent.length - before.length;
    while (this.length > MOST_CHARACTERS && pane.firstElementChild !== last) {
      this.length -= pane.firstElementChild?.textContent?.length ?? 0;
      pane.firstElementChild?.remove();
    }
    if (atEnd) {
      pane.scrollTop = pane.scrollHeight;
    }
  }
}

/**
 * Adds text as a terminal does: after a carriage return the line is written anew.
 *
 * @param {string} before
 * @param {string} text
 */
function overwrite(before, text) {
  const [first, ...rewritten] = text.replaceAll("\r\n", "\n").split("\r");
  return rewritten.reduce(
    (written, piece) => (piece ? written.slice(0, written.lastIndexOf("\n") + 1) + piece : written),
    before + first,
  );
}

/**
 * What Python's last expression gave, in few enough words to show.
 *
 * @param {unknown} value
 */
function describe(value) {
  const text = brief(value) === value ? JSON.stringify(value, (_, each) => brief(each), 2) : brief(value);
  return text.length > MOST_OF_A_VALUE ? `${text.slice(0, MOST_OF_A_VALUE)}…` : text;
}

/**
 * An array in one line: it may have millions of elements.
 *
 * @param {any} value
 */
function brief(value) {
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`;
  }
  if (ArrayBuffer.isView(value?.data) && Array.isArray(value.shape)) {
    const data = /** @type {any} */ (value.data);
    const shown = Array.from(data.subarray(0, 8), String).join(", ");
    return `${value.dtype} array of shape (${value.shape.join(", ")}): ${shown}${data.length > 8 ? ", …" : ""}`;
  }
  return value;
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  return milliseconds < 1000
    ? `${Math.max(1, Math.round(milliseconds))} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
