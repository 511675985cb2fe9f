// How `<pyinfer-app>` looks.

import { PANEL, STILL } from "./panel_style.js";
import { RESULT } from "./result_style.js";

export const STYLE = `${PANEL}
/* Where a file is given. */

.zone {
  position: relative;
  display: grid;
  place-items: center;
  min-height: 7.5rem;
  margin: 0.75rem;
  padding: 1rem;
  border: 1px dashed var(--_strong-line);
  border-radius: min(0.5rem, var(--_radius));
  text-align: center;
  cursor: pointer;
}

.zone:hover,
.zone[data-over] {
  border-color: var(--_accent);
}

.zone[data-over] {
  background: color-mix(in srgb, var(--_accent) 8%, var(--_surface));
}

.zone:has(:focus-visible) {
  outline: 2px solid var(--_accent);
  outline-offset: 2px;
}

/* What it is doing. */

.state {
  display: flex;
  align-items: center;
  gap: 1rem;
  min-height: 3rem; /* with and without the button */
  padding: 0 1.25rem 0.75rem;
  font-size: 0.875em;
}

.state button {
  font-size: 1em;
}

.words {
  flex: 0 1 auto;
  min-width: 0;
  overflow-wrap: anywhere;
  color: var(--_soft);
  font-variant-numeric: tabular-nums;
}

.result {
  display: grid;
  gap: 0.875rem;
  padding: 1rem 1.25rem 1.25rem;
  border-top: 1px solid var(--_line);
}

@media (pointer: coarse) {
  .state {
    min-height: 3.5rem;
  }
}

${RESULT}${STILL}`;
