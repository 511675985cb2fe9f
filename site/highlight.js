// Colours for Python that is only shown.

import { pythonLanguage } from "@codemirror/lang-python";
import { classHighlighter, highlightCode } from "@lezer/highlight";

/**
 * @param {string} source
 * @returns {DocumentFragment}
 */
export function highlight(source) {
  const fragment = document.createDocumentFragment();
  highlightCode(
    source,
    pythonLanguage.parser.parse(source),
    classHighlighter,
    (text, classes) => {
      const span = document.createElement("span");
      span.className = classes;
      span.textContent = text;
      fragment.append(classes ? span : text);
    },
    () => fragment.append("\n"),
  );
  return fragment;
}
