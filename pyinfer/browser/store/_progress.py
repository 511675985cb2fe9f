"""What has arrived of a model that is not stored yet, to be continued, at the next visit too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ._records import Part

__all__ = ["Progress", "Unfinished", "is_under_way", "sha256_of"]

_UNFINISHED = "unfinished.json"
_CHUNK = 1 << 20


class Progress:
    """What has arrived of one source.

    Attributes
    ----------
    url, validator : str
        The address that delivered it, and the name (ETag, or date) that it had for that version of the bytes.
    total : int or None
        How many bytes that server said there are.
    hash : hashlib's SHA-256
        Of the parts so far.
    is_joined : bool
        The parts are of more than one answer.
    """

    def __init__(
        self,
        folder: Path,
        url: str = "",
        validator: str = "",
        total: int | None = None,
        parts: Iterable[Part] = (),
    ) -> None:
        self._folder = folder
        self.url = url
        self.validator = validator
        self.total = total
        self.parts: list[Part] = []
        self.hash = hashlib.sha256()
        for part in parts:
            self.add(part)
        self.is_joined = bool(self.parts)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def add(self, part: Part) -> None:
        _update(self.hash, self._folder / part.name)
        self.parts.append(part)

    def to_json(self) -> dict[str, Any]:
        parts = [asdict(part) for part in self.parts]
        return {"url": self.url, "validator": self.validator, "total": self.total, "parts": parts}


class Unfinished:
    """What has arrived of a model, by source.

    Parameters
    ----------
    folder : Path
        Of the parts. What nobody knows of there is deleted.
    stems : iterable of str
        How the names of each source's parts begin.
    """

    def __init__(self, folder: Path, stems: Iterable[str]) -> None:
        self._folder = folder
        self._progress = _saved(folder)
        known = {part.name for progress in self._progress.values() for part in progress.parts}
        for path in folder.iterdir():
            if path.name not in known:
                path.unlink()
        for stem in stems:
            self._progress.setdefault(stem, Progress(folder))

    def __getitem__(self, stem: str) -> Progress:
        return self._progress[stem]

    @property
    def size(self) -> int:
        return sum(progress.size for progress in self._progress.values())

    def save(self) -> None:
        """Write down what there is."""
        progress = {stem: progress.to_json() for stem, progress in self._progress.items()}
        (self._folder / _UNFINISHED).write_text(json.dumps(progress))

    def discard(self, stem: str) -> int:
        """Delete what has arrived of a source: how many bytes that was."""
        before = self._progress[stem]
        for part in before.parts:
            (self._folder / part.name).unlink()
        self._progress[stem] = Progress(self._folder)
        self.save()
        return before.size

    def finish(self) -> None:
        """Forget that it was not finished."""
        (self._folder / _UNFINISHED).unlink(missing_ok=True)


def is_under_way(folder: Path) -> bool:
    """Whether something of a model has arrived that is not stored yet."""
    return (folder / _UNFINISHED).exists()


def sha256_of(paths: Iterable[Path]) -> str:
    """The digest of files, one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        _update(digest, path)
    return digest.hexdigest()


def _saved(folder: Path) -> dict[str, Progress]:
    """What an earlier try has left, if all of it is there."""
    found: dict[str, Progress] = {}
    try:
        for stem, fields in json.loads((folder / _UNFINISHED).read_text()).items():
            parts = [Part(**part) for part in fields.pop("parts")]
            if all((folder / part.name).stat().st_size == part.size for part in parts):
                found[stem] = Progress(folder, **fields, parts=parts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return found


def _update(digest: Any, path: Path) -> None:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
