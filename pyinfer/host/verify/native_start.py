"""Runs a script, or a module, and writes its variables down at its end; then it ends as `python` does.

``python native_start.py MODULE_FILE NAMES PATH KIND TARGET [ARGS]``: the native interpreter is given this
file, which therefore imports nothing but the standard library. MODULE_FILE is that of
``pyinfer.browser.variables``, NAMES is a JSON list, KIND ``file`` or ``module``.
"""

import atexit
import importlib.machinery
import importlib.util
import json
import os
import runpy
import sys
import types

module_file, names, path, kind, target = sys.argv[1:6]
specification = importlib.util.spec_from_file_location("_pyinfer_variables", module_file)
assert specification and specification.loader
variables = importlib.util.module_from_spec(specification)
specification.loader.exec_module(variables)
# First in, last out: what the script registers may still change its variables.
atexit.register(variables.save, json.loads(names), path)
sys.argv = [target, *sys.argv[6:]]
main = types.ModuleType("__main__")
vars(main)["__builtins__"] = __builtins__
own, sys.modules["__main__"] = sys.modules["__main__"], main
if kind == "module" or os.path.isdir(target):  # noqa: PTH112
    sys.path[0] = os.getcwd() if kind == "module" else os.path.abspath(target)  # noqa: PTH100, PTH109
    runpy._run_module_as_main(target if kind == "module" else "__main__", kind == "module")  # type: ignore[attr-defined]
else:
    sys.path[0] = os.path.dirname(os.path.realpath(target))  # noqa: PTH120
    absolute = os.path.abspath(target)  # noqa: PTH100
    with open(absolute, "rb") as file:  # noqa: PTH123
        source = file.read()
    vars(main).update(
        __file__=absolute,
        __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", absolute),
    )
    exec(compile(source, absolute, "exec", dont_inherit=True), vars(main))
