// Starts Pyodide from the parts that a build wrote, and imports: what does not lie among them is not there.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runJob } from "../../pyinfer/host/start/pyodide_in_node.mjs";

await runJob(async ({ bundle, tree, code }, loadPyodide) => {
  const { start } = JSON.parse(readFileSync(join(bundle, "pyinfer.json"), "utf8"));
  for (const { path, url } of start.libraries) {
    const place = join(tree, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, readFileSync(join(bundle, url)));
  }
  const python = await loadPyodide({
    stdLibURL: join(bundle, start.standard),
    fsInit: async (/** @type {any} */ FS, /** @type {any} */ { sitePackages }) =>
      FS.mount(FS.filesystems.NODEFS, { root: tree }, sitePackages),
  });
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of start.imports) {
    found[name] = python.pyimport(name).__spec__.origin;
  }
  return { found, value: await python.runPythonAsync(code) };
});
