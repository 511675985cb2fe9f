// What a frame shows: a word, and how likely each class is.

import { find } from "../progress.js";

/** @typedef {import("./classifier.js").Answer} Answer */

/** Frames in a row that must agree before the word changes: words can't be read thirty times a second. */
const AGREEING_FRAMES = 4;

export class AnswerView {
  /** @type {string | null} what was accepted, if anything was; null before the first answer */
  #decision = null;
  #agreeing = 0;

  /** @param {Document} page */
  constructor(page) {
    this.verdict = find(page, "camera-verdict");
    this.words = find(page, "camera-words");
    this.bars = /** @type {HTMLElement[]} */ ([...find(page, "camera-bars").children]);
  }

  /** @param {import("./classifier.js").Network} network */
  learn({ threshold }) {
    for (const bar of this.bars) {
      bar.style.setProperty("--threshold", String(threshold));
    }
  }

  /** @param {Answer} answer of one frame among many */
  show(answer) {
    const best = Math.max(...answer.probabilities);
    for (const [index, bar] of this.bars.entries()) {
      const probability = answer.probabilities[index];
      bar.style.setProperty("--share", String(probability));
      bar.toggleAttribute("data-best", answer.accepted && probability === best);
      /** @type {Element} */ (bar.lastElementChild).textContent = `${Math.round(100 * probability)} %`;
    }
    const decision = answer.accepted ? answer.label : "";
    this.#agreeing = decision === this.#decision ? this.#agreeing + 1 : 1;
    this.#decision = decision;
    if (this.#agreeing >= AGREEING_FRAMES) {
      this.settle();
    }
  }

  /** No more frames follow: the word is that of the last one. */
  settle() {
    if (this.#decision !== null) {
      this.#tell(this.#decision);
    }
  }

  /**
   * There is no answer, and these words say why.
   *
   * @param {string} words
   * @param {boolean} [isTrouble]
   */
  clear(words, isTrouble) {
    this.#decision = null;
    this.#agreeing = 0;
    this.#word("–", "none");
    for (const bar of this.bars) {
      bar.style.setProperty("--share", "0");
      bar.removeAttribute("data-best");
      /** @type {Element} */ (bar.lastElementChild).textContent = "";
    }
    this.say(words, isTrouble);
  }

  /**
   * @param {string} words
   * @param {boolean} [isTrouble]
   */
  say(words, isTrouble = false) {
    if (this.words.textContent !== words) {
      this.words.textContent = words;
    }
    this.words.classList.toggle("trouble", isTrouble);
  }

  /** @param {string} object what was accepted, if anything was */
  #tell(object) {
    if (object) {
      this.#word(object, "accepted");
      this.say(`Accepted: this is ${object === "scissors" ? "a pair of" : "a"} ${object}.`);
    } else {
      this.#word("unknown", "rejected");
      this.say("Rejected on this device: none of the eight objects, or not surely enough.");
    }
  }

  /**
   * @param {string} word
   * @param {"none" | "accepted" | "rejected"} decision
   */
  #word(word, decision) {
    if (this.verdict.textContent !== word) {
      this.verdict.textContent = word;
      this.verdict.dataset.decision = decision;
    }
  }
}
