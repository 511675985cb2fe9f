"""`pyinfer build`: writes bundles."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from filelock import FileLock

from pyinfer.host.app import AppSource, read_app
from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash, replacing
from pyinfer.host.compress import compress_folder
from pyinfer.host.offline import SERVICE_WORKER_NAME, add_service_worker
from pyinfer.host.pages import add_pages
from pyinfer.host.places import cache_dir, npm_dir, resource
from pyinfer.host.project_wheel import build_project_wheel
from pyinfer.host.runtime import add_runtime, name_of_wheel, source_files, write_manifest
from pyinfer.manifest import AppManifest, ModelSpec

__all__ = ["build_app", "build_runtime", "build_site", "command", "runtime_bundle"]

_KEEP_UNUSED_SECONDS = 24 * 3600
_DEFAULT_PAGE = Path(__file__).with_name("app_page")


def build_runtime(destination: Path, *, compress: bool = True, packages: Iterable[str] = ()) -> Path:
    """Write a bundle with no app and no page: what any page needs to load pyinfer.

    Parameters
    ----------
    destination : Path
        The folder to write; an earlier bundle there is replaced, as a whole or not at all.
    compress : bool
        Whether to write ``.br`` and ``.gz`` variants.
    packages : iterable of str
        More packages of the Pyodide distribution to carry.

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
        write_manifest(bundle, add_runtime(bundle, packages))
        if compress:
            compress_folder(folder)
    return destination


def build_app(app: Path, destination: Path, *, compress: bool = True) -> Path:
    """Write a bundle with an app: the runtime, the app's wheel, models, pages and service worker.

    Parameters
    ----------
    app : Path
        The app's folder; its pyproject.toml has a ``[tool.pyinfer]`` table (see :mod:`pyinfer.host.app`).
    destination, compress
        As in :func:`build_runtime`.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    ManifestError
        The app's pyproject.toml is wrong.
    SetupError, BuildError
        As in :func:`build_runtime`; also if the app's wheel or scripts cannot be built.
    """
    source = read_app(app)
    with tempfile.TemporaryDirectory() as temporary, replacing(destination) as folder:
        wheels = list(source.wheels)
        if source.name is not None:
            wheels.append(build_project_wheel(app, Path(temporary)))
        bundle = Bundle(folder)
        manifest = add_runtime(bundle, source.packages, wheels)
        manifest["serviceWorker"] = SERVICE_WORKER_NAME
        manifest["app"] = _add_app(bundle, source, [name_of_wheel(wheel) for wheel in wheels])
        if not add_pages(bundle, app):
            add_pages(bundle, _DEFAULT_PAGE)
        write_manifest(bundle, manifest)
        add_service_worker(bundle, manifest)
        if compress:
            compress_folder(folder)
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


@click.command(epilog="\b\nExamples:\n  pyinfer build my-app\n  pyinfer build my-app -o /srv/my-app")
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
def command(*, app: Path | None, output: Path, compress: bool) -> None:
    """APP is a folder with a [tool.pyinfer] table in its pyproject.toml; without it, only the runtime
    is written, for pages of one's own."""
    if app is None:
        build_runtime(output, compress=compress)
    else:
        build_app(app, output, compress=compress)
    print(f"Built {output}")


def _add_app(bundle: Bundle, source: AppSource, wheels: list[str]) -> dict[str, Any]:
    """Add the models; the ``app`` section of pyinfer.json."""
    models = [
        ModelSpec(
            name=model.name,
            url=bundle.add(f"app/{model.path.name}", model.content),
            sha256=model.sha256,
            size=len(model.content),
        )
        for model in source.local_models
    ]
    manifest = AppManifest(
        name=source.name or "app",
        entry=source.entry,
        packages=(*source.packages, *wheels),
        models=(*models, *source.remote_models),
    )
    return manifest.to_json()


def _runtime_key() -> str:
    parts = [npm_dir().name.encode()]
    for path in source_files():
        parts += [str(path).encode(), path.read_bytes()]
    return content_hash(*parts)
