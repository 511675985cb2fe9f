// `<script type="text/x-pyinfer">`: Python in a page.

import { detailsOf, lastWordsOf } from "./failure_view.js";
import { dedent } from "./python_source.js";
import { ScriptOutput } from "./script_output.js";

/** @typedef {import("./worker_runtime.js").WorkerRuntime} WorkerRuntime */

/**
 * @callback Load
 * @param {import("./pyinfer.js").LoadOptions} options
 * @returns {Promise<WorkerRuntime>}
 */

const SCRIPTS = 'script[type="text/x-pyinfer"]';

/** @type {Load} */
let load = () => Promise.reject(new Error("pyinfer is not there yet"));
/** @type {Promise<WorkerRuntime> | null} the one Python of all scripts of the page */
let starting = null;
/** @type {Promise<void>} when the scripts before have ended */
let turn = Promise.resolve();
/** @type {WeakSet<Element>} scripts that have been run, or will be */
const known = new WeakSet();
/** @type {WeakMap<Element, ScriptOutput>} by script, or by the target that several scripts may share */
const outputs = new WeakMap();
/** @type {HTMLScriptElement | null} whose output is what Python writes now */
let current = null;

/**
 * Runs the page's Python: each `<script type="text/x-pyinfer">` that has not been run yet, in order, in one
 * Python. Pages that load pyinfer.js need not call it, unless they want the options of `loadPyinfer`, have a
 * Python of their own, want that of the scripts, or have added scripts later.
 *
 * Attributes of a script: `src`, where its source is; `target`, the element (its id, or a selector) for what
 * it prints, else that comes after the script; `error-target`, the same for stderr and errors; `bundle`, on
 * the first script, the folder that `pyinfer build` wrote. Events: `load` when it has run, `error`
 * (an ErrorEvent) when it failed; the next one is run all the same.
 *
 * @param {import("./pyinfer.js").LoadOptions & { runtime?: WorkerRuntime }} [options]
 * @returns {Promise<WorkerRuntime>} when all have run
 */
export async function runScripts({ runtime, ...options } = {}) {
  const scripts = /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll(SCRIPTS)]).filter(
    (script) => !known.has(script),
  );
  const blocks = scripts.map((script) => {
    known.add(script);
    const source = sourceOf(script);
    source.catch(() => {}); // it is told when it is the script's turn
    return { script, source };
  });
  starting ??= (runtime ? Promise.resolve(runtime) : start(options, scripts)).then(listen);
  const python = await starting.catch((error) => {
    starting = null;
    throw error;
  });
  turn = turn.then(async () => {
    for (const { script, source } of blocks) {
      await runOne(python, script, source);
    }
  });
  await turn;
  return python;
}

/**
 * Runs the scripts of a page that does not do so itself by the time it has been read.
 *
 * @param {Load} loadPyinfer
 */
export function runScriptsOfPage(loadPyinfer) {
  load = loadPyinfer;
  const page = globalThis.document;
  if (!page) {
    return; // a worker
  }
  const run = () => {
    if (!starting && page.querySelector(SCRIPTS)) {
      runScripts().catch(() => {}); // it stands on the page
    }
  };
  if (page.readyState === "complete") {
    setTimeout(run);
  } else {
    // Whichever comes first: between the two there is no telling that the first has been.
    page.addEventListener("DOMContentLoaded", run, { once: true });
    globalThis.addEventListener("load", run, { once: true });
  }
}

/**
 * @param {import("./pyinfer.js").LoadOptions} options
 * @param {HTMLScriptElement[]} scripts
 */
async function start(options, scripts) {
  const bundle = scripts.map((script) => script.getAttribute("bundle")).find(Boolean);
  const output = scripts.length ? outputOf(scripts[0], "target") : null;
  output?.load("Loading");
  let isLoading = true;
  const endLoading = () => {
    isLoading = false;
    output?.load("");
  };
  try {
    const python = await load({
      ...(bundle && { bundleURL: bundle }),
      ...options,
      onProgress: (each) => {
        if (each.phase === "ready") {
          endLoading();
        } else if (isLoading) {
          output?.load(each.words ?? "Starting", each.share);
        }
        options.onProgress?.(each);
      },
    });
    python.addEventListener("close", endLoading);
    return python;
  } catch (error) {
    endLoading();
    (scripts.length ? outputOf(scripts[0], "error-target") : null)?.fail(
      error,
      "This page could not be started.",
    );
    console.error(detailsOf(error));
    throw error;
  }
}

/** @param {WorkerRuntime} python */
function listen(python) {
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
    python.addEventListener(stream, (event) => {
      const { text } = /** @type {import("./output.js").OutputEvent} */ (event);
      if (current) {
        outputOf(current, stream === "stdout" ? "target" : "error-target").write(text, stream);
      }
    });
  }
  return python;
}

/**
 * @param {WorkerRuntime} python
 * @param {HTMLScriptElement} script
 * @param {Promise<string>} source
 */
async function runOne(python, script, source) {
  current = script; // also of what it prints later, from its callbacks
  try {
    await python.runPythonAsync(await source);
  } catch (error) {
    const lastWords = lastWordsOf(error);
    if (lastWords === null) {
      outputOf(script, "error-target").fail(error);
      console.error(detailsOf(error));
      const { message } = /** @type {Error} */ (error);
      script.dispatchEvent(new ErrorEvent("error", { error, message }));
      return;
    }
    if (lastWords) {
      outputOf(script, "error-target").write(`${lastWords}\n`, "stderr");
    }
  }
  script.dispatchEvent(new Event("load"));
}

/**
 * @param {HTMLScriptElement} script
 * @returns {Promise<string>}
 */
async function sourceOf(script) {
  const { src } = script;
  if (!src) {
    return dedent(script.textContent ?? "");
  }
  const response = await fetch(src);
  if (!response.ok) {
    throw new Error(`${src}: the server answered ${response.status} ${response.statusText}`);
  }
  return response.text();
}

/**
 * Where a script writes. A target that is no `<pyinfer-output>` gets one.
 *
 * @param {HTMLScriptElement} script
 * @param {"target" | "error-target"} attribute
 * @returns {ScriptOutput}
 */
function outputOf(script, attribute) {
  const name = script.getAttribute(attribute) ?? script.getAttribute("target");
  const target = name ? find(name) : null;
  if (name && !target) {
    console.error(`pyinfer: there is no element ${name} for the output of a script`);
  }
  if (target instanceof ScriptOutput) {
    return target;
  }
  const place = target ?? script;
  const before = outputs.get(place);
  if (before) {
    return before;
  }
  const output = new ScriptOutput();
  outputs.set(place, output);
  if (target) {
    target.append(output);
  } else if (script.closest("head")) {
    document.body.append(output);
  } else {
    script.after(output);
  }
  return output;
}

/** @param {string} name an id, or a selector */
function find(name) {
  return document.getElementById(name) ?? (/^[\w-]+$/.test(name) ? null : document.querySelector(name));
}
