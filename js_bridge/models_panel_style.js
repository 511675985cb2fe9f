// How the storage panel looks.

import { CONTROLS } from "./models_panel_controls_style.js";
import { PANEL, STILL } from "./panel_style.js";

export const STYLE = `${PANEL}
/* The head. */

.head {
  display: grid;
  gap: 0.625rem;
  padding: 0.875rem 1.25rem 1rem;
}

.line {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 0.5rem 1rem;
  min-height: 2.25rem;
}

.sum {
  font-size: 1.125em;
  font-weight: 700;
  letter-spacing: -0.01em;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.gauge {
  display: flex;
  height: 0.5rem;
  border-radius: 0.25rem;
  background: var(--_line);
  overflow: hidden;
}

.gauge i {
  /* Little of a large quota is still seen. */
  flex: 0 0 max(calc(100% * var(--share, 0)), min(0.25rem, 100000000rem * var(--share, 0)));
  forced-color-adjust: none;
  transition: flex-basis 0.3s ease-out;
}

.of-models {
  background: var(--_accent);
}

.of-others {
  background: var(--_strong-line);
}

.facts {
  min-width: 0;
  min-height: 2.9em;
  color: var(--_soft);
  font-size: 0.875em;
  font-variant-numeric: tabular-nums;
}

.asker {
  flex: none;
}

/* The list. */

.body {
  display: grid;
  min-height: 4.75rem;
  border-top: 1px solid var(--_line);
}

.body > * {
  grid-area: 1 / 1;
}

.empty {
  align-self: center;
  padding: 0.75rem 1.25rem;
  color: var(--_soft);
  font-size: 0.875em;
}

.list {
  list-style: none;
}

.row {
  display: grid;
  grid-template: "name size actions" auto "states states actions" auto / minmax(0, 1fr) auto auto;
  gap: 0.125rem 1.5rem;
  align-items: center;
  align-content: center;
  min-height: 4.75rem;
  padding: 0.75rem 1.25rem;
}

.row + .row {
  border-top: 1px solid var(--_line);
}

.row > .stack:last-child {
  grid-area: actions;
}

.row > .stack:not(:last-child) {
  grid-area: states;
}

.row:not([data-stored], [data-failed]) > .stack:not(:last-child) {
  grid-column-end: actions;
}

.name {
  grid-area: name;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  min-width: 0;
  overflow: hidden;
  font-weight: 600;
  overflow-wrap: anywhere;
}

.size {
  grid-area: size;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.details {
  color: var(--_soft);
  font-size: 0.875em;
  overflow-wrap: anywhere;
}

.details:empty::before {
  content: "\\200b";
}

.details[data-tone="good"] {
  color: var(--_accent);
}

.details[data-tone="bad"] {
  color: var(--_error);
}

.fetching {
  display: flex;
  align-items: center;
  gap: 1rem;
}

.amount {
  flex: none;
  min-width: 8.5rem;
  color: var(--_soft);
  font-size: 0.875em;
  font-variant-numeric: tabular-nums;
  text-align: right;
}

${CONTROLS}/* What went wrong. */

.message {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  padding: 0.625rem 1.25rem;
  border-top: 1px solid var(--_line);
  font-size: 0.875em;
  overflow-wrap: anywhere;
}

.message p {
  min-width: 0;
}

.message p::before {
  content: "";
  display: inline-block;
  width: 0.5rem;
  height: 0.5rem;
  margin-right: 0.625rem;
  border-radius: 50%;
  background: var(--_error);
}

.message button {
  flex: none;
  font-size: 1em;
}

@container (max-width: 38rem) {
  .row {
    grid-template: "name size" auto "states states" auto "actions actions" auto / minmax(0, 1fr) auto;
    row-gap: 0.25rem;
    padding-block: 0.875rem;
  }

  .row:not([data-stored], [data-failed]) > .stack:not(:last-child) {
    grid-row-end: actions;
  }

  .row:not([data-stored], [data-failed]) .fetching {
    flex-direction: column;
    align-items: stretch;
    justify-content: center;
    gap: 0.625rem;
  }

  .row:not([data-stored], [data-failed]) progress {
    flex: none;
    width: 100%;
  }

  .row .actions {
    justify-content: flex-start;
    margin-top: 0.375rem;
  }

  .keep {
    padding-left: 0;
    margin-right: auto;
  }

  .keep:hover {
    border-color: transparent;
  }

  .question-words {
    margin-right: auto;
  }

  .body,
  .row {
    min-height: 7.75rem;
  }

  .line:last-child {
    flex-wrap: wrap;
  }
}

@media (forced-colors: active) {
  .of-models,
  .keep input:checked::before {
    background: Highlight;
  }

  .of-others,
  .keep input::before {
    background: GrayText;
  }

  .gauge {
    border: 1px solid;
  }
}
${STILL}`;
