"""Writes the parts of a start into a bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from pyinfer.host.bundle import Bundle

from .browser_folders import SITE_PACKAGES
from .bytecode import compile_sources
from .distribution import Distribution
from .metadata import metadata_files
from .rest import Rest
from .split import Split
from .stored_zip import stored_zip

__all__ = ["PartsWriter"]

_FOLDER = "pyinfer/start"


class PartsWriter:
    """Writes what the standard library and distributions are parted into.

    Parameters
    ----------
    bundle : Bundle
        Where to.
    splits : sequence of (Distribution, Split)
        What is where.
    has_sources : bool
        Whether what a start reads stays as sources, which tracebacks and debuggers can show.

    Raises
    ------
    SetupError, BuildError
        As :func:`.bytecode.compile_sources`.
    """

    def __init__(
        self, bundle: Bundle, splits: Sequence[tuple[Distribution, Split]], *, has_sources: bool
    ) -> None:
        self._bundle = bundle
        sources = {} if has_sources else dict(_sources(splits))
        self._bytecode = compile_sources(sources)

    def first_archive(self, distribution: Distribution, parts: Split) -> str | None:
        """Add what is in place before Python starts; None if that is nothing."""
        files = {
            self._final_path(distribution, path): self._final_content(distribution, path)
            for path in parts.first
        }
        return self._add_archive(distribution.name, files) if files else None

    def metadata_archive(self, splits: Sequence[tuple[Distribution, Split]]) -> str:
        """Add the metadata of all distributions."""
        files: dict[str, bytes] = {}
        for distribution, parts in splits:
            paths = [self._final_path(distribution, path) for path in parts.first]
            files |= metadata_files(distribution, [*paths, *parts.libraries, *parts.rest])
        return self._add_archive("metadata", files)

    def library(self, distribution: Distribution, path: str) -> dict[str, str]:
        """Add an extension module; browsers compile it while they fetch it."""
        name = PurePosixPath(path).name.partition(".")[0]
        return {
            "path": path if distribution.folder == SITE_PACKAGES else distribution.place(path),
            "url": self._bundle.add(f"{_FOLDER}/{name}.wasm", distribution.files[path]),
        }

    def rest(self, rest: Rest) -> dict[str, Any]:
        """Add what is fetched when something of it is imported."""
        return {
            "modules": sorted(rest.modules),
            "archive": self._add_archive(f"{rest.name}_rest", rest.files),
            "folder": rest.folder,
        }

    def _add_archive(self, name: str, files: Mapping[str, bytes]) -> str:
        return self._bundle.add(f"{_FOLDER}/{name}.zip", stored_zip(files))

    def _final_path(self, distribution: Distribution, path: str) -> str:
        return f"{path}c" if distribution.place(path) in self._bytecode else path

    def _final_content(self, distribution: Distribution, path: str) -> bytes:
        return self._bytecode.get(distribution.place(path), distribution.files[path])


def _sources(splits: Sequence[tuple[Distribution, Split]]) -> Iterator[tuple[str, bytes]]:
    for distribution, parts in splits:
        for path in parts.first:
            if path.endswith(".py") and not distribution.is_whole:
                yield distribution.place(path), distribution.files[path]
