// What the scripts have in common that pyodide_in_node.py runs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Does the job on standard input, prints what comes of it as JSON, and ends the process, whatever Pyodide still
 * waits for. A failure is told by its last line: the others are Python's traceback.
 *
 * @param {(job: any, loadPyodide: (options: object) => Promise<any>) => Promise<unknown>} work
 */
export async function runJob(work) {
  try {
    const job = JSON.parse(readFileSync(0, "utf8"));
    const { loadPyodide } = await import(pathToFileURL(join(job.pyodide, "pyodide.mjs")).href);
    const result = await work(job, loadPyodide);
    process.stdout.write(JSON.stringify(result ?? null), () => process.exit());
  } catch (error) {
    const message = String(/** @type {Error} */ (error).message ?? error);
    process.stderr.write(message.trimEnd().split("\n").at(-1) ?? "", () => process.exit(1));
  }
}
