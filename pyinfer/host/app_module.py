"""`app.js` and its types: the app as a module that pages of one's own import."""

from __future__ import annotations

import json

from pyinfer.manifest import AppManifest

__all__ = ["APP_MODULE_NAME", "app_module", "app_module_types"]

APP_MODULE_NAME = "app.js"

_MODULE = """\
// The app {name}. Written by `pyinfer build`; pages import it.
import {{ loadPyinfer }} from "./pyinfer.js";

export * from "./pyinfer.js";

let loading;

export function loadApp(options = {{}}) {{
  if (!loading) {{
    const started = loadPyinfer({{ bundleURL: new URL("./", import.meta.url), ...options }});
    const forget = () => {{
      loading = loading === started ? undefined : loading;
    }};
    started.then((runtime) => runtime.addEventListener?.("close", forget), forget);
    loading = started;
  }}
  return loading;
}}
"""

_FUNCTION = """
async function entry(...values) {{
  return (await loadApp()).call({entry}, ...values);
}}
export {{ entry as {function} }};
"""

_TYPES = """\
import type { LoadOptions, WorkerRuntime } from "./pyinfer.js";

export * from "./pyinfer.js";

/** Starts the app, once: later calls give the same runtime until it is closed. */
export declare function loadApp(options?: LoadOptions): Promise<WorkerRuntime>;
"""

_FUNCTION_TYPES = """
/** Calls {entry}, and starts the app before that if it does not run. */
declare function entry(...values: unknown[]): Promise<unknown>;
export {{ entry as {function} }};
"""


def app_module(app: AppManifest) -> bytes:
    """An ES module with ``loadApp()``, and the entry function under its own name if there is one."""
    text = _MODULE.format(name=app.name)
    if function := _function_of(app):
        text += _FUNCTION.format(entry=json.dumps(app.entry), function=function)
    return text.encode()


def app_module_types(app: AppManifest) -> bytes:
    """Its declarations, for editors and tsc."""
    text = _TYPES
    if function := _function_of(app):
        text += _FUNCTION_TYPES.format(entry=app.entry, function=function)
    return text.encode()


def _function_of(app: AppManifest) -> str:
    return (app.entry or "").partition(":")[2]
