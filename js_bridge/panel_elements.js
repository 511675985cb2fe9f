// Elements, made without markup: what a name says is never read as HTML.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean>} [attributes] those that are false are left out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} words
 * @param {Record<string, string>} attributes
 * @param {() => void} act
 */
export function makeButton(words, attributes, act) {
  const button = make("button", { type: "button", part: "button", ...attributes }, words);
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") {
      act();
    }
  });
  return button;
}

/**
 * Says something if it is new: what stays the same is not read out again.
 *
 * @param {HTMLElement} element
 * @param {string} words
 */
export function say(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

/**
 * Of elements that lie on top of each other, each as large as the largest, shows one.
 *
 * @param {HTMLElement} stack
 * @param {HTMLElement} shown
 */
export function showOf(stack, shown) {
  for (const child of stack.children) {
    child.toggleAttribute("data-behind", child !== shown);
  }
}
