// How all of this project's elements look: in the page's own colours and letters, as far as it says nothing else.

export const PANEL = `
:host {
  --_ink: var(--pyinfer-ink, CanvasText);
  --_surface: var(--pyinfer-surface, Canvas);
  --_soft: var(--pyinfer-soft, color-mix(in srgb, var(--_ink) 70%, var(--_surface)));
  --_line: var(--pyinfer-line, color-mix(in srgb, var(--_ink) 15%, var(--_surface)));
  --_strong-line: color-mix(in srgb, var(--_ink) 48%, var(--_surface));
  --_accent: var(--pyinfer-accent, light-dark(#0b6b52, #62d0ac));
  --_on-accent: var(--pyinfer-on-accent, light-dark(#ffffff, #07110d));
  --_error: var(--pyinfer-error, light-dark(#a3261c, #ff9184));
  --_radius: var(--pyinfer-radius, 0.75rem);
  container-type: inline-size;
  display: block;
}

:host([hidden]),
[hidden] {
  display: none !important;
}

*,
::before,
::after {
  box-sizing: border-box;
}

p,
ul {
  margin: 0;
  padding: 0;
}

.panel {
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: var(--_ink);
  line-height: 1.45;
  overflow: hidden;
}

/* What lies on top of each other has the size of the largest, whichever shows: nothing jumps. */

.stack {
  display: grid;
}

.stack > * {
  grid-area: 1 / 1;
  min-width: 0;
}

[data-behind] {
  visibility: hidden;
}

.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}

progress {
  flex: 1;
  min-width: 0;
  height: 0.375rem;
  border: 0;
  border-radius: 0.1875rem;
  background: var(--_line);
  accent-color: var(--_accent);
  appearance: none;
  overflow: hidden;
}

progress::-webkit-progress-bar {
  background: var(--_line);
}

progress::-webkit-progress-value {
  background: var(--_accent);
  transition: width 0.2s ease-out;
}

progress::-moz-progress-bar {
  background: var(--_accent);
}

progress:indeterminate {
  background: repeating-linear-gradient(90deg, var(--_accent) 0 1.5rem, var(--_line) 1.5rem 3rem) 0 / 300% 100%;
  animation: pass 1.5s linear infinite;
}

progress:indeterminate::-webkit-progress-bar,
progress:indeterminate::-moz-progress-bar {
  background: transparent;
}

@keyframes pass {
  from {
    background-position-x: 3rem;
  }

  to {
    background-position-x: 0;
  }
}

/* Buttons, and what looks like one. */

button,
.control {
  min-height: 2.25rem;
  border: 1px solid var(--_line);
  border-radius: min(0.5rem, var(--_radius));
  background: none;
  color: inherit;
  font: inherit;
  font-size: 0.875em;
  font-weight: 500;
  white-space: nowrap;
  cursor: pointer;
}

button {
  padding: 0.25rem 0.75rem;
}

button:hover,
.control:hover {
  border-color: var(--_strong-line);
}

button[aria-disabled="true"] {
  opacity: 0.5;
  cursor: default;
}

:focus-visible {
  outline: 2px solid var(--_accent);
  outline-offset: 2px;
}

@media (pointer: coarse) {
  button,
  .control {
    min-height: 2.75rem;
  }
}

`;

/** To stand last. */
export const STILL = `
@media (prefers-reduced-motion: reduce) {
  *,
  ::before,
  ::after {
    animation: none !important;
    transition: none !important;
  }
}
`;

/**
 * Makes one style sheet for all elements of a kind. A policy for styles forbids `<style>`, but not this.
 *
 * @param {string} style
 * @returns {() => CSSStyleSheet} the same one each time
 */
export function sheetOf(style) {
  /** @type {CSSStyleSheet | undefined} */
  let sheet;
  return () => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
    }
    return sheet;
  };
}
