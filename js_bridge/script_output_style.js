// How `<pyinfer-output>` looks.

import { PANEL, STILL } from "./panel_style.js";
import { RESULT } from "./result_style.js";

export const STYLE = `${PANEL}
.output {
  display: grid;
  gap: 0.5rem;
  color: var(--_ink);
}

.loading {
  display: flex;
  align-items: center;
  gap: 1rem;
  color: var(--_soft);
  font-size: 0.875em;
  font-variant-numeric: tabular-nums;
}

.loading progress {
  max-width: 16rem;
}

.stderr {
  color: var(--_error);
}

${RESULT}.printed {
  max-height: none;
}

${STILL}`;
