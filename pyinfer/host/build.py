"""`pyinfer build`: writes bundles."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click
from filelock import FileLock

from pyinfer.host.app import AppSource, LocalModel, read_app
from pyinfer.host.app_lock import LOCK_NAME, AppLock
from pyinfer.host.app_module import APP_MODULE_NAME, app_module, app_module_types
from pyinfer.host.app_packages import app_packages
from pyinfer.host.app_program import app_program
from pyinfer.host.build_summary import summary, summary_json
from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash, replacing
from pyinfer.host.compress import compress_folder
from pyinfer.host.connect_origins import connect_origins
from pyinfer.host.integrity import write_integrity
from pyinfer.host.native_wheel import build_native_wheel
from pyinfer.host.nginx_configuration import write_configuration
from pyinfer.host.offline import SERVICE_WORKER_NAME, add_service_worker
from pyinfer.host.opencv.choice import chosen_engine, opencv_option
from pyinfer.host.pages import add_pages
from pyinfer.host.places import cache_dir, npm_dir, resource
from pyinfer.host.progress import note
from pyinfer.host.project_wheel import build_project_wheel
from pyinfer.host.runtime import add_runtime, name_of_wheel, source_files, write_manifest
from pyinfer.manifest import AppManifest, ModelFile, ModelPiece, ModelSpec

__all__ = ["build_app", "build_runtime", "build_site", "command", "runtime_bundle"]

_KEEP_UNUSED_SECONDS = 24 * 3600
_DEFAULT_PAGE = Path(__file__).with_name("app_page")


def build_runtime(
    destination: Path, *, compress: bool = True, packages: Iterable[str] = (), debug: bool = False
) -> Path:
    """Write a bundle with no app and no page: what any page needs to load pyinfer.

    Parameters
    ----------
    destination : Path
        The folder to write; an earlier bundle there is replaced, as a whole or not at all.
    compress : bool
        Whether to write ``.br`` and ``.gz`` variants.
    packages : iterable of str
        More packages of the Pyodide distribution to carry.
    debug : bool
        Whether the sources of everything are in the browser, for tracebacks and debuggers: a start
        gets bytecode else.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    SetupError
        A part has not been fetched and cannot be now.
    BuildError
        A part is not what it must be, or ``destination`` holds something else.
    """
    with replacing(destination) as folder:
        bundle = Bundle(folder)
        write_manifest(bundle, add_runtime(bundle, packages, debug=debug))
        _finish(folder, compress)
    return destination


def build_app(
    app: Path,
    destination: Path,
    *,
    compress: bool = True,
    upgrade: bool = False,
    locked: bool = False,
    debug: bool = False,
) -> Path:
    """Write a bundle with an app: the runtime, the app's wheel, models, pages and service worker.

    Parameters
    ----------
    app : Path
        The app's folder; its pyproject.toml has a ``[tool.pyinfer]`` table (see :mod:`pyinfer.host.app`).
    destination, compress, debug
        As in :func:`build_runtime`.
    upgrade, locked : bool
        Whether to choose wheels of the package index anew, or to refuse that; see
        :class:`pyinfer.host.app_lock.AppLock`.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    ManifestError
        The app's pyproject.toml is wrong.
    RequirementError
        Nothing that runs in a browser meets what the app requires.
    SetupError, BuildError
        As in :func:`build_runtime`; also if the app's wheel or scripts cannot be built.
    """
    source = read_app(app)
    with tempfile.TemporaryDirectory() as temporary, replacing(destination) as folder:
        own = None if source.name is None else _app_wheel(app, Path(temporary))
        wheels = [*source.wheels, *([own] if own else [])]
        found = app_packages(source, wheels, AppLock(app, upgrade=upgrade, locked=locked))
        wheels += found.wheels.values()
        names = sorted({*found.names, *map(name_of_wheel, wheels)})
        bundle = Bundle(folder)
        program = app_program(source, own)
        manifest = add_runtime(bundle, found.carried, wheels, program, debug=debug)
        manifest["serviceWorker"] = SERVICE_WORKER_NAME
        described = _add_app(bundle, source, names)
        manifest["app"] = described.to_json()
        if not add_pages(bundle, app):
            add_pages(bundle, _DEFAULT_PAGE)
        _add_module(bundle, app, described)
        write_manifest(bundle, manifest)
        add_service_worker(bundle, manifest)
        _finish(folder, compress)
    return destination


def build_site(destination: Path, *, compress: bool = True) -> Path:
    """Write the demo site, which is an app like any other."""
    return build_app(resource("site"), destination, compress=compress)


def runtime_bundle() -> Path:
    """An uncompressed runtime bundle in the cache, built again only if something it is made from changed.

    Bundles that nothing has asked for during a day are removed.
    """
    bundles = cache_dir() / "bundles"
    bundles.mkdir(parents=True, exist_ok=True)
    folder = bundles / _runtime_key()
    with FileLock(bundles / ".lock"):
        if not (folder / MANIFEST_NAME).is_file():
            build_runtime(folder, compress=False)
        os.utime(folder)
        for other in bundles.iterdir():
            if other.is_dir() and time.time() - other.stat().st_mtime > _KEEP_UNUSED_SECONDS:
                shutil.rmtree(other)
    return folder


_EXAMPLES = """\
\b
Examples:
  pyinfer build my-app
  pyinfer build my-app -o /srv/my-app
  pyinfer build my-app --locked --json      in continuous integration
