"""``pyinfer setup``: bring every pinned part into the cache folder. A second run needs no network."""

from __future__ import annotations

import click

from pyinfer.host.download import cache_lock
from pyinfer.host.npm import install_npm_packages
from pyinfer.host.opencv_sources import fetch_opencv_sources
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress
from pyinfer.host.pyodide_wheels import fetch_wheels

__all__ = ["command", "setup"]


def setup(progress: Progress, *, develop: bool = False) -> None:
    """Fetch what is missing.

    Parameters
    ----------
    progress : Progress
        Told of each transfer.
    develop : bool
        Also fetch the OpenCV sources, which only ``pyinfer generate`` reads.

    Raises
    ------
    SetupError
        Something could not be fetched or verified. What was complete by then stays; nothing half-written
        lies where a finished part belongs.
    """
    with cache_lock(progress):
        install_npm_packages(progress)
        fetch_wheels(read_pins().packages, progress)
        if develop:
            fetch_opencv_sources(progress)


@click.command(epilog="\b\nExamples:\n  pyinfer setup\n  PYINFER_CACHE=/srv/cache pyinfer setup")
@click.option("--develop", is_flag=True, help="Also fetch the OpenCV sources that `pyinfer generate` reads.")
def command(*, develop: bool) -> None:
    """Each part is verified by its hash. A second run needs no network."""
    progress = Progress()
    setup(progress, develop=develop)
    progress.line(f"everything is in {cache_dir()}")
