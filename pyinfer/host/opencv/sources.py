"""OpenCV's whole sources, out of the source distribution of opencv-python-headless, with our patches."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from pyinfer.host.opencv_sources import release_archive
from pyinfer.host.progress import Progress

from .patches import apply_patches, has_patches

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
    BuildError
        A patch does not fit it.
    """
    target = folder / "sources"
    if has_patches(target):
        return target
    unfinished = folder / "sources.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    with release_archive(progress) as archive:
        progress.line("unpacking OpenCV's sources")
        with tarfile.open(archive) as tar:
            for member in tar:
                member.name = member.name.partition("/")[2]  # every name begins with the release's own folder
                if member.name:
                    tar.extract(member, unfinished, filter="data")
    apply_patches(unfinished)
    shutil.rmtree(target, ignore_errors=True)  # with other patches
    unfinished.rename(target)
    return target
