"""Compares files by what they are: images by pixels, arrays by values, texts by lines, others by bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .arrays import compare_archives, compare_arrays
from .finding import Array, Comparison, Tolerance, Verdict, together
from .images import IMAGE_SUFFIXES, read_frames
from .text import compare_texts

__all__ = ["compare_files"]


def compare_files(
    native: Path | None,
    browser: Path | None,
    tolerance: Tolerance,
    ignored: Sequence[re.Pattern[str]] = (),
    root: str = "",
) -> Comparison:
    """Compare a file that the script wrote, natively and in the browser.

    Parameters
    ----------
    native, browser : Path, optional
        None where it was not written.
    tolerance : Tolerance
    ignored : sequence of pattern
        What is not compared in texts.
    root : str
        A path that both runs had in common and the user doesn't know; taken out of texts.
    """
    if native is None or browser is None:
        written = "in the browser only" if native is None else "natively only"
        return Comparison(Verdict.DIFFERS, f"written {written}")
    ours, theirs = native.read_bytes(), browser.read_bytes()
    if ours == theirs:
        return Comparison(Verdict.SAME, f"{len(ours):,} bytes, equal")
    suffix = native.suffix.lower()
    if suffix in IMAGE_SUFFIXES:
        frames = read_frames(native), read_frames(browser)
        if frames[0] is not None and frames[1] is not None:
            return _compare_frames(frames[0], frames[1], tolerance)
    if suffix in (".npy", ".npz"):
        arrays = _arrays(ours), _arrays(theirs)
        if arrays[0] is not None and arrays[1] is not None:
            return compare_archives(arrays[0], arrays[1], tolerance)
    texts = _text(ours, root), _text(theirs, root)
    if texts[0] is not None and texts[1] is not None:
        return compare_texts(texts[0], texts[1], tolerance, ignored)
    return _compare_bytes(ours, theirs)


def _compare_frames(native: list[Array], browser: list[Array], tolerance: Tolerance) -> Comparison:
    if len(native) != len(browser):
        words = f"{len(native)} frames natively, {len(browser)} in the browser"
        return Comparison(Verdict.DIFFERS, words)
    pairs = zip(native, browser, strict=True)
    if len(native) == 1:
        return compare_arrays(native[0], browser[0], tolerance)
    return together(
        ((f"frame {i}", compare_arrays(*pair, tolerance)) for i, pair in enumerate(pairs)), "frames"
    )


def _arrays(content: bytes) -> dict[str, Array] | None:
    """The arrays of an ``.npy`` or ``.npz`` file; None if there is no reading it without running code."""
    try:
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
        return {"": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile):
        return None


def _text(content: bytes, root: str) -> str | None:
    if b"\0" in content:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace(root, "") if root else text


def _compare_bytes(native: bytes, browser: bytes) -> Comparison:
    shared = min(len(native), len(browser))
    differs = np.frombuffer(native, np.uint8, shared) != np.frombuffer(browser, np.uint8, shared)
    first = int(differs.argmax()) if differs.any() else shared
    count = int(differs.sum()) + abs(len(native) - len(browser))
    size = f"{len(native):,} bytes"
    if len(native) != len(browser):
        size += f" natively, {len(browser):,} in the browser"
    return Comparison(Verdict.DIFFERS, f"{size}: {count:,} differ, the first at byte {first:,}")
