// How the storage panel's buttons and switches look.

export const CONTROLS = `/* Controls. */

.actions {
  display: flex;
  align-items: center;
  justify-content: flex-end;
  gap: 0.5rem;
}

.row:not([data-stored], [data-failed]) .actions {
  visibility: hidden;
}

.question-words {
  margin-right: 0.25rem;
  font-size: 0.875em;
  white-space: nowrap;
}

.keep {
  display: flex;
  align-items: center;
  gap: 0.5rem;
  padding: 0.25rem 0.5rem;
  border-color: transparent;
}

button.danger {
  border-color: var(--_error);
  color: var(--_error);
}

[aria-busy="true"] .keep {
  opacity: 0.5;
  cursor: default;
}

.sum:focus-visible {
  outline-offset: 4px;
  border-radius: 0.125rem;
}

.keep input {
  position: relative;
  flex: none;
  width: 2rem;
  height: 1.125rem;
  margin: 0;
  border: 1px solid var(--_strong-line);
  border-radius: 1rem;
  background: transparent;
  appearance: none;
  cursor: inherit;
  transition: background 0.15s;
}

.keep input::before {
  content: "";
  position: absolute;
  inset: 0 auto 0 0.125rem;
  width: 0.75rem;
  height: 0.75rem;
  margin-block: auto;
  border-radius: 50%;
  background: var(--_strong-line);
  forced-color-adjust: none;
  transition: transform 0.15s;
}

.keep input:checked {
  border-color: var(--_accent);
  background: var(--_accent);
}

.keep input:checked::before {
  background: var(--_on-accent);
  transform: translateX(0.875rem);
}

`;
