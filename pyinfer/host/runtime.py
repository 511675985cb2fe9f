"""Gathers the runtime's parts into a bundle: engines, Python packages, our own scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

import pyinfer
from pyinfer.errors import BuildError, SetupError
from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash
from pyinfer.host.javascript import bundle_script, declarations
from pyinfer.host.lock_file import (
    SHADOWED,
    lock_file,
    locked_packages,
    wheel_entry,
    wheel_requirements,
)
from pyinfer.host.opencv.carried import add_engine
from pyinfer.host.opencv.choice import chosen_engine
from pyinfer.host.opencv.engine import Engine
from pyinfer.host.opencv_wasm import split_opencv
from pyinfer.host.pins import read_pins
from pyinfer.host.places import node_modules, resource, wheels_dir
from pyinfer.host.progress import Progress
from pyinfer.host.pyodide_wheels import fetch_wheels, pyodide_lock
from pyinfer.host.stack_pointer import export_stack_pointer
from pyinfer.host.start import Carried, Program, add_start
from pyinfer.host.wheels import build_wheels

__all__ = ["add_runtime", "name_of_wheel", "source_files", "write_manifest"]

_FOLDER = "pyinfer"
_WHEELS = f"{_FOLDER}/wheels"
#: Without the standard library, which is among the parts of a start.
_PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
_ONNXRUNTIME = "ort-wasm-simd-threaded"
#: The build that knows WebGPU and WebNN, which pages fetch when a session asks for them.
_ONNXRUNTIME_ACCELERATED = "ort-wasm-simd-threaded.jspi"
_JPEG = "@cornerstonejs/codec-libjpeg-turbo-8bit"


def add_runtime(
    bundle: Bundle,
    packages: Iterable[str] = (),
    wheels: Iterable[Path] = (),
    program: Program | None = None,
    *,
    debug: bool = False,
) -> dict[str, Any]:
    """Put the whole runtime into ``bundle``.

    Parameters
    ----------
    bundle : Bundle
        Where to.
    packages : iterable of str
        More packages of the Pyodide distribution to carry.
    wheels : iterable of Path
        More wheels to carry, with what they require of the Pyodide distribution.
    program : Program, optional
        The app. A start reads what it imports, and engines that it can't want are not started.
    debug : bool
        Whether what a start reads stays as sources.

    Returns
    -------
    dict
        The content of pyinfer.json, with no app yet.

    Raises
    ------
    SetupError
        A part has not been fetched, or our own opencv.js is wanted and has not been built.
    BuildError
        A part is not what it must be.
    """
    engine = chosen_engine()
    own = build_wheels()
    browser_wheel = own[0]
    # For `micropip.install`, which asks for a wheel's whole name: people must be able to find it.
    bundle.add_page(browser_wheel.name, browser_wheel.read_bytes())
    carried, lock_url = _add_packages(bundle, packages, own, wheels)
    scripts = resource("js_bridge")
    bundle.add_page("pyinfer.js", bundle_script(scripts / "pyinfer.js"))
    bundle.add_page("pyinfer.classic.js", bundle_script(scripts / "pyinfer.js", global_name="pyinfer"))
    types = declarations(scripts / "tsconfig.types.json")
    for name, content in types.items():
        bundle.add_page(f"{_FOLDER}/types/{name}", content)
    bundle.add_page("pyinfer.d.ts", f'export * from "./{_FOLDER}/types/index.js";\n'.encode())
    manifest: dict[str, Any] = {
        "pyinfer": pyinfer.__version__,
        # Servers know by the name which policy a worker needs.
        "worker": bundle.add(
            f"{_FOLDER}/{'worker' if engine is None else 'strict-worker'}.js",
            bundle_script(scripts / "worker.js"),
        ),
        "engineRoom": bundle.add(f"{_FOLDER}/engine_room.js", bundle_script(scripts / "engine_room.js")),
        **_add_engines(bundle, engine),
    }
    manifest["pyodide"] |= {
        "abi": pyodide_lock()["info"]["abi_version"],
        "lockFileURL": lock_url,
        "packageBaseUrl": f"{_WHEELS}/",
    }
    manifest["wheel"] = browser_wheel.name
    needed = {name for wheel in own for name in (name_of_wheel(wheel), *wheel_requirements(wheel))}
    manifest["packages"] = sorted(needed)
    manifest["start"] = add_start(bundle, carried, program, own_opencv=engine is not None, has_sources=debug)
    manifest["app"] = None
    return manifest


def write_manifest(bundle: Bundle, manifest: dict[str, Any]) -> None:
    """Write pyinfer.json, when everything it names has been added."""
    manifest["sizes"] = dict(sorted(bundle.sizes.items()))
    pages = [path for path in sorted(bundle.root.rglob("*")) if path.is_file()]
    parts = [
        part for page in pages for part in (str(page.relative_to(bundle.root)).encode(), page.read_bytes())
    ]
    manifest["build"] = content_hash(json.dumps(manifest, sort_keys=True).encode(), *parts)
    bundle.add_page(MANIFEST_NAME, json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")


def _add_engines(bundle: Bundle, opencv: Engine | None) -> dict[str, Any]:
    pyodide = {name: _npm_file("pyodide", name) for name in _PYODIDE_FILES}
    return {
        "pyodide": {
            "version": _npm_version("pyodide"),
            "indexURL": bundle.add_folder(f"{_FOLDER}/pyodide", pyodide),
        },
        "opencv": _add_npm_opencv(bundle) if opencv is None else add_engine(bundle, _FOLDER, opencv),
        "onnxruntime": {
            "version": _npm_version("onnxruntime-web"),
            **_add_onnxruntime(bundle, "onnxruntime", _ONNXRUNTIME),
            "accelerated": _add_onnxruntime(bundle, "onnxruntime-accelerated", _ONNXRUNTIME_ACCELERATED),
        },
        "jpeg": {
            "module": bundle.add(f"{_FOLDER}/jpeg.mjs", _jpeg_module()),
            "wasm": bundle.add(f"{_FOLDER}/jpeg.wasm", _jpeg_wasm()),
        },
    }


def _add_npm_opencv(bundle: Bundle) -> dict[str, str]:
    split = split_opencv(_npm_file("@techstark/opencv-js", "dist/opencv.js").decode("utf-8"))
    return {
        "build": "npm",
        "version": _npm_version("@techstark/opencv-js").partition("-")[0],
        "module": bundle.add(f"{_FOLDER}/opencv.mjs", split.module.encode()),
        "wasm": bundle.add(f"{_FOLDER}/opencv.wasm", split.wasm),
    }


def _add_onnxruntime(bundle: Bundle, folder: str, build: str) -> dict[str, str]:
    """Add one build of onnxruntime-web, which starts its threads from its own script."""
    names = {"module": f"{build}.mjs", "wasm": f"{build}.wasm"}
    files = {name: _npm_file("onnxruntime-web", f"dist/{name}") for name in names.values()}
    place = bundle.add_folder(f"{_FOLDER}/{folder}", files)
    return {part: place + name for part, name in names.items()}


def _add_packages(
    bundle: Bundle, packages: Iterable[str], own: Iterable[Path], wheels: Iterable[Path]
) -> tuple[dict[str, Carried], str]:
    """Add the wheels, Pyodide's and others, and the lock file; returns what was added and that file's URL.

    A start does not read the wheels: micropip does, Pyodide's `loadPackage`, and a Pyodide that somebody
    else started.
    """
    lock = pyodide_lock()
    ours = {name_of_wheel(wheel): wheel for wheel in own}
    others = {**ours, **{name_of_wheel(wheel): wheel for wheel in wheels}}
    names = [*read_pins().packages, *packages]
    for wheel in others.values():
        for name in wheel_requirements(wheel):
            if name not in others and (name in SHADOWED or name not in lock["packages"]):
                raise BuildError(f"{wheel.name} requires {name}, which the bundle does not carry")
            names += [name] if name not in others else []
    wanted = locked_packages(lock, names)
    fetch_wheels(wanted, Progress())
    carried: dict[str, Carried] = {}
    for name, entry in wanted.items():
        wheel = wheels_dir() / entry["file_name"]
        entry = {**entry, "file_name": _add_wheel(bundle, wheel)}
        carried[name] = Carried(wheel, entry, is_foreign=name not in read_pins().packages)
    for name, wheel in others.items():
        entry = wheel_entry(wheel, _add_wheel(bundle, wheel))
        carried[name] = Carried(wheel, entry, is_foreign=name not in ours)
    entries = {name: each.entry for name, each in carried.items()}
    return carried, bundle.add(f"{_FOLDER}/pyodide-lock.json", lock_file(lock["info"], entries))


def _add_wheel(bundle: Bundle, wheel: Path) -> str:
    """The wheel's place relative to the wheels' folder."""
    return bundle.add_below_hash(_WHEELS, wheel.name, wheel.read_bytes()).removeprefix(f"{_WHEELS}/")


def name_of_wheel(wheel: Path) -> str:
    """The canonical name of the distribution in a wheel.

    Raises
    ------
    BuildError
        The file has no wheel's name.
    """
    try:
        return parse_wheel_filename(wheel.name)[0]
    except InvalidWheelFilename as error:
        raise BuildError(str(error)) from error


def _jpeg_module() -> bytes:
    """The codec's script as an ES module: its last lines offer it to CommonJS and AMD, in that order."""
    text = _npm_file(_JPEG, "dist/libjpegturbowasm.js").decode("utf-8")
    factory, found, _ = text.partition("if (typeof exports === 'object'")
    if not found:
        raise BuildError("the JPEG codec's script is not built the way that is known")
    return f"{factory}export default libjpegturbowasm;\n".encode()


def _jpeg_wasm() -> bytes:
    return export_stack_pointer(_npm_file(_JPEG, "dist/libjpegturbowasm.wasm"), "the JPEG codec")


def _npm_file(package: str, name: str) -> bytes:
    path = node_modules() / package / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SetupError(f"npm package {package} has no {name}: run `pyinfer setup` again") from None


def _npm_version(package: str) -> str:
    version: str = json.loads(_npm_file(package, "package.json"))["version"]
    return version


def source_files() -> list[Path]:
    """Everything of the project that a runtime bundle is made from."""
    package = Path(pyinfer.__file__).parent
    modules = (*package.rglob("*.py"), *package.rglob("*.mjs"))
    found = [path for path in modules if "_resources" not in path.parts]
    for folder in ("js_bridge", "wheels"):
        found += [path for path in resource(folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if not {"node_modules", "__pycache__", "dist"} & set(path.parts))
