"""Compiles the bindings and links them with OpenCV's libraries to opencv.js."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

from pyinfer.errors import BuildError
from pyinfer.host.progress import Progress
from pyinfer.host.stack_pointer import export_stack_pointer

from .bindings.parts import PARTS
from .bindings.units import translation_units
from .recipe import MODULES, Variant
from .script_changes import free_after_failures, start_threads_as_modules
from .toolchain import Toolchain

__all__ = ["link_engine"]

_GENERATED = "modules/js_bindings_generator/gen/bindings.cpp"
_OWN = Path(__file__).with_name("bindings")
_OWN_FILES = ("support.hpp", "support.cpp", "setjmp.c")

_SETTINGS = {
    "MODULARIZE": "1",
    "EXPORT_ES6": "1",
    "USE_ES6_IMPORT_META": "0",
    "EXPORT_NAME": "cv",
    "ENVIRONMENT": "web,worker",
    # A page's policy need not allow `eval`: embind then makes closures.
    "DYNAMIC_EXECUTION": "0",
    "ALLOW_MEMORY_GROWTH": "1",
    "INITIAL_MEMORY": "128MB",
    # Above it addresses would be negative numbers to JavaScript.
    "MAXIMUM_MEMORY": "2GB",
    "FORCE_FILESYSTEM": "1",
    "EXPORTED_FUNCTIONS": "_malloc,_free",
}

_THREAD_SETTINGS = {
    # A thread starts when the one that wants it is free, and OpenCV waits for its threads.
    "PTHREAD_POOL_SIZE": "'Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2) - 1)'",
}


def link_engine(
    sources: Path, folder: Path, variant: Variant, toolchain: Toolchain, progress: Progress
) -> Path:
    """Write the bindings, compile what of them has changed, and link: each of the two parts by itself.

    Parameters
    ----------
    sources : Path
        The folder that has ``opencv``.
    folder : Path
        The variant's libraries, see `compile_libraries`.

    Returns
    -------
    Path
        The folder that has an ``.mjs`` and a ``.wasm`` of each of `PARTS`.

    Raises
    ------
    BuildError
        It did not compile or link.
    """
    target = folder / "linked"
    flags = [*_includes(sources, folder), *variant.flags()]
    libraries = sorted([*folder.glob("lib/*.a"), *folder.glob("3rdparty/lib/*.a")])
    chosen = _SETTINGS | (_THREAD_SETTINGS if variant.threads else {})
    settings = [word for name, value in chosen.items() for word in ("-s", f"{name}={value}")]
    settings += ["--post-js", str(sources / "opencv" / "modules" / "js" / "src" / "helpers.js")]
    for part in PARTS:
        progress.line(f"linking {part}.mjs ({variant.name})")
        objects = _compile_bindings(sources, folder, part, flags, toolchain)
        made = [target / f"{part}.mjs", target / f"{part}.wasm"]
        if _is_up_to_date(made, [*objects, *libraries, Path(__file__)]):
            continue
        inputs = [*map(str, objects), "-Wl,--start-group", *map(str, libraries), "-Wl,--end-group"]
        command = ["em++", "-O3", *variant.flags(), *inputs, "--bind", *settings, "-o", str(made[0])]
        _run(command, toolchain)
        _only_worker(target, part)
        script = free_after_failures(made[0].read_text("utf-8"), made[0].name)
        made[0].write_text(
            start_threads_as_modules(script, made[0].name) if variant.threads else script, "utf-8"
        )
        made[1].write_bytes(export_stack_pointer(made[1].read_bytes(), made[1].name))
    return target


def _only_worker(target: Path, part: str) -> None:
    """Keep one script of a thread: which part it is of, it is told by who starts it."""
    first, own = target / f"{PARTS[0]}.worker.js", target / f"{part}.worker.js"
    if own == first or not own.exists():
        return
    if own.read_text("utf-8").replace(f"{part}.mjs", f"{PARTS[0]}.mjs") != first.read_text("utf-8"):
        raise BuildError(f"{own.name} is not what {first.name} is")
    own.unlink()


def _compile_bindings(
    sources: Path, folder: Path, part: str, flags: Sequence[str], toolchain: Toolchain
) -> list[Path]:
    place = folder / "linked" / part
    place.mkdir(parents=True, exist_ok=True)
    texts = {name: (_OWN / name).read_text("utf-8") for name in _OWN_FILES}
    texts |= translation_units(sources, folder / _GENERATED, part)
    for name, text in texts.items():
        _write(place / name, text)
    units = [place / name for name in texts if not name.endswith(".hpp")]
    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(lambda unit: _compile(unit, flags, toolchain), units))


def _is_up_to_date(made: Sequence[Path], inputs: Sequence[Path]) -> bool:
    if not all(path.is_file() for path in made):
        return False
    return min(path.stat().st_mtime for path in made) > max(path.stat().st_mtime for path in inputs)


def _write(path: Path, text: str) -> None:
    """Write a file, unless it says that already: what has not changed is not compiled again."""
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _includes(sources: Path, folder: Path) -> list[str]:
    opencv = sources / "opencv"
    modules = [opencv / "modules" / module / "include" for module in MODULES]
    return [f"-I{path}" for path in (folder, opencv / "include", *modules)]


def _compile(unit: Path, flags: Sequence[str], toolchain: Toolchain) -> Path:
    compiled = unit.with_suffix(".o")
    newest = max(unit.stat().st_mtime, (unit.parent / "support.hpp").stat().st_mtime)
    if compiled.is_file() and compiled.stat().st_mtime > newest:
        return compiled
    compiler = ["emcc"] if unit.suffix == ".c" else ["em++", "-std=c++17"]
    unfinished = compiled.with_suffix(".unfinished.o")
    _run([*compiler, "-O2", "-w", "-DNDEBUG", *flags, "-c", str(unit), "-o", str(unfinished)], toolchain)
    unfinished.rename(compiled)
    return compiled


def _run(command: Sequence[str], toolchain: Toolchain) -> None:
    nice = [shutil.which("nice") or "env", *command]
    done = subprocess.run(nice, env=toolchain.environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        shown = next((line for line in lines if "error:" in line), lines[-1] if lines else "")
        raise BuildError(f"{Path(command[-1]).name} could not be made: {shown[:500]}")
