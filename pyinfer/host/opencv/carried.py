"""Puts an opencv.js into a bundle, and says of a bundle which it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyinfer.host.bundle import Bundle

from .bindings.parts import NETWORKS
from .engine import DEFAULT_VARIANT, Engine

__all__ = ["add_engine", "is_own", "later_files", "variant_files", "words_for"]


def add_engine(bundle: Bundle, folder: str, engine: Engine) -> dict[str, Any]:
    """Add all variants; pages choose among them.

    Returns
    -------
    dict
        The entry in pyinfer.json: the files of the default variant by their parts, and those of each below
        ``variants``.

    Raises
    ------
    SetupError
        A file is not what was built.
    """
    variants = {
        variant: {
            part: bundle.add(f"{folder}/{_named(file.path.name, variant)}", file.read())
            for part, file in files.items()
        }
        for variant, files in engine.variants.items()
    }
    return {
        "build": "full",
        "version": engine.version,
        **variants[DEFAULT_VARIANT],
        "variants": variants,
    }


def is_own(manifest: Mapping[str, Any]) -> bool:
    """Whether the bundle with this pyinfer.json has our own opencv.js."""
    return bool(manifest["opencv"].get("build") == "full")


def variant_files(manifest: Mapping[str, Any]) -> set[str]:
    """The URLs of all variants, of which a visitor downloads one; none of npm's, which has no variants."""
    variants = manifest["opencv"].get("variants", {})
    return {url for files in variants.values() for url in files.values()}


def later_files(manifest: Mapping[str, Any]) -> set[str]:
    """The same without those of the default variant that a start loads."""
    networks = NETWORKS in manifest["start"]["engines"]
    default = manifest["opencv"].get("variants", {}).get(DEFAULT_VARIANT, {})
    return variant_files(manifest) - {
        url for part, url in default.items() if networks or not part.startswith(NETWORKS)
    }


def words_for(manifest: Mapping[str, Any]) -> str:
    """What people are told of a bundle's opencv.js."""
    opencv = manifest["opencv"]
    build = f"our own build ({', '.join(opencv['variants'])})" if is_own(manifest) else "npm's build"
    return f"{opencv['version']}, {build}"


def _named(file: str, variant: str) -> str:
    stem, _, rest = file.partition(".")
    return f"{stem}.{variant}.{rest}"
