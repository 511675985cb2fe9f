"""The size of text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

ASCII = "".join(map(chr, range(32, 127)))
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
    cv2.FONT_HERSHEY_SIMPLEX | cv2.FONT_ITALIC,
)


def labels(font):
    """Every printable character, in labels of random length, scale and thickness."""
    generator = np.random.default_rng(font)
    sizes = []
    for _ in range(12):
        text = "".join(generator.choice(list(ASCII), 9))
        scale = float(generator.integers(1, 300)) / 100
        sizes.append(cv2.getTextSize(text, font, scale, int(generator.integers(1, 4))))
    return sizes


CASES = {
    **{f"labels_{font}": lambda font=font: labels(font) for font in FONTS},
    "ascii": lambda: [cv2.getTextSize(character, 0, 0.5, 1) for character in ASCII],
    "tiny": lambda: [cv2.getTextSize(ASCII, 0, 0.037 * size, 1) for size in range(12)],
    "large": lambda: cv2.getTextSize("Jg|W", 0, 20, 3),
    "keywords": lambda: cv2.getTextSize(thickness=2, text="person 0.87", fontScale=0.6, fontFace=0),
    "no_text": lambda: [
        cv2.getTextSize("", 0, 1, 1),
        cv2.getTextSize("", 3, -1, 1),
        cv2.getTextSize("a", 0, 0, 1),
    ],
    "spaces": lambda: [cv2.getTextSize(" " * count, 0, 1, 1) for count in range(4)],
    "lines": lambda: [
        cv2.getTextSize(text, 0, 1.1, 1) for text in ("a\nbcd", "\n", "a\n", "\n\na", "a\n\nb", "ag\nW\n\n")
    ],
    "accents": lambda: cv2.getTextSize("Äéßñ ж€", 0, 1, 1),
    "no_thickness": lambda: cv2.getTextSize("Ag", 2, 1, 0),
}
ERRORS = {
    "font": lambda: cv2.getTextSize("a", 99, 1, 1),
    "font_without_text": lambda: cv2.getTextSize("", 8, 1, 1),
    "too_few": lambda: cv2.getTextSize("a"),
    "text_is_number": lambda: cv2.getTextSize(5, 0, 1, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_text(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_text_errors(name, parity):
    parity.raised(ERRORS[name])
