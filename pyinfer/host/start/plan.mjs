// Imports modules with the pinned Pyodide and tells what Python read for that; run by plan.py.
//
// Standard input is JSON: `pyodide`, the folder of its npm package; `tree`, a folder whose files are put where they
// lie below it; `imports` and `readies`, names of modules. Standard output is JSON: see `Plan` there.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runJob } from "./pyodide_in_node.mjs";

const IMPORT = `
import importlib, sys

def import_all(names):
    failures = {}
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException as error:
            failures[name] = f"{type(error).__name__}: {error}"
    return failures

def files():
    found = {}
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if getattr(spec, "has_location", False):
            found[name] = spec.origin
    return found
`;

await runJob(async (job, loadPyodide) => {
  const ignored = () => {};
  const python = await loadPyodide({
    stdout: ignored,
    stderr: ignored,
    fsInit: async (FS) => copy(FS, job.tree, ""),
  });
  await python.runPythonAsync(IMPORT);
  const importAll = python.globals.get("import_all");
  const failures = toObject(importAll(python.toPy(job.imports)));
  // What is there in a page only; modules that are read at a start take from it when they are used.
  python.registerJsModule("pyinfer_js", {});
  Object.assign(failures, toObject(importAll(python.toPy(job.readies))));
  const modules = toObject(python.globals.get("files")());
  const libraries = Object.keys(python._module.LDSO.loadedLibsByName).filter((name) => name !== "__main__");
  return { modules, libraries, failures };
});

/**
 * @param {any} FS Emscripten's
 * @param {string} folder on this machine
 * @param {string} place its path in the browser
 */
function copy(FS, folder, place) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [from, to] = [join(folder, entry.name), `${place}/${entry.name}`];
    if (entry.isDirectory()) {
      FS.mkdirTree(to);
      copy(FS, from, to);
    } else {
      FS.writeFile(to, readFileSync(from));
    }
  }
}

/** @param {any} dict a PyProxy */
function toObject(dict) {
  return dict.toJs({ dict_converter: Object.fromEntries });
}
