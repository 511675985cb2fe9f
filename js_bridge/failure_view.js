// What did not work: a sentence for visitors, and folded away what a programmer reads.

import { make, makeButton } from "./panel_elements.js";

/**
 * @param {string} words
 * @param {string} details empty: there are none
 * @param {{ words: string, act: () => void }} [action]
 */
export function failureOf(words, details, action) {
  const view = make("div", { class: "failure", part: "error" }, make("p", {}, words));
  if (action) {
    view.append(makeButton(action.words, {}, action.act));
  }
  if (details) {
    // What is scrolled must be reachable by the keyboard.
    const text = make("pre", { tabindex: "0" }, details);
    view.append(make("details", {}, make("summary", {}, "Details"), text));
  }
  return view;
}

/**
 * How a program ended that asked to: `sys.exit("words")` is how a script on the desktop tells its user
 * what is wrong. A number other than 0 tells nobody anything.
 *
 * @param {unknown} error
 * @returns {string | null} its last words, empty if all went well; null: it did not end by itself
 */
export function lastWordsOf(error) {
  const { type, message } = /** @type {{ type?: string, message?: string }} */ (error);
  if (type !== "SystemExit" || /^-?\d*[1-9]\d*$/.test(message ?? "")) {
    return null;
  }
  return message === "" || message === "None" || message === "0" ? "" : (message ?? "");
}

/**
 * @param {unknown} error
 * @returns {string} the traceback, or what else there is
 */
export function detailsOf(error) {
  const { traceback, stack, message } =
    /** @type {{ traceback?: string, stack?: string, message?: string }} */ (error);
  return traceback || (stack?.includes(message ?? "") ? stack : message) || String(error);
}
