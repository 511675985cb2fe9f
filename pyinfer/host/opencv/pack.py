"""`pyinfer opencv pack`: the npm package of the engine that was built."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pyinfer.errors import BuildError, SetupError

from .engine import DEFAULT_VARIANT, Engine, build_folder, built_engine
from .licences import third_party_licences

__all__ = ["command", "pack_engine"]

_NAME = "@pyinfer/opencv-js"
_TEXTS = Path(__file__).with_name("package")
_FOR = {
    "simd": "browsers of today, and Node.js; the same as the package's own name",
    "threads": "pages that are cross-origin isolated",
    "baseline": "engines without SIMD",
}


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where to write the tarball; by default the working folder.",
)
def command(*, output: Path) -> None:
    """It has all variants, their types and licences, and is what `npm publish` would upload."""
    engine = built_engine()
    if engine is None:
        raise SetupError("there is nothing to pack yet: `pyinfer opencv build` builds it")
    output.mkdir(parents=True, exist_ok=True)
    print(pack_engine(engine, build_folder() / "sources", output))


def pack_engine(engine: Engine, sources: Path, output: Path) -> Path:
    """Write the tarball.

    Parameters
    ----------
    engine : Engine
    sources : Path
        The folder that has ``opencv``, with the licences.
    output : Path
        The folder to write into; it exists.

    Returns
    -------
    Path
        The tarball.

    Raises
    ------
    SetupError
        npm or the licences are missing, or a file is not what was built.
    BuildError
        npm failed.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError("npm is missing: install Node.js with npm, or let `make setup` do it")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write(engine, sources, folder)
        done = subprocess.run(
            [npm, "pack", "--json", "--loglevel=error", "--pack-destination", str(output.absolute())],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise BuildError(f"npm pack failed: {done.stderr.strip()}")
    (packed,) = json.loads(done.stdout)
    return output / str(packed["filename"])


def _write(engine: Engine, sources: Path, folder: Path) -> None:
    for variant, files in engine.variants.items():
        (folder / variant).mkdir()
        for file in files.values():
            (folder / variant / file.path.name).write_bytes(file.read())
    licence = sources / "opencv" / "LICENSE"
    if not licence.is_file():
        raise SetupError(f"{licence} is missing: run `pyinfer opencv build` again")
    shutil.copyfile(licence, folder / licence.name)
    (folder / "LICENSE-3RD-PARTY.txt").write_text(third_party_licences(sources), "utf-8")
    shutil.copyfile(_TEXTS / "index.d.ts", folder / "index.d.ts")
    rows = "\n".join(f"| `{_NAME}/{variant}` | {_FOR[variant]} |" for variant in engine.variants)
    text = (_TEXTS / "README.md").read_text("utf-8")
    text = text.replace("@VERSION@", engine.version).replace("@VARIANTS@", rows)
    (folder / "README.md").write_text(text, "utf-8")
    (folder / "package.json").write_text(json.dumps(_description(engine), indent=2) + "\n", "utf-8")


def _description(engine: Engine) -> dict[str, object]:
    def entry(variant: str, part: str) -> dict[str, str]:
        module = engine.variants[variant][part].path.name
        return {"types": "./index.d.ts", "default": f"./{variant}/{module}"}

    def entries(name: str, variant: str) -> dict[str, dict[str, str]]:
        return {name: entry(variant, "module"), f"{name}/networks": entry(variant, "networksModule")}

    return {
        "name": _NAME,
        "version": engine.version,
        "description": "OpenCV for the browser, with SIMD and codecs, that needs no unsafe-eval",
        "license": "Apache-2.0",
        "type": "module",
        "keywords": ["opencv", "webassembly", "computer-vision", "simd"],
        "exports": {
            ".": entry(DEFAULT_VARIANT, "module"),
            "./networks": entry(DEFAULT_VARIANT, "networksModule"),
            **{
                name: each
                for variant in engine.variants
                for name, each in entries(f"./{variant}", variant).items()
            },
            "./*.wasm": "./*.wasm",
            "./package.json": "./package.json",
        },
        "types": "./index.d.ts",
    }
