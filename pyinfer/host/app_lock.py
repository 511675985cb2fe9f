"""An app's lock file: which wheels of the package index a build took, so that the next one takes the same.

It lies beside the app's pyproject.toml, belongs into version control, and names no package index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename

from pyinfer.errors import BuildError
from pyinfer.host.download import file_sha256, matches
from pyinfer.host.package_index import fetch_release
from pyinfer.host.pins import PinnedDistribution, read_pins
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress, note
from pyinfer.host.resolve import Provided, resolve

__all__ = ["LOCK_NAME", "AppLock"]

LOCK_NAME = "pyinfer-lock.json"


class AppLock:
    """Chooses wheels for an app: those of its lock file, or new ones, which it writes there.

    Parameters
    ----------
    folder : Path
        The app's folder.
    upgrade : bool
        Whether to choose anew in any case.
    locked : bool
        Whether to refuse to choose anew.
    """

    def __init__(self, folder: Path, *, upgrade: bool = False, locked: bool = False) -> None:
        self.path = folder / LOCK_NAME
        self._upgrade = upgrade
        self._locked = locked

    def choose(self, requirements: Sequence[str], provided: Provided) -> tuple[list[str], list[Path]]:
        """As :func:`pyinfer.host.resolve.resolve`.

        Raises
        ------
        BuildError
            The lock file is broken; or it does not fit the requirements, and choosing anew was refused.
        DownloadError
            A file of the lock file cannot be fetched.
        """
        asked: dict[str, Any] = {"requirements": sorted(requirements), "pyodide": read_pins().lock_version}
        known = None if self._upgrade else self._read()
        if known and all(known[key] == value for key, value in asked.items()):
            return known["provided"], [_fetched(wheel) for wheel in known["wheels"]]
        if self._locked:
            raise BuildError(
                f"{self.path} {'does not fit the requirements' if known else 'is missing'}: "
                "build without --locked, and commit what that writes"
            )
        names, wheels = resolve(requirements, provided)
        files = [{"file_name": wheel.name, "sha256": file_sha256(wheel)} for wheel in wheels]
        content = {**asked, "provided": names, "wheels": sorted(files, key=lambda file: file["file_name"])}
        self.path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        note(f"wrote {self.path}: commit it, and the next build takes the same wheels")
        return names, wheels

    def _read(self) -> dict[str, Any] | None:
        if not self.path.is_file():
            return None
        try:
            content: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
            for wheel in content["wheels"]:
                parse_wheel_filename(wheel["file_name"])
                bytes.fromhex(wheel["sha256"])
            return {key: content[key] for key in ("requirements", "pyodide", "provided", "wheels")}
        except (ValueError, KeyError, TypeError) as error:
            raise BuildError(f"{self.path} is no lock file ({error}): delete it") from error


def _fetched(wheel: dict[str, str]) -> Path:
    path = cache_dir() / "pypi" / wheel["file_name"]
    if not (path.is_file() and matches(path, wheel["sha256"])):
        name, version, _, _ = parse_wheel_filename(wheel["file_name"])
        pin = PinnedDistribution(name, str(version), wheel["file_name"], wheel["sha256"])
        path.parent.mkdir(parents=True, exist_ok=True)
        fetch_release(pin, path, Progress())
    return path
