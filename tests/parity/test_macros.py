"""Element types and four-character codes."""

from __future__ import annotations

import cv2
import pytest

WHOLE = [f"CV_{bits}{sign}C" for bits in (8, 16, 32, 64) for sign in "US"]
MAKERS = [*WHOLE, "CV_16FC", "CV_32FC", "CV_64FC", "CV_16BFC", "CV_BoolC"]
CODES = [
    *("mp4v", "MJPG", "XVID", ["mp", "4", "v", "x"], ["", "b", "c", "d"], [b"m", b"p", b"4", b"v"]),
    *(["\xe9", "b", "c", "d"], ["", "€", "\x7f", "\xff"]),
]
CASES = {
    "types": lambda: [[getattr(cv2, name)(channels) for channels in (1, 2, 3, 128)] for name in MAKERS],
    "make_type": lambda: [cv2.CV_MAKETYPE(cv2.CV_32F, 3), cv2.CV_MAKETYPE(depth=cv2.CV_8U, channels=4)],
    "fourcc": lambda: [cv2.VideoWriter_fourcc(*code) for code in CODES],
    "fourcc_names": lambda: cv2.VideoWriter_fourcc(c1="a", c2="b", c3="c", c4="d"),
}
ERRORS = {
    "nothing": lambda: cv2.CV_8UC(),
    "two": lambda: cv2.CV_8UC(1, 2),
    "part": lambda: cv2.CV_MAKETYPE(cv2.CV_8U, 1.5),
    "fourcc_three": lambda: cv2.VideoWriter_fourcc("a", "b", "c"),
    "fourcc_five": lambda: cv2.VideoWriter_fourcc(*"abcde"),
    "fourcc_number": lambda: cv2.VideoWriter_fourcc(1, 2, 3, 4),
    "fourcc_list": lambda: cv2.VideoWriter_fourcc("a", ["b"], "c", "d"),
}


@pytest.mark.parametrize("name", CASES)
def test_macros(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_macros_errors(name, parity):
    parity.raised(ERRORS[name])
