"""How well a heart locator does, by the very steps that a page takes with its output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from heart_pictures import held_out

#: Grey values, float32, (N, 1, 64, 64), to logits of that shape.
Network = Callable[[np.ndarray], np.ndarray]
Rectangle = tuple[int, int, int, int]

HELD_OUT_PICTURES = 1000
SMALLEST = 200  # pixels of 64 x 64: what is smaller is no heart
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference-ct"

#: What another network, made for real scans, finds in the slices of `REFERENCE`: x, y, width, height.
REFERENCE_RECTANGLES: dict[int, Rectangle | None] = {
    0: (23, 16, 28, 20),
    1: (24, 20, 20, 17),
    10: (24, 20, 19, 17),
    40: (23, 16, 28, 20),
    60: (24, 16, 29, 18),
    61: None,
    62: None,
    63: (23, 16, 28, 20),
    100: (23, 16, 30, 20),
    120: None,
    150: (23, 20, 19, 17),
    199: None,
}


def load(model: Path) -> Network:
    """A model file as a function."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda greys: session.run(None, {"input": greys})[0]


def score(model: Path, count: int = HELD_OUT_PICTURES) -> dict[str, float]:
    """The scores of a model: on so many held-out phantoms and, where its slices are at hand, the agreement
    with the other network, with ``reference_`` before the names.
    """
    network = load(model)
    found = score_phantoms(network, held_out(count))
    if REFERENCE.is_dir():
        agreement = score_reference(network)
        found |= {f"reference_{name}": value for name, value in agreement.items()}
    return {name: round(value, 4) for name, value in found.items()}


def rectangle(heart: np.ndarray) -> Rectangle | None:
    """The rectangle around the largest part of a mask, (64, 64), or None if that is too small."""
    contours, _ = cv2.findContours(heart.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < SMALLEST:
        return None
    x, y, width, height = cv2.boundingRect(largest)
    return x, y, width, height


def rectangle_overlap(one: Rectangle, other: Rectangle) -> float:
    """Intersection over union."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def score_phantoms(network: Network, pictures: Iterable[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Scores on pictures whose truth is known.

    Returns
    -------
    dict
        ``iou`` and ``dice`` of the pixels of all pictures together; ``presence``, the share of pictures in
        which a heart is rightly found or rightly not; ``rectangle_iou``, the mean where there is one to find.
    """
    greys, hearts = (np.stack(parts) for parts in zip(*pictures, strict=True))
    found = run(network, greys)
    common, either = (found & hearts).sum(), (found | hearts).sum()
    right, overlaps = 0, []
    for truth, guess in zip(map(rectangle, hearts), map(rectangle, found), strict=True):
        right += (truth is None) == (guess is None)
        if truth:
            overlaps.append(rectangle_overlap(truth, guess) if guess else 0.0)
    return {
        "iou": float(common / either),
        "dice": float(2 * common / (common + either)),
        "presence": right / len(hearts),
        "rectangle_iou": float(np.mean(overlaps)),
    }


def score_reference(network: Network, folder: Path = REFERENCE) -> dict[str, float]:
    """Agreement with the other network on its real slices: ``presence`` and ``rectangle_iou``, as above."""
    right, overlaps = 0, []
    for number, expected in REFERENCE_RECTANGLES.items():
        guess = rectangle(run(network, read_reference(number, folder)[None])[0])
        right += (expected is None) == (guess is None)
        if expected:
            overlaps.append(rectangle_overlap(expected, guess) if guess else 0.0)
    return {"presence": right / len(REFERENCE_RECTANGLES), "rectangle_iou": float(np.mean(overlaps))}


def read_reference(number: int, folder: Path = REFERENCE) -> np.ndarray:
    """One of its slices as the network takes it, uint8, (64, 64)."""
    read = cv2.imread(str(folder / "slices" / f"img_{number}.png"), cv2.IMREAD_COLOR)
    return cv2.resize(cv2.cvtColor(read, cv2.COLOR_BGR2GRAY), (64, 64), interpolation=cv2.INTER_LINEAR)


def run(network: Network, greys: np.ndarray) -> np.ndarray:
    """Where the network sees heart: (N, 64, 64), uint8 to bool."""
    return network(greys[:, None].astype(np.float32))[:, 0] > 0
