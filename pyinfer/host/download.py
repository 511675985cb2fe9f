"""Fetch one file by URL: verified, resumed, and never half-written at its destination."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx2
from filelock import FileLock, Timeout

from pyinfer.errors import DownloadError, HashMismatchError
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress

__all__ = [
    "FileAbsentError",
    "cache_lock",
    "copy_verified",
    "download",
    "file_sha256",
    "http_client",
    "keep_verified",
    "matches",
    "partial_path",
]

_ATTEMPTS = 3
_ABSENT = (httpx2.codes.NOT_FOUND, httpx2.codes.GONE)


class FileAbsentError(DownloadError):
    """The source answered, but does not have this file; it may well have others."""


@contextlib.contextmanager
def cache_lock(progress: Progress) -> Iterator[None]:
    """Hold the cache while it is written: two processes must not fetch into one partial file.

    The same thread may enter it again. Waits, and says so, while another process holds it.
    """
    lock = _lock_of(cache_dir())
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.line("another process is filling the cache; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@cache
def _lock_of(folder: Path) -> FileLock:
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "lock")


def http_client() -> httpx2.Client:
    """A client for hosts that need no credentials; gives up on one that does not answer in five seconds."""
    return httpx2.Client(follow_redirects=True, timeout=httpx2.Timeout(30.0, connect=5.0))


def file_sha256(path: Path) -> str:
    """The hexadecimal SHA-256 digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def matches(path: Path, sha256: str) -> bool:
    """Whether a file is there and has the pinned bytes; one with other bytes is removed."""
    if not path.is_file():
        return False
    if file_sha256(path) == sha256:
        return True
    path.unlink()
    return False


def keep_verified(part: Path, destination: Path, sha256: str, origin: str) -> Path:
    """Move a finished file to its destination if it has the pinned bytes.

    Parameters
    ----------
    part, destination : Path
        The file, and where it belongs; both on one file system, so that the move is atomic.
    sha256 : str
        The pinned digest.
    origin : str
        Where the file came from, for the message.

    Returns
    -------
    Path
        `destination`.

    Raises
    ------
    HashMismatchError
        It has other bytes. `part` is removed.
    """
    actual = file_sha256(part)
    if actual != sha256:
        part.unlink()
        raise HashMismatchError(f"{destination.name} from {origin}", sha256, actual)
    destination.parent.mkdir(parents=True, exist_ok=True)
    return part.replace(destination)


def download(client: httpx2.Client, url: str, destination: Path, sha256: str, progress: Progress) -> Path:
    """Fetch a URL into a file.

    What has arrived stays in the cache's ``downloads`` folder when a transfer breaks off, under a name that
    begins with the pinned digest; the next call, whatever source it asks, continues there.

    Parameters
    ----------
    client : httpx2.Client
        Its time-outs and credentials are used.
    url : str
        What to fetch.
    destination : Path
        Written only when whole and verified.
    sha256 : str
        The pinned digest.
    progress : Progress
        Told of the transfer.

    Returns
    -------
    Path
        `destination`.

    Raises
    ------
    DownloadError
        The server could not be reached, does not have the file, or broke off repeatedly.
    HashMismatchError
        The file arrived with other bytes; it has been removed.
    """
    part = partial_path(destination.name, sha256)
    part.parent.mkdir(parents=True, exist_ok=True)
    resumed = part.exists()
    _transfer(client, url, destination.name, part, progress)
    if resumed and file_sha256(part) != sha256:
        # What lay there may have been the wrong half: the source gets one chance to deliver the whole.
        part.unlink()
        _transfer(client, url, destination.name, part, progress)
    return keep_verified(part, destination, sha256, url)


def partial_path(name: str, sha256: str) -> Path:
    """Where an unfinished transfer of a pinned file is kept."""
    return cache_dir() / "downloads" / f"{sha256[:16]}-{name}.part"


def _transfer(client: httpx2.Client, url: str, name: str, part: Path, progress: Progress) -> None:
    """Bring `part` up to the whole file, continuing where a connection broke off."""
    for attempt in range(1, _ATTEMPTS + 1):
        before = part.stat().st_size if part.exists() else 0
        try:
            _receive(client, url, name, part, before, progress)
            return
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            kind = FileAbsentError if status in _ABSENT else DownloadError
            raise kind(f"{url}: the server answered {status}") from error
        except httpx2.HTTPError as error:
            after = part.stat().st_size if part.exists() else 0
            if after <= before or attempt == _ATTEMPTS:
                raise DownloadError(f"{url}: {error or type(error).__name__}") from error
            progress.line(f"{name}: the connection broke off, continuing")


def _receive(client: httpx2.Client, url: str, name: str, part: Path, have: int, progress: Progress) -> None:
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as response:
        if have and response.status_code == httpx2.codes.RANGE_NOT_SATISFIABLE:
            return  # nothing is left to fetch: the digest decides
        response.raise_for_status()
        start = have if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with progress.bar(name, total, start) as advance, part.open("ab" if start else "wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
                advance(len(chunk))


def copy_verified(source: Path, destination: Path, sha256: str) -> Path:
    """Copy a local file as `download` fetches a remote one; raises the same errors."""
    part = partial_path(destination.name, sha256)
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, part)
    except FileNotFoundError as error:
        raise FileAbsentError(f"{source}: there is no such file") from error
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DownloadError(f"{source}: {error.strerror}") from error
    return keep_verified(part, destination, sha256, str(source))