"""


@click.command(epilog=_EXAMPLES)
@click.argument("app", metavar="[APP]", type=click.Path(path_type=Path), required=False)
@click.option(
    "-o",
    "--output",
    metavar="DIST",
    type=click.Path(path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Folder to write.",
)
@click.option("--compress/--no-compress", default=True, help="Whether to write .br and .gz variants.")
@click.option("--upgrade", is_flag=True, help="Choose wheels of the package index anew.")
@click.option("--locked", is_flag=True, help=f"Refuse to choose other wheels than {LOCK_NAME} names.")
@click.option("--debug", is_flag=True, help="Keep the sources of everything, for tracebacks.")
@opencv_option
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def command(
    *, app: Path | None, output: Path, compress: bool, upgrade: bool, locked: bool, debug: bool, as_json: bool
) -> None:
    """APP is a folder with a [tool.pyinfer] table in its pyproject.toml; without it, only the runtime
    is written, for pages of one's own.

    Wheels that come from the package index are noted in the app's pyinfer-lock.json, and taken again.
    """
    if upgrade and locked:
        raise click.UsageError("--upgrade and --locked exclude each other")
    if app is None:
        build_runtime(output, compress=compress, debug=debug)
    else:
        build_app(app, output, compress=compress, upgrade=upgrade, locked=locked, debug=debug)
    print(summary_json(output) if as_json else summary(output))


def _app_wheel(app: Path, folder: Path) -> Path:
    wheel = build_project_wheel(app, folder)
    if not wheel.name.endswith("-none-any.whl"):
        (folder / "native").mkdir()
        wheel = build_native_wheel(app, folder / "native")
    return wheel


def _add_app(bundle: Bundle, source: AppSource, packages: Sequence[str]) -> AppManifest:
    """Add models and assets; what there is of the app."""
    return AppManifest(
        name=source.name or "app",
        entry=source.entry,
        packages=tuple(packages),
        assets=tuple(_add_asset(bundle, path, source.folder) for path in source.assets),
        models=(*(_add_model(bundle, model) for model in source.local_models), *source.remote_models),
    )


def _add_model(bundle: Bundle, model: LocalModel) -> ModelSpec:
    """Add a model, whole or in pieces; then nothing lies at its own address."""
    spec = ModelSpec(name=model.name, url="?", sha256=model.sha256, size=len(model.content))
    file_name = f"app/{spec.name}{model.path.suffix}"
    if model.shard_size is None:
        return replace(spec, url=bundle.add(file_name, model.content))
    starts = range(0, len(model.content), model.shard_size)
    pieces = [model.content[start : start + model.shard_size] for start in starts]
    shards = tuple(
        ModelPiece(
            url=bundle.add(f"app/{spec.name}-{number}of{len(pieces)}.bin", piece),
            sha256=hashlib.sha256(piece).hexdigest(),
            size=len(piece),
        )
        for number, piece in enumerate(pieces, 1)
    )
    return replace(spec, url=file_name, shards=shards)


def _add_module(bundle: Bundle, app: Path, described: AppManifest) -> None:
    if (app / APP_MODULE_NAME).exists():
        note(
            f"{app} has an {APP_MODULE_NAME} of its own: pages import pyinfer.js instead of what build writes"
        )
        return
    bundle.add_page(APP_MODULE_NAME, app_module(described))
    bundle.add_page("app.d.ts", app_module_types(described))


def _add_asset(bundle: Bundle, path: Path, folder: Path) -> ModelFile:
    content = path.read_bytes()
    return ModelFile(
        path=path.relative_to(folder).as_posix(),
        # The name is Python's business: what it has of spaces and signs would have to be quoted.
        url=bundle.add("app/asset", content),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def _finish(folder: Path, compress: bool) -> None:
    write_configuration(folder / "nginx", connect_origins(folder))
    write_integrity(folder)
    if compress:
        compress_folder(folder)


def _runtime_key() -> str:
    opencv = chosen_engine()
    parts = [npm_dir().name.encode(), opencv.key.encode() if opencv else b"npm"]
    for path in source_files():
        parts += [str(path).encode(), path.read_bytes()]
    return content_hash(*parts)
