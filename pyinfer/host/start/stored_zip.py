"""Zip archives whose members are stored as they are: Brotli makes less of them than of deflated ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

__all__ = ["stored_zip"]

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


def stored_zip(files: Mapping[str, bytes]) -> bytes:
    """An archive of ``files``; the same files give the same bytes.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path, in any order.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            member = zipfile.ZipInfo(path, _EARLIEST)
            member.create_system = 3  # Unix, whatever this machine is
            member.external_attr = _REGULAR_FILE
            archive.writestr(member, content)
    return buffer.getvalue()
