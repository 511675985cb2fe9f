// A question that takes the place of the buttons that led to it.

import { make, makeButton, showOf } from "./panel_elements.js";

export class Question {
  /** @type {HTMLElement | null} */
  #asker = null;

  /**
   * @param {HTMLElement} choices what is there while nothing is asked
   * @param {object} words
   * @param {string} words.label of the question, for who does not see what it is about
   * @param {string} words.question
   * @param {string} words.yes
   * @param {() => void} act what is done if the answer is yes
   */
  constructor(choices, { label, question, yes }, act) {
    this.choices = choices;
    this.words = make("span", { class: "question-words" }, question);
    this.no = makeButton("Cancel", {}, () => this.close());
    this.yes = makeButton(yes, { class: "danger" }, () => {
      this.close();
      act();
    });
    this.asked = make(
      "div",
      { class: "actions", role: "group", "aria-label": label },
      this.words,
      this.yes,
      this.no,
    );
    this.element = make("div", { class: "stack" }, choices, this.asked);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen) {
        event.stopPropagation();
        this.close();
      }
    });
    showOf(this.element, choices);
  }

  get isOpen() {
    return this.#asker !== null;
  }

  /** @param {HTMLElement} asker has the focus again when the question is answered */
  open(asker) {
    this.#asker = asker;
    showOf(this.element, this.asked);
    this.no.focus();
  }

  close() {
    const asker = this.#asker;
    this.#asker = null;
    showOf(this.element, this.choices);
    asker?.focus();
  }
}
