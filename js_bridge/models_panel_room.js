// The head of the storage panel: what all models take, of how much, and whether the browser keeps them.

import { Question } from "./models_panel_question.js";
import { inBytes, roomOf, sumOf } from "./models_panel_words.js";
import { make, makeButton, say, showOf } from "./panel_elements.js";

const UNPROMISED = "The browser may clear this when its disk is full.";
const PROMISED = "The browser has promised to keep this.";
const REFUSED = "The browser said no. It agrees to sites that are bookmarked, installed or often visited.";

export class Room {
  #wasRefused = false;

  /**
   * @param {object} actions
   * @param {() => void} actions.clear
   * @param {() => void} actions.persist
   */
  constructor({ clear, persist }) {
    this.sum = make("p", { class: "sum", tabindex: "-1" });
    this.clearAll = makeButton("Delete all", {}, () => this.question.open(this.clearAll));
    const choices = make("div", { class: "actions" }, this.clearAll);
    const words = { label: "Delete all models?", question: "Delete all models?", yes: "Delete all" };
    this.question = new Question(choices, words, clear);

    this.models = make("i", { class: "of-models" });
    this.others = make("i", { class: "of-others" });
    this.gauge = make(
      "div",
      { class: "gauge", role: "meter", "aria-label": "Storage used", "aria-valuemin": "0" },
      this.models,
      this.others,
    );
    this.room = make("p", { class: "room" });
    this.promise = make("p", { class: "promise" });
    this.persist = makeButton("Ask it not to", {}, persist);
    const promised = make("div", { class: "actions" });
    this.asking = make("div", { class: "actions" }, this.persist);
    this.asker = make("div", { class: "stack asker" }, this.asking, promised);
    showOf(this.asker, promised);
    this.element = make(
      "div",
      { class: "head" },
      make("div", { class: "line" }, this.sum, this.question.element),
      this.gauge,
      make("div", { class: "line" }, make("div", { class: "facts" }, this.room, this.promise), this.asker),
    );
    this.wait("Waiting for Python");
  }

  /** @param {string} words there is nothing to tell yet, and why */
  wait(words) {
    say(this.sum, words);
    say(this.room, "");
    say(this.promise, "");
    this.clearAll.hidden = true;
    this.#fill(0, 0, 1);
    showOf(this.asker, /** @type {HTMLElement} */ (this.asker.lastElementChild));
  }

  /**
   * @param {import("./page_models.js").StoredModel[]} stored
   * @param {import("./page_models.js").ModelUsage} usage
   */
  show(stored, usage) {
    say(this.sum, sumOf(stored));
    say(this.question.words, stored.some(({ kept }) => kept) ? "Delete all, kept ones too?" : "Delete all?");
    if (!stored.length && this.question.isOpen) {
      this.question.close();
    }
    if (!stored.length && this.clearAll.matches(":focus")) {
      this.sum.focus();
    }
    this.clearAll.hidden = !stored.length;
    say(this.room, roomOf(usage));
    this.#fill(usage.models, usage.used, usage.quota);
    this.gauge.ariaValueText = `${inBytes(usage.models)} of models, ${roomOf(usage)}`;
    const { persisted } = usage;
    say(this.promise, persisted ? PROMISED : this.#wasRefused ? REFUSED : UNPROMISED);
    this.promise.toggleAttribute("data-promised", persisted);
    if (persisted && this.persist.matches(":focus")) {
      this.sum.focus();
    }
    showOf(this.asker, persisted ? /** @type {HTMLElement} */ (this.asker.lastElementChild) : this.asking);
  }

  /** @param {boolean} agreed what the browser answered */
  answer(agreed) {
    this.#wasRefused = !agreed;
    say(this.persist, "Ask again");
    say(this.promise, agreed ? PROMISED : REFUSED);
  }

  /**
   * @param {number} models
   * @param {number} used
   * @param {number} quota
   */
  #fill(models, used, quota) {
    this.gauge.ariaValueMax = String(quota);
    this.gauge.ariaValueNow = String(Math.min(used, quota));
    this.models.style.setProperty("--share", String(models / quota));
    this.others.style.setProperty("--share", String(Math.max(0, used - models) / quota));
  }
}
