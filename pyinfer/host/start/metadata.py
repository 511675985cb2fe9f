"""What ``importlib.metadata`` finds of a distribution."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .distribution import Distribution
from .split import module_names

__all__ = ["metadata_files"]


def metadata_files(distribution: Distribution, paths: Sequence[str]) -> dict[str, bytes]:
    """The files of its ``dist-info`` folder, by path relative to site-packages.

    RECORD names what lies in the browser, or will when it is imported, and no hashes: those of the
    wheel would not be right. Which modules there are is said even if nothing of them is in place yet.

    Parameters
    ----------
    distribution : Distribution
        Without metadata, nothing comes of it.
    paths : sequence of str
        Its files, as they are called in the browser.
    """
    if not distribution.info:
        return {}
    folder = next(iter(distribution.info)).partition("/")[0]
    files = dict(distribution.info)
    tops = sorted({name.partition(".")[0] for name in module_names(distribution.files)})
    if tops:
        files.setdefault(f"{folder}/top_level.txt", "".join(f"{top}\n" for top in tops).encode())
    record = io.StringIO()
    rows = sorted([*paths, *files, f"{folder}/RECORD"])
    csv.writer(record, lineterminator="\n").writerows([path, "", ""] for path in rows)
    return {**files, f"{folder}/RECORD": record.getvalue().encode()}
