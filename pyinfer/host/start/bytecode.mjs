// Compiles Python sources with the pinned Pyodide; run by bytecode.py.
//
// Standard input is JSON: `pyodide`, the folder of its npm package; `folder`, where the source of number N is the file
// N.py and its bytecode is to be N.pyc; `places`, the sources' paths in the browser, by number.

import { runJob } from "./pyodide_in_node.mjs";

const COMPILE = `
import warnings
from importlib._bootstrap_external import _code_to_timestamp_pyc
from pathlib import Path

def compile_all(folder, places):
    with warnings.catch_warnings(action="ignore"):
        for number, place in enumerate(places):
            source = Path(folder, f"{number}.py")
            code = compile(source.read_bytes(), place, "exec", dont_inherit=True, optimize=0)
            source.with_suffix(".pyc").write_bytes(_code_to_timestamp_pyc(code))
`;

await runJob(async ({ folder, places }, loadPyodide) => {
  const python = await loadPyodide({ stdout: () => {} });
  python.mountNodeFS("/sources", folder);
  await python.runPythonAsync(COMPILE);
  python.globals.get("compile_all")("/sources", python.toPy(places));
});
