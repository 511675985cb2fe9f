"""The OpenCV sources that the generator reads, with OpenCV's own Python tests; nobody else needs them."""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyinfer.errors import SetupError
from pyinfer.host.download import cache_lock, matches
from pyinfer.host.package_index import fetch_release
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress

__all__ = ["fetch_opencv_sources", "opencv_sources", "release_archive"]

# Headers, the Python and JavaScript binding generators, and each module's own corrections to the two, which
# the Python tests lie beside; and the pictures that these read.
_WANTED = re.compile(
    r"opencv/(modules/([^/]+/(include|misc/(python|js))|python|js)/|platforms/js/"
    r"|samples/data/[^/]+\.(jpg|png)$|LICENSE$)"
)


def opencv_sources() -> Path:
    """The extracted sources.

    Returns
    -------
    Path
        The folder in the cache that holds ``opencv/modules`` and ``opencv/platforms/js``: headers, the
        two binding generators and the Python tests, not the implementation. ``opencv/samples/data`` has
        the pictures.

    Raises
    ------
    SetupError
        They have not been fetched.
    """
    folder = _folder()
    if not folder.is_dir():
        raise SetupError("the OpenCV sources are not there yet: run `pyinfer setup --develop` first")
    return folder


def fetch_opencv_sources(progress: Progress) -> Path:
    """Bring the pinned OpenCV source release into the cache and take out what the generator reads.

    Parameters
    ----------
    progress : Progress
        Told of the transfer.

    Returns
    -------
    Path
        As `opencv_sources`. The archive itself is not kept.

    Raises
    ------
    DownloadError
        The package index cannot be reached or does not have it.
    HashMismatchError
        It arrived with other bytes.
    """
    folder = _folder()
    with cache_lock(progress):
        if folder.is_dir():
            return folder
        with release_archive(progress) as archive:
            _extract(archive, folder)
    return folder


@contextmanager
def release_archive(progress: Progress) -> Iterator[Path]:
    """The pinned release's archive while the block takes out what it needs; it is not kept if that went well.

    Raises
    ------
    DownloadError
        The package index cannot be reached or does not have it.
    HashMismatchError
        It arrived with other bytes.
    """
    with cache_lock(progress):
        pin = read_pins().opencv_sources
        archive = cache_dir() / "downloads" / pin.file_name
        if not matches(archive, pin.sha256):
            fetch_release(pin, archive, progress)
        yield archive
        archive.unlink()


def _folder() -> Path:
    # What an earlier version of this project took out was something else.
    contents = hashlib.sha256(_WANTED.pattern.encode()).hexdigest()[:8]
    return cache_dir() / "opencv-python" / f"{read_pins().opencv_sources.version}-{contents}"


def _extract(archive: Path, folder: Path) -> None:
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                # Every name begins with the release's own folder.
                member.name = member.name.partition("/")[2]
                if member.isfile() and _WANTED.match(member.name):
                    tar.extract(member, unfinished, filter="data")
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
