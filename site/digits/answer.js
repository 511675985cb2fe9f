// What Python made of the paper: the digit, how sure it is, and the picture's way to the network.

import { paint } from "../pictures.js";
import { find } from "../progress.js";

/** @typedef {{ digit: number, probabilities: number[], steps: { name: string, pixels: any }[], milliseconds: number }} Answer */

const WAITING = "Waiting for a digit.";

export class AnswerView {
  /** @param {Document} page */
  constructor(page) {
    this.numeral = find(page, "digits-answer");
    this.words = find(page, "digits-words");
    this.bars = [...find(page, "digits-bars").children].map((bar) => /** @type {HTMLElement} */ (bar));
    this.steps = new Map(
      [...find(page, "digits-steps").querySelectorAll("canvas")].map((canvas) => [
        canvas.dataset.step,
        canvas,
      ]),
    );
    this.forget();
  }

  /**
   * @param {Answer} answer
   * @param {string} engine its name, for visitors
   * @param {boolean} settled whether to say it in words, too
   */
  show({ digit, probabilities, steps, milliseconds }, engine, settled) {
    this.numeral.textContent = String(digit);
    delete this.numeral.dataset.empty;
    this.bars.forEach((bar, each) => {
      bar.style.setProperty("--share", String(probabilities[each]));
      bar.toggleAttribute("data-best", each === digit);
    });
    for (const { name, pixels } of steps) {
      const canvas = this.steps.get(name);
      if (canvas) {
        paint(canvas, pixels);
      }
    }
    if (settled) {
      this.say(inWords(digit, probabilities, milliseconds, engine));
    }
  }

  /**
   * There is no answer, or no longer.
   *
   * @param {string} [trouble] why
   */
  forget(trouble) {
    this.empty();
    this.say(trouble ?? WAITING, Boolean(trouble));
  }

  /** Takes the answer away, whatever the words say. */
  empty() {
    this.numeral.textContent = "–";
    this.numeral.dataset.empty = "";
    for (const bar of this.bars) {
      bar.style.setProperty("--share", "0");
      bar.removeAttribute("data-best");
    }
    for (const canvas of this.steps.values()) {
      canvas.width = canvas.height = 1;
    }
  }

  /**
   * @param {string} words
   * @param {boolean} [trouble]
   */
  say(words, trouble = false) {
    this.words.classList.toggle("trouble", trouble);
    if (this.words.textContent !== words) {
      this.words.textContent = words;
    }
  }
}

/**
 * @param {number} digit
 * @param {number[]} probabilities
 * @param {number} milliseconds
 * @param {string} engine
 */
function inWords(digit, probabilities, milliseconds, engine) {
  const percent = (/** @type {number} */ each) => `${Math.round(probabilities[each] * 100)} %`;
  const time = `Python took ${Math.max(1, Math.round(milliseconds))} ms, with ${engine}.`;
  if (probabilities[digit] > 0.8) {
    return `A ${digit}, ${percent(digit)} sure. ${time}`;
  }
  const [, second] = probabilities.map((_, each) => each).sort((a, b) => probabilities[b] - probabilities[a]);
  return `Perhaps a ${digit} (${percent(digit)}), or a ${second} (${percent(second)}). ${time}`;
}
