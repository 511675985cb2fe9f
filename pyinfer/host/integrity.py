"""The integrity list of a bundle: what each file must be, as HTML's ``integrity`` attribute wants it."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

__all__ = ["INTEGRITY_NAME", "write_integrity"]

INTEGRITY_NAME = "integrity.json"


def write_integrity(folder: Path) -> None:
    """Write the list, when all files are there but their compressed variants."""
    files = {
        path.relative_to(folder).as_posix(): _integrity(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / INTEGRITY_NAME).write_text(json.dumps(files, indent=2) + "\n", "utf-8")


def _integrity(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha384").digest()
    return f"sha384-{base64.b64encode(digest).decode()}"
