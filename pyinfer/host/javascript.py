"""Runs esbuild and the TypeScript compiler from the set-up npm packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pyinfer.errors import BuildError, SetupError
from pyinfer.host.places import node_modules

__all__ = ["bundle_script", "declarations", "node"]


def node() -> str:
    """Path of Node.

    Raises
    ------
    SetupError
        There is none.
    """
    found = shutil.which("node")
    if found is None:
        raise SetupError("Node is not installed: run `make setup`, or install Node 18 or later")
    return found


def bundle_script(source: Path, *, global_name: str | None = None, external: Iterable[str] = ()) -> bytes:
    """Bundle an ES module and everything it imports into one minified script.

    A dynamic import of an address known only at run time stays as it is.

    Parameters
    ----------
    source : Path
        The entry point. Bare imports are looked up in the set-up npm packages.
    global_name : str, optional
        Give a classic script that leaves the module's exports in this global variable, instead of
        an ES module.
    external : iterable of str
        What is not bundled: imports to leave as they are, such as ``"node:*"``; and absolute paths, of files
        that need not exist: whoever imports one, the script does so by its address from the script's folder.

    Raises
    ------
    BuildError
        esbuild's own messages.
    """
    packages = node_modules()
    form = ["--format=esm"] if global_name is None else ["--format=iife", f"--global-name={global_name}"]
    options = ["--bundle", "--platform=browser", "--target=es2022", "--minify", "--legal-comments=none"]
    # A classic script has no import.meta; the sources know, esbuild need not warn of it.
    options += ["--log-level=error", "--charset=utf8", "--log-override:empty-import-meta=silent"]
    # Pyodide's loader imports these in Node only.
    options += [f"--external:{pattern}" for pattern in ("node:*", *external)]
    done = subprocess.run(
        [node(), str(packages / "esbuild" / "bin" / "esbuild"), f"./{source.name}", *options, *form],
        # What is written to stdout lies, for esbuild, in the folder it runs in.
        cwd=source.parent.resolve(),
        env={**os.environ, "NODE_PATH": str(packages)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        # Its launcher adds the traceback of its own failure, of no use to anybody here.
        messages = done.stderr.decode(errors="replace").partition("\nnode:")[0].strip()
        raise BuildError(f"esbuild could not bundle {source.name}:\n{messages}")
    return done.stdout


def declarations(project: Path) -> dict[str, bytes]:
    """The ``.d.ts`` files of a TypeScript project, by file name: its own and those made from its scripts.

    Types are not checked here; that is `make lint`'s part.

    Parameters
    ----------
    project : Path
        Its tsconfig file.

    Raises
    ------
    BuildError
        The compiler's own messages.
    """
    compiler = node_modules() / "typescript" / "bin" / "tsc"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [node(), str(compiler), "--project", str(project), "--noCheck", "--outDir", folder],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(
                f"no declarations of {project.parent.name}:\n{done.stdout.decode(errors='replace')}"
            )
        made = sorted(Path(folder).rglob("*.d.ts"))
        return {path.name: path.read_bytes() for path in [*sorted(project.parent.glob("*.d.ts")), *made]}
