// Packages by name, and wheels that the visitor drops.

import { find, messageOf } from "../progress.js";

export class Packages {
  /** @type {string[]} for the next Python, too */
  #installed = [];

  /**
   * @param {Document} page
   * @param {import("../runtime.js").Runtime} runtime
   * @param {() => void} onChange called when there is another package
   */
  constructor(page, runtime, onChange) {
    this.runtime = runtime;
    this.onChange = onChange;
    this.words = find(page, "files-words");
    this.button = /** @type {HTMLButtonElement} */ (find(page, "packages-install"));
    const name = /** @type {HTMLInputElement} */ (find(page, "packages-name"));
    find(page, "packages").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await this.install(name.value.trim())) {
        name.value = "";
      }
    });
  }

  /**
   * @param {string} requirement a name, perhaps with a version, or a wheel's `emfs:` path
   * @param {string} [shown] what the visitor knows it by
   * @returns {Promise<boolean>} whether it is there now
   */
  async install(requirement, shown = requirement) {
    this.button.disabled = true;
    this.#say(`Installing ${shown}…`);
    try {
      await this.runtime.install(requirement);
      this.#installed.push(requirement);
      this.onChange();
      this.#say(`${shown} is there: import it.`);
      return true;
    } catch (error) {
      this.#say(refusal(shown, error), true);
      return false;
    } finally {
      this.button.disabled = false;
    }
  }

  /** Gives a new Python what the last one had. */
  async bringBack() {
    for (const requirement of this.#installed) {
      await this.runtime.install(requirement);
    }
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

/**
 * @param {string} shown
 * @param {unknown} error
 */
function refusal(shown, error) {
  const last = messageOf(error).trim().split("\n").at(-1) ?? "";
  return /pure Python|no wheel|Can't find a|fetch|network/i.test(messageOf(error))
    ? `${shown} is not among the packages of this site, which asks no other server. Drop its wheel (a file that ends in none-any.whl) here.`
    : `${shown} could not be installed: ${last}`;
}
