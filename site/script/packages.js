// Packages by name, and wheels that the visitor drops.

import { find, messageOf } from "../progress.js";

/** What micropip says of a package that it looked for elsewhere, in vain. */
const MISSING = /Can't (?:fetch metadata|find a pure Python \d wheel) for:? '([^']+)'/;

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
    this.known = [...(name.list?.options ?? [])].map(({ value }) => value);
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
      this.#say(refusal(shown, error, this.known), true);
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
 * @param {string[]} known names of packages that there are
 */
function refusal(shown, error, known) {
  const message = messageOf(error).trim();
  const missing = MISSING.exec(message)?.[1];
  if (!missing) {
    return `${shown} could not be installed: ${message.split("\n")[0]}`;
  }
  const what = shown.endsWith(".whl") ? `${shown} needs ${missing}, which` : shown;
  return [
    `${what} is not here: this site asks no other server.`,
    `It has ${known.slice(0, -1).join(", ")} and ${known.at(-1)}.`,
    "Add others by dropping their wheels (files that end in none-any.whl) on this page, what they need first;",
    "on a site of your own, name them in pyproject.toml, under requirements.",
  ].join(" ");
}
