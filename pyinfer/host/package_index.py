"""Fetch a pinned release file from the Python package index that the user has configured for pip.

Not with ``pip download``: that cannot resume, and of a source release it runs the whole build's
metadata step (for OpenCV: scikit-build, CMake and a minute) when only the archive is wanted.
"""

from __future__ import annotations

import ast
import logging
import ssl
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, cast

import httpx2
from unearth import PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import Fetcher
from unearth.fetchers.sync import PyPIClient

from pyinfer.errors import DownloadError
from pyinfer.host.download import download
from pyinfer.host.pins import PinnedDistribution
from pyinfer.host.progress import Progress

__all__ = ["ReleaseFile", "fetch_release", "release_files"]


def fetch_release(pin: PinnedDistribution, destination: Path, progress: Progress) -> Path:
    """Fetch the pinned file of a release.

    Parameters
    ----------
    pin : PinnedDistribution
        Which file; its digest decides, so any index may deliver it.
    destination : Path
        Where it belongs.
    progress : Progress
        Told of the transfer.

    Returns
    -------
    Path
        `destination`.

    Raises
    ------
    DownloadError
        The index cannot be reached or does not have the file.
    HashMismatchError
        The file arrived with other bytes; it has been removed.
    """
    # An index that lacks one project is no event, but the library logs a warning for each.
    logging.getLogger("unearth").setLevel(logging.ERROR)
    settings = _pip_settings()
    session = _session(settings)
    try:
        packages = list(_finder(settings, session).find_matches(f"{pin.distribution}=={pin.version}"))
    except httpx2.HTTPError as error:
        raise DownloadError(
            f"the package index could not be reached: {error or type(error).__name__}"
        ) from error
    for package in packages:
        if package.link.filename == pin.file_name:
            return download(session, package.link.url_without_fragment, destination, pin.sha256, progress)
    raise DownloadError(f"the package index does not list {pin.file_name}")


class ReleaseFile(NamedTuple):
    """A file of a release that the index lists: its name, and which versions of Python it is for."""

    version: str
    file_name: str
    requires_python: str


def release_files(distributions: Iterable[str]) -> dict[str, list[ReleaseFile]]:
    """What the index lists of some distributions, the newest first; nothing is downloaded.

    Parameters
    ----------
    distributions : iterable of str
        Names.

    Returns
    -------
    dict
        By name; an empty list if the index does not know it.

    Raises
    ------
    DownloadError
        The index cannot be reached.
    """
    logging.getLogger("unearth").setLevel(logging.ERROR)
    settings = _pip_settings()
    session = _session(settings)
    finder = _finder(settings, session)
    found: dict[str, list[ReleaseFile]] = {}
    try:
        for name in distributions:
            packages = finder.find_all_packages(name)
            found[name] = [
                ReleaseFile(each.version or "", each.link.filename, each.link.requires_python or "")
                for each in packages
            ]
    except httpx2.HTTPError as error:
        raise DownloadError(
            f"the package index could not be reached: {error or type(error).__name__}"
        ) from error
    return found


def _index_urls(settings: dict[str, str]) -> list[str]:
    return [*settings.get("index-url", "").split(), *settings.get("extra-index-url", "").split()]


def _session(settings: dict[str, str]) -> PyPIClient:
    """A client with pip's certificates and credentials."""
    session = PyPIClient(
        verify=ssl.create_default_context(cafile=settings["cert"]) if "cert" in settings else True,
        trusted_hosts=settings.get("trusted-host", "").split(),
        timeout=httpx2.Timeout(30.0, connect=5.0),
        follow_redirects=True,
    )
    session.auth = MultiDomainBasicAuth(prompting=False, index_urls=_index_urls(settings))
    return session


def _finder(settings: dict[str, str], session: PyPIClient) -> PackageFinder:
    """A finder that asks where pip would ask, for files of any platform."""
    finder = PackageFinder(
        session=cast(Fetcher, session),
        trusted_hosts=settings.get("trusted-host", "").split(),
        ignore_compatibility=True,
    )
    if "index-url" in settings:
        finder.sources.clear()  # the public index, which the finder starts with
    for url in _index_urls(settings):
        finder.add_index_url(url)
    for url in settings.get("find-links", "").split():
        finder.add_find_links(url)
    return finder


def _pip_settings() -> dict[str, str]:
    """What ``pip config list`` says for downloads, the environment's variables last and strongest."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings: dict[str, str] = {}
    for section in ("global", "download", ":env:"):
        for line in listing.stdout.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                settings[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return settings
