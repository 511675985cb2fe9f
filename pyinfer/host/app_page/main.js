// The page of an app that has none of its own: runs its entry point and shows what comes of it.

import { loadPyinfer } from "./pyinfer.js";

const [status, output, error] = ["status", "output", "error"].map(
  (id) => /** @type {HTMLElement} */ (document.getElementById(id)),
);

try {
  const { app } = await (await fetch("pyinfer.json")).json();
  document.title = app.name;
  const pyodide = await loadPyinfer({
    onProgress: ({ phase, name }) => {
      status.textContent = `${phase}: ${name}`;
    },
    stdout: (text) => output.append(text),
    stderr: (text) => output.append(text),
  });
  status.textContent = app.entry ? `Running ${app.entry}` : "Ready";
  if (app.entry?.includes(":")) {
    const result = await pyodide.call(app.entry);
    output.append(result === null || result === undefined ? "" : `${JSON.stringify(result, null, 2)}\n`);
  } else if (app.entry) {
    await pyodide.runPythonAsync(`import ${app.entry}`);
  }
  status.textContent = "Done";
  if (await pyodide.offline) {
    status.textContent = "Done. This page works without its server from now on.";
  }
} catch (problem) {
  status.textContent = "Stopped";
  error.textContent = /** @type {any} */ (problem).traceback ?? String(problem);
}
