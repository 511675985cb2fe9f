"""Every file of a deployment, fetched once: its headers, its size, whether its bytes are the built ones."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import brotli
import httpx2

from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.headers import HASH_LENGTH

from .deployment import Deployment
from .web import Answer

__all__ = ["ServedFile", "fetch_files", "offline_files"]

_SAMPLE = 1 << 16
_OFFLINE = re.compile(rb"^self\.pyinferOffline=(\{.*?\});\n", re.DOTALL)
_OWN_HASH = re.compile(rf"\.([0-9a-f]{{{HASH_LENGTH}}})\.[^/]*$|/([0-9a-f]{{{HASH_LENGTH}}})/[^/]+$")
_FOLDER_HASH = re.compile(rf"^(.*-([0-9a-f]{{{HASH_LENGTH}}})/)[^/]+$")


@dataclass
class ServedFile:
    """A file as the server gave it.

    Attributes
    ----------
    name : str
        Relative to the deployment.
    answer : Answer
        Without its body.
    size : int
        Bytes when decompressed.
    sample : bytes
        The first of them.
    built_size : int or None
        Bytes when it was built, where the manifest says.
    is_intact : bool or None
        Whether it has the bytes that it was built with; None if nothing says which those are.
    is_double : bool
        Whether what came out of decompression was compressed once more.
    """

    name: str
    answer: Answer
    size: int
    sample: bytes
    built_size: int | None
    is_intact: bool | None
    is_double: bool = False


def offline_files(deployment: Deployment) -> dict[str, Any] | None:
    """What the service worker says that it keeps; None if there is none, or not one of pyinfer's."""
    name = deployment.manifest.get("serviceWorker")
    if not name:
        return None
    found = _OFFLINE.match(deployment.get(name).body)
    try:
        content = json.loads(found[1]) if found else None
    except ValueError:
        return None
    return content if isinstance(content, dict) and "stored" in content else None


def fetch_files(
    deployment: Deployment, offline: dict[str, Any] | None, step: Callable[[int], object]
) -> list[ServedFile]:
    """Fetch everything.

    Parameters
    ----------
    deployment : Deployment
    offline : dict or None
        As from `offline_files`: it knows every file's SHA-256.
    step : callable
        Told the bytes of each file.
    """
    wanted = _digests(deployment, offline)
    sizes: dict[str, int] = deployment.manifest["sizes"]
    names = list(dict.fromkeys([*_pages(deployment, offline), *sorted(sizes)]))
    folders = {name: _FolderHash() for name in _hashed_folders(names)}
    files = []
    for name in names:
        file = _fetch(deployment, name, sizes.get(name), wanted.get(name), folders.get(_folder(name)))
        files.append(file)
        step(file.size)
    for file in files:
        folder = folders.get(_folder(file.name))
        if file.is_intact is None and folder is not None:
            file.is_intact = folder.is_right(_folder(file.name))
        if file.is_intact is False and file.answer.status == 200 and file.answer.header("content-encoding"):
            file.is_double = _is_compressed(deployment, file.name)
    return files


def _pages(deployment: Deployment, offline: dict[str, Any] | None) -> Iterator[str]:
    yield from ("pyinfer.js", "pyinfer.classic.js", MANIFEST_NAME)
    if offline is not None:
        yield from (entry["url"] for entry in offline["stored"] if entry.get("revision"))
    if deployment.manifest.get("serviceWorker"):
        yield deployment.manifest["serviceWorker"]


def _digests(deployment: Deployment, offline: dict[str, Any] | None) -> dict[str, str]:
    """The SHA-256 that is known of a file, whole or, from its name, only its beginning."""
    known = {name: _hash_in(name) for name in deployment.manifest["sizes"] if _hash_in(name)}
    for entry in offline["stored"] if offline else ():
        known[entry["url"]] = base64.b64decode(entry["integrity"].removeprefix("sha256-")).hex()
    app = deployment.manifest.get("app") or {}
    known |= {model["url"]: model["sha256"] for model in app.get("models", ())}
    return known


def _hash_in(name: str) -> str:
    found = _OWN_HASH.search(name)
    return (found[1] or found[2]) if found else ""


def _folder(name: str) -> str:
    found = _FOLDER_HASH.match(name)
    return found[1] if found else ""


def _hashed_folders(names: list[str]) -> set[str]:
    return {_folder(name) for name in names} - {""}


class _FolderHash:
    """The one hash in the name of a folder, of all its files in order: see `Bundle.add_folder`."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def begin(self, name: str, size: int) -> None:
        own = PurePosixPath(name).name.encode()
        for length, content in ((len(own), own), (size, b"")):
            self._digest.update(length.to_bytes(8, "big") + content)

    def update(self, content: bytes) -> None:
        self._digest.update(content)

    def is_right(self, folder: str) -> bool:
        found = _FOLDER_HASH.match(f"{folder}x")
        return found is not None and self._digest.hexdigest().startswith(found[2])


def _fetch(
    deployment: Deployment, name: str, built_size: int | None, digest: str | None, folder: _FolderHash | None
) -> ServedFile:
    own, size, sample = hashlib.sha256(), 0, b""
    if folder is not None and built_size is not None:
        folder.begin(name, built_size)
    with deployment.web.stream(deployment.url(name)) as response:
        answer = Answer(str(response.url), response.status_code, response.headers, b"")
        try:
            for part in response.iter_bytes():
                own.update(part)
                if folder is not None:
                    folder.update(part)
                size += len(part)
                sample += part[: _SAMPLE - len(sample)]
        except httpx2.DecodingError:
            return ServedFile(name, answer, size, b"", built_size, False)
    file = ServedFile(name, answer, size, sample, built_size, None)
    if digest is not None:
        file.is_intact = own.hexdigest().startswith(digest)
    if built_size is not None and size != built_size:
        file.is_intact = False
    return file


def _is_compressed(deployment: Deployment, name: str) -> bool:
    """Whether a file is still compressed after it has been decompressed."""
    content = deployment.get(name).body
    if content.startswith(b"\x1f\x8b"):
        return True
    try:
        return bool(brotli.decompress(content))
    except brotli.error:
        return False
