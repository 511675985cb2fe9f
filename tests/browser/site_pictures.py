"""What tests of the demo site share: its folder, drawn digits, pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
#: By their names, without ".html".
PAGES = sorted(page.stem for page in SITE.glob("*.html"))
DRAWN = json.loads((ROOT / "tests" / "data" / "drawn_digits.json").read_text(encoding="utf-8"))
ONE_OF_EACH = [next(entry for entry in DRAWN if entry["digit"] == digit) for digit in range(10)]
#: Beside each other, and a nice 100 million pixels.
HUGE = (11600, 8700)

if str(SITE) not in sys.path:
    sys.path.insert(0, str(SITE))


def encoded(image: np.ndarray, suffix: str) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


def picture_of(entry: dict[str, Any]) -> np.ndarray:
    image = np.full((280, 280, 3), 255, np.uint8)
    for stroke in entry["strokes"]:
        cv2.polylines(image, [np.int32(stroke)], False, (20, 20, 20), 18, cv2.LINE_AA)
    return image


def photo() -> np.ndarray:
    image = np.full((400, 700, 3), 40, np.uint8)
    cv2.circle(image, (180, 200), 110, (90, 200, 240), cv2.FILLED)
    cv2.rectangle(image, (400, 90), (620, 310), (240, 240, 230), cv2.FILLED)
    return image
