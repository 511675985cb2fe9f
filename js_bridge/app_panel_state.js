// The line of `<pyinfer-app>` that says what it is doing.

import { make, makeButton, say } from "./panel_elements.js";

export class StateLine {
  /**
   * @param {() => void} stop
   * @param {() => void} moveFocus takes the focus of the button when it goes
   */
  constructor(stop, moveFocus) {
    this.moveFocus = moveFocus;
    this.words = make("p", { class: "words" });
    this.bar = make("progress", { "aria-label": "Progress", max: "1" });
    this.stop = makeButton("Stop", {}, stop);
    this.element = make("div", { class: "state", part: "state" }, this.words, this.bar, this.stop);
    this.rest("");
  }

  /**
   * @param {string} words
   * @param {number} [share] of the work that is done, if it is known
   */
  work(words, share) {
    say(this.words, words);
    this.bar.hidden = false;
    if (share === undefined) {
      this.bar.removeAttribute("value");
    } else {
      this.bar.value = share;
    }
  }

  /** @param {string} words nothing is being done */
  rest(words) {
    say(this.words, words);
    this.bar.hidden = true;
    this.offerStop(false);
  }

  /** @param {boolean} isOffered */
  offerStop(isOffered) {
    if (!isOffered && this.stop.matches(":focus")) {
      this.moveFocus();
    }
    this.stop.hidden = !isOffered;
  }
}
