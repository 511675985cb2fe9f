// Sentences with code in backticks, as pyinfer check writes them for terminals, on a page.

/**
 * @param {string} sentence
 * @returns {(string | HTMLElement)[]} to append to an element
 */
export function inSentence(sentence) {
  // Every other part was between backticks.
  return sentence.split(/`+([^`]+)`+/).map((part, k) => {
    if (k % 2 === 0) {
      return part;
    }
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}
