"""The size of text: modules/imgproc/src/drawing_text.cpp.

OpenCV 5 draws Hershey's fonts with TrueType ones that are inside the engine and can't be read from here.
So a character is measured where it can be seen: it is drawn once for each size, and how far a bar behind
it has moved is its advance. The characters of a line don't influence each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import no_memory

__all__ = ["getTextSize"]

#: Font -> what 100 is divided by for the height of its capitals at scale 1. The italic bit is ignored.
_HEIGHT_DIVISORS = {0: 3.7, 1: 6.6, 2: 3.7, 3: 3.7, 4: 3.7, 5: 4.6, 6: 4.0, 7: 4.0}
_ITALIC = 16

#: Enough to keep the bar apart from what is in front of it.
_GAP = "        "
_LARGEST = 8192


def getTextSize(
    text: str, fontFace: int = 0, fontScale: float = 0, thickness: int = 0, **font_face: Any
) -> tuple[tuple[int, int], int]:
    """The width and height of text above its baseline, and how far it goes below, as putText draws it.

    opencv.js is built without native's font for scripts other than Latin and Cyrillic; it draws "?" instead,
    and so much is measured.

    Raises
    ------
    cv2.error
        There is no such font, or the text is too large to be drawn.
    UnsupportedInBrowser
        The scale is negative: native then writes outside of its memory, and may or may not survive it.
        Or a font face is given, which opencv.js does not have.
    """
    if font_face:
        raise UnsupportedInBrowser("cv2.FontFace", "opencv.js draws with Hershey's font names only")
    # What the engine says of a font it does not know is native's error.
    call_by_name("getFontScaleFromHeight", fontFace, 1, thickness)
    if not text:
        return (0, 0), 0
    weight = 2 if thickness > 1 else 1
    height = _pixel_height(fontFace, fontScale)
    if not height:
        return (1, 0), 0
    lines = text.removesuffix("\n").split("\n")
    longest = top = bottom = line_height = 0
    for number, line in enumerate(lines):
        if number:
            top += line_height
        glyphs = [_glyph(character, fontFace, fontScale, weight) for character in line]
        longest = max(longest, sum(advance for advance, _ in glyphs))
        bottom = max([bottom, *(descent for _, descent in glyphs)])
        if line and number + 1 < len(lines):
            line_height = max(_line_height(character, fontFace, fontScale, weight) for character in line)
    return (longest + 1, height if any(lines) else 0), top + bottom


def _pixel_height(font: int, scale: float) -> int:
    """The height of capitals in pixels."""
    height = 100 * scale / _HEIGHT_DIVISORS[font & ~_ITALIC]
    if not height <= _LARGEST:
        raise no_memory(2**31)
    pixels = round(max(height, -1))
    if pixels < 0:
        raise UnsupportedInBrowser("cv2.getTextSize", "text of a negative size makes OpenCV write anywhere")
    return pixels


@lru_cache(maxsize=4096)
def _glyph(character: str, font: int, scale: float, weight: int) -> tuple[int, int]:
    """How far the pen moves, and how far the ink goes below the baseline."""
    width = 1
    while True:
        alone = _drawn(character, font, scale, weight, width)
        moved = _bar(_drawn(character + _GAP + "|", font, scale, weight, width), alone)
        if moved:
            break
        width *= 2
    start = _bar_alone(font, scale, weight, width)
    inked = np.flatnonzero(alone.any(axis=1))
    bottom = int(inked[-1]) + 1 - alone.shape[0] // 2 if inked.size else 0
    return moved[0] - start[0], bottom


@lru_cache(maxsize=4096)
def _line_height(character: str, font: int, scale: float, weight: int) -> int:
    """How far below the line that it stands in the next one is."""
    alone = _drawn(character, font, scale, weight, 1)
    below = _bar(_drawn(f"{character}\n{_GAP}|", font, scale, weight, 1), alone)
    assert below is not None
    return below[1] - _bar_alone(font, scale, weight, 1)[1]


@lru_cache(maxsize=256)
def _bar_alone(font: int, scale: float, weight: int, width: int) -> tuple[int, int]:
    """Where the bar is with no character in front of it."""
    drawn = _drawn(_GAP + "|", font, scale, weight, width)
    place = _bar(drawn, np.zeros_like(drawn))
    assert place is not None
    return place


def _drawn(text: str, font: int, scale: float, weight: int, width: int) -> npt.NDArray[np.uint8]:
    """White text on black, from the middle row: a pixel's value is how much of it is covered."""
    size = _pixel_height(font, scale)
    rows, columns = 4 * size + 32, 5 * width * size + 32
    canvas = np.zeros((rows, columns), np.uint8)
    origin = size + 8, rows // 2
    call_by_name("putText", canvas, text, origin, font, scale, 255, weight)
    return canvas


def _bar(drawn: npt.NDArray[Any], without: npt.NDArray[Any]) -> tuple[int, int] | None:
    """The leftmost column and the topmost row in which two pictures differ; None if they don't."""
    different = drawn != without
    columns, rows = np.flatnonzero(different.any(axis=0)), np.flatnonzero(different.any(axis=1))
    return (int(columns[0]), int(rows[0])) if columns.size else None
