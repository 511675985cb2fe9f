// `<pyinfer-output>`: what Python prints on a page, and what went wrong.

import { detailsOf, failureOf } from "./failure_view.js";
import { make, say } from "./panel_elements.js";
import { sheetOf } from "./panel_style.js";
import { STYLE } from "./script_output_style.js";

const TAG = "pyinfer-output";

/** Workers can import pyinfer.js too, and have no elements. */
const Element = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * Where a `<script type="text/x-pyinfer">` writes. Pages can write into one themselves.
 *
 * Colours are those of `<pyinfer-models>`; `::part(output)`, `::part(stderr)` and `::part(error)` reach the rest.
 */
export class ScriptOutput extends Element {
  #words = make("p", { role: "status" });
  #bar = make("progress", { "aria-label": "Progress", max: "1" });
  #loading = make("div", { class: "loading" }, this.#words, this.#bar);
  #printed = make("pre", { class: "printed", part: "output", role: "log" });
  #failures = make("div", { role: "alert" });
  #content = make("div", { class: "output" }, this.#loading, this.#printed, this.#failures);

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    root.append(this.#content);
    this.#loading.hidden = true;
  }

  /**
   * @param {string} text
   * @param {"stdout" | "stderr"} [stream]
   */
  write(text, stream = "stdout") {
    const last = this.#printed.lastElementChild;
    if (last?.className === stream) {
      last.append(text);
    } else {
      this.#printed.append(make("span", { class: stream, part: stream }, text));
    }
  }

  /**
   * @param {unknown} error
   * @param {string} [words] for visitors
   */
  fail(error, words = "This did not work.") {
    this.#failures.append(failureOf(words, detailsOf(error)));
  }

  /**
   * How loading is getting on.
   *
   * @param {string} words empty: it has ended
   * @param {number} [share] of what is to be loaded
   */
  load(words, share) {
    this.#loading.hidden = !words;
    say(this.#words, words);
    if (share === undefined) {
      this.#bar.removeAttribute("value");
    } else {
      this.#bar.value = share;
    }
  }

  /** Takes away what has been written. */
  clear() {
    this.load("");
    this.#printed.replaceChildren();
    this.#failures.replaceChildren();
  }
}

const sheet = sheetOf(STYLE);

/** Lets pages write `<pyinfer-output>`. */
export function defineScriptOutput() {
  const registry = globalThis.customElements;
  if (registry && !registry.get(TAG)) {
    registry.define(TAG, ScriptOutput);
  }
}
