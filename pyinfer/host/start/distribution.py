"""What is to lie in Python's folders: a wheel's files, or the standard library's."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .browser_folders import SHARED_LIBRARIES, SITE_PACKAGES, STANDARD_ARCHIVE, STANDARD_LIBRARY
from .left_out import STANDARD_LIBRARY_LEFT_OUT, needed_files

__all__ = ["Distribution", "read_libraries", "read_standard_library", "read_wheel"]

_INSTALLED_WITH = re.compile(r"[^/]+\.data/(?P<scheme>[^/]+)/(?P<path>.+)")
_INSTALLED_INFO = re.compile(r"[^/]+\.dist-info/.+")
#: Of a wheel's metadata, what Python and its installers ask for.
_INFO_NAMES = frozenset({"METADATA", "WHEEL", "entry_points.txt", "top_level.txt"})


@dataclass(frozen=True)
class Distribution:
    """Some files of one name.

    Attributes
    ----------
    name : str
        Canonical.
    version : str
    folder : str
        Where the files lie in the browser.
    imported_from : str
        The folder as Python names it in tracebacks: the standard library's is an archive.
    files : dict of str to bytes
        Content by path, of all that may matter at run time.
    info : dict of str to bytes
        Its metadata, by path relative to site-packages; empty if it is no wheel.
    data : dict of str to bytes
        Files for other folders, by path relative to Python's prefix.
    is_whole : bool
        Whether it is kept together, with its sources.
    """

    name: str
    version: str
    folder: str
    imported_from: str
    files: dict[str, bytes]
    info: dict[str, bytes]
    data: dict[str, bytes]
    is_whole: bool = False

    def place(self, path: str) -> str:
        """Where Python finds one of the files."""
        return f"{self.imported_from}/{path}"


def read_wheel(path: Path, name: str, version: str, *, is_whole: bool = False) -> Distribution:
    """What of a wheel belongs into site-packages."""
    files, info, data = {}, {}, {}
    for member, content in _members(path).items():
        if found := _INSTALLED_WITH.fullmatch(member):
            if found["scheme"] in ("purelib", "platlib"):
                files[found["path"]] = content
            elif found["scheme"] == "data":
                data[found["path"]] = content
        elif not _INSTALLED_INFO.fullmatch(member):
            files[member] = content
        elif PurePosixPath(member).name in _INFO_NAMES:
            info[member] = content
    return Distribution(
        name, version, SITE_PACKAGES, SITE_PACKAGES, needed_files(files), info, data, is_whole
    )


def read_libraries(path: Path, name: str, version: str) -> Distribution:
    """Libraries of the Pyodide distribution that extension modules are linked with."""
    return Distribution(name, version, SHARED_LIBRARIES, SHARED_LIBRARIES, _members(path), {}, {})


def read_standard_library(path: Path, version: str) -> Distribution:
    """Pyodide's ``python_stdlib.zip``."""
    files = {
        name: content
        for name, content in _members(path).items()
        if not any(PurePosixPath(name).is_relative_to(other) for other in STANDARD_LIBRARY_LEFT_OUT)
    }
    return Distribution("standard", version, STANDARD_LIBRARY, STANDARD_ARCHIVE, needed_files(files), {}, {})


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {member.filename: archive.read(member) for member in archive.infolist() if not member.is_dir()}
