"""Which other sites a built app fetches from: those that its models come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyinfer.host.bundle import MANIFEST_NAME

__all__ = ["connect_origins", "origins_of_models"]


def connect_origins(folder: Path) -> tuple[str, ...]:
    """The sites that the app in a built folder fetches from; none where there is no app."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_bytes())
    except (FileNotFoundError, ValueError):
        return ()
    return origins_of_models(manifest) if isinstance(manifest, dict) else ()


def origins_of_models(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The origins of the absolute addresses among a manifest's models.

    Parameters
    ----------
    manifest : mapping
        The content of pyinfer.json.
    """
    app = manifest.get("app") or {}
    addresses = [urlsplit(address) for model in app.get("models", ()) for address in _addresses(model)]
    return tuple(sorted({f"{address.scheme}://{address.netloc}" for address in addresses if address.netloc}))


def _addresses(file: Mapping[str, Any]) -> Iterator[str]:
    yield file["url"]
    yield from file.get("mirrors", ())
    for part in (*file.get("shards", ()), *file.get("external_data", ())):
        yield from _addresses(part)
