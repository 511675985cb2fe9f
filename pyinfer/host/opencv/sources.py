"""OpenCV's whole sources, unpacked out of the pinned source distribution of opencv-python-headless."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from pyinfer.host.download import cache_lock, matches
from pyinfer.host.package_index import fetch_release
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress

__all__ = ["unpack_sources"]


def unpack_sources(folder: Path, progress: Progress) -> Path:
    """Download and unpack what is missing.

    Parameters
    ----------
    folder : Path
        Where to.

    Returns
    -------
    Path
        The folder that has ``opencv``.

    Raises
    ------
    DownloadError
        The package index cannot be reached or does not have it.
    HashMismatchError
        It arrived with other bytes.
    """
    target = folder / "sources"
    if target.is_dir():
        return target
    pin = read_pins().opencv_sources
    with cache_lock(progress):
        archive = cache_dir() / "downloads" / pin.file_name
        if not matches(archive, pin.sha256):
            fetch_release(pin, archive, progress)
    unfinished = folder / "sources.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    progress.line("unpacking OpenCV's sources")
    with tarfile.open(archive) as tar:
        for member in tar:
            member.name = member.name.partition("/")[2]  # every name begins with the release's own folder
            if member.name:
                tar.extract(member, unfinished, filter="data")
    unfinished.rename(target)
    archive.unlink()
    return target
