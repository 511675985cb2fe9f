"""A made-up engine in the cache: small files where `pyinfer opencv build` puts its own."""

from __future__ import annotations

from pathlib import Path

from pyinfer.host.opencv.engine import describe_engine, engine_folder, files_of
from pyinfer.host.opencv.recipe import VARIANTS

__all__ = ["put_engine"]


def put_engine(*variants: str) -> Path:
    """The engine's folder in the cache that ``PYINFER_CACHE`` names."""
    folder = engine_folder()
    for variant in variants:
        (folder / variant).mkdir(parents=True)
        for name in files_of(VARIANTS[variant]).values():
            (folder / variant / name).write_text(f"{variant} {name}")
    describe_engine(folder, "5.0.0", variants)
    return folder
