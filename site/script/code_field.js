// The editor's text field: CodeMirror with Python's habits and the page's colours.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: tags.comment, color: "var(--comment)" },
]);

const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "none" },
  // CodeMirror measures lines and the content's padding once the visitor scrolls to them. Until then
  // its gutter would have lines of its own height, and start higher: so neither is left to measuring.
  ".cm-scroller": { padding: "0.75rem 0", fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 1rem 0 0.5rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  // Opaque: a long line is scrolled beneath it.
  ".cm-gutters": { border: "none", backgroundColor: "var(--raised)", color: "var(--comment)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0.25rem 0 1rem" },
  // All but the first, which has no height: it holds the gutter open with its widest number.
  ".cm-lineNumbers .cm-gutterElement + .cm-gutterElement": { height: "1.55em !important" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--accent) 18%, transparent)",
  },
});

/**
 * @param {HTMLElement} parent
 * @param {() => void} run what Ctrl + Enter (on a Mac, Command + Enter) does
 * @param {(text: string) => void} onChange
 */
export function createCodeField(parent, run, onChange) {
  // CodeMirror brings its own styles. In a shadow tree it adopts them as a style sheet, which the
  // page's Content-Security-Policy allows; in the page itself it would add a <style> element.
  const root = parent.attachShadow({ mode: "open" });
  const runKey = {
    key: "Mod-Enter",
    run: () => {
      run();
      return true;
    },
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of("    "),
        python(),
        syntaxHighlighting(COLOURS),
        LOOK,
        keymap.of([runKey, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            onChange(update.state.doc.toString());
          }
        }),
        EditorView.contentAttributes.of({ "aria-label": "Python source", tabindex: "0" }),
      ],
    }),
  });
  return {
    /** @returns {string} */
    get text() {
      return view.state.doc.toString();
    },
    focus() {
      view.focus();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
  };
}
