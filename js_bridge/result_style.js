// How results and failures look.

export const RESULT = `/* Results. */

.text {
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

pre {
  margin: 0;
  max-height: 24rem;
  overflow: auto;
  font: 0.8125em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

figure {
  width: fit-content;
  max-width: 100%;
  margin: 0;
}

figcaption {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  margin-top: 0.375rem;
  color: var(--_soft);
  font-size: 0.875em;
  font-variant-numeric: tabular-nums;
}

figcaption button {
  font-size: 1em;
}

.picture {
  display: block;
  max-width: 100%;
  max-height: 32rem;
  border-radius: min(0.375rem, var(--_radius));
  object-fit: contain;
}

.scrolled {
  max-height: 24rem;
  overflow: auto;
}

table {
  border-collapse: collapse;
  font-size: 0.875em;
  font-variant-numeric: tabular-nums;
}

th,
td {
  padding: 0.3125rem 1.25rem 0.3125rem 0;
  border-bottom: 1px solid var(--_line);
  text-align: left;
  vertical-align: top;
}

th {
  color: var(--_soft);
  font-weight: 500;
}

dl {
  display: grid;
  grid-template-columns: minmax(4rem, max-content) minmax(0, 1fr);
  gap: 0.5rem 1.25rem;
  margin: 0;
}

dt {
  max-width: 12rem;
  color: var(--_soft);
  overflow-wrap: anywhere;
}

dd {
  margin: 0;
  min-width: 0;
}

/* Failures. */

.failure {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  align-items: center;
  gap: 0.5rem 1rem;
}

.failure > p {
  overflow-wrap: anywhere;
}

.failure > p::before {
  content: "";
  display: inline-block;
  width: 0.5rem;
  height: 0.5rem;
  margin-right: 0.625rem;
  border-radius: 50%;
  background: var(--_error);
  forced-color-adjust: none;
}

details {
  grid-column: 1 / -1;
}

summary {
  width: fit-content;
  color: var(--_soft);
  font-size: 0.875em;
  cursor: pointer;
}

details pre {
  margin-top: 0.5rem;
  overflow-wrap: normal;
  white-space: pre;
}

@container (max-width: 26rem) {
  dl {
    grid-template-columns: minmax(0, 1fr);
    row-gap: 0.125rem;
  }

  dd {
    margin-bottom: 0.625rem;
  }
}

`;
