// What the storage panel has to tell, until the visitor has read it.

import { make, makeButton } from "./panel_elements.js";

const MOST = 4;

export class Messages {
  /** @type {Map<string, HTMLElement>} */
  #given = new Map();

  /** @param {() => void} moveFocus takes the focus of a message that is gone */
  constructor(moveFocus) {
    this.moveFocus = moveFocus;
    this.element = make("div", { role: "alert" });
  }

  /**
   * @param {string} words
   * @param {string} [key] a message takes the place of the one before it with the same
   * @param {{ words: string, act: () => void }} [action] instead of having it read
   */
  give(words, key = words, action = { words: "Dismiss", act: () => this.take(key) }) {
    this.take(key);
    const button = makeButton(action.words, {}, action.act);
    const message = make("div", { class: "message" }, make("p", {}, words), button);
    this.#given.set(key, message);
    this.element.append(message);
    const [oldest] = this.#given.keys();
    if (this.#given.size > MOST) {
      this.take(oldest);
    }
  }

  /** @param {string} key */
  take(key) {
    const message = this.#given.get(key);
    if (message?.matches(":focus-within")) {
      this.moveFocus();
    }
    message?.remove();
    this.#given.delete(key);
  }

  clear() {
    for (const key of [...this.#given.keys()]) {
      this.take(key);
    }
  }
}
