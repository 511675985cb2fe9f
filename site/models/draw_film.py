"""Draw the stills of the camera page's own film: objects that the network knows, and strangers among them.

Run on the host: ``python site/models/draw_film.py``; writes ``site/camera/film.jpg``, one still beside the
other, the same picture every time. The page moves over each for a second or two.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from pictures.household import OBJECTS  # noqa: E402
from pictures.scene import render  # noqa: E402
from pictures.strangers import HELD_OUT  # noqa: E402

SIDE = 288
QUALITY = 80
#: In the film's order, each with the seed of a drawing that shows well what it is.
SEEDS = {
    "cup": 4,
    "key": 2,
    "car": 4,
    "book": 2,
    "scissors": 1,
    "bottle": 7,
    "house": 3,
    "clock": 0,
    "spoon": 6,
    "star": 8,
    "lamp": 2,
}


def main() -> None:
    """Draw and write the stills."""
    kinds = {**OBJECTS, **HELD_OUT}
    stills = [render(kinds[name], np.random.default_rng(seed), SIDE) for name, seed in SEEDS.items()]
    target = HERE.parent / "camera" / "film.jpg"
    strip = cv2.cvtColor(np.hstack(stills), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(target), strip, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    print(f"{target.name}: {strip.shape[1]} x {strip.shape[0]}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
