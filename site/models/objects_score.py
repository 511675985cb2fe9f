"""Held-out pictures for the classifier of household objects, and how well it does on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import onnxruntime
from pictures.household import OBJECTS
from pictures.scene import render
from pictures.strangers import HELD_OUT
from PIL import Image
from sklearn.datasets import load_sample_images

__all__ = ["HELD_OUT_PICTURES", "SEED", "SIDE", "Drawings", "draw", "score", "threshold_of", "write_samples"]

SEED = 20261122
SIDE = 224
HELD_OUT_PICTURES = 100  # of each kind, to choose the threshold; as many others to measure what comes of it
KNOWN_PASS = 0.95
UNKNOWN = "unknown"
BATCH = 64

Drawings = dict[str, Callable[..., None]]


def draw(kinds: Drawings, count: int, seed: int) -> np.ndarray:
    """Pictures of each kind: uint8, (kinds, count, SIDE, SIDE, 3)."""
    rng = np.random.default_rng(seed)
    return np.stack([[render(kind, rng, SIDE) for _ in range(count)] for kind in kinds.values()])


def photographs(count: int, seed: int) -> np.ndarray:
    """Cuttings of the photographs that come with scikit-learn: uint8, (count, SIDE, SIDE, 3)."""
    rng = np.random.default_rng(seed)
    images = load_sample_images().images
    cuttings = []
    for index in range(count):
        photograph = images[index % len(images)]
        size = int(rng.integers(SIDE, photograph.shape[0]))
        top, left = (int(rng.integers(0, edge - size + 1)) for edge in photograph.shape[:2])
        cutting = Image.fromarray(photograph[top : top + size, left : left + size])
        cuttings.append(np.asarray(cutting.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
    return np.stack(cuttings)


def probabilities(model: Path, pictures: np.ndarray) -> np.ndarray:
    """What ONNX Runtime gives for pictures, (..., SIDE, SIDE, 3): float32, (count, classes)."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    flat = pictures.reshape(-1, *pictures.shape[-3:])
    parts = [flat[start : start + BATCH] for start in range(0, len(flat), BATCH)]
    return np.concatenate([session.run(None, {"image": part})[0] for part in parts])


def threshold_of(model: Path, count: int = HELD_OUT_PICTURES) -> float:
    """What 95 % of the held-out pictures of known objects pass."""
    sure = probabilities(model, draw(OBJECTS, count, SEED + 1)).max(1)
    return round(float(np.quantile(sure, 1 - KNOWN_PASS)), 3)


def score(models: Iterable[Path], threshold: float, count: int = HELD_OUT_PICTURES) -> list[dict[str, float]]:
    """How well models do on pictures that neither they nor the threshold have seen.

    Returns
    -------
    list of dict of str to float
        Of each: ``accuracy`` on known objects, threshold aside; ``known_passed``, the share of them above it;
        ``accuracy_of_passed``; ``drawings_rejected`` and ``photographs_rejected``, shares of what is none.
    """
    known, drawings = draw(OBJECTS, count, SEED + 2), draw(HELD_OUT, count, SEED + 3)
    photographed = photographs(2 * count, SEED + 4)
    answers = np.repeat(np.arange(len(OBJECTS)), count)
    scores = []
    for model in models:
        found = probabilities(model, known)
        right, passed = found.argmax(1) == answers, found.max(1) >= threshold
        figures = {
            "accuracy": right.mean(),
            "known_passed": passed.mean(),
            "accuracy_of_passed": (right & passed).sum() / max(1, passed.sum()),
            "drawings_rejected": (probabilities(model, drawings).max(1) < threshold).mean(),
            "photographs_rejected": (probabilities(model, photographed).max(1) < threshold).mean(),
        }
        scores.append({name: round(float(value), 4) for name, value in figures.items()})
    return scores


def write_samples(folder: Path, count: int = 10) -> None:
    """Write held-out pictures as PNG files, in a folder for each class and one for what is none."""
    kinds: Iterable[tuple[str, Drawings]] = [(name, {name: kind}) for name, kind in OBJECTS.items()]
    for index, (name, drawings) in enumerate([*kinds, (UNKNOWN, HELD_OUT)]):
        (folder / name).mkdir(parents=True, exist_ok=True)
        each = count if len(drawings) == 1 else -(-count // len(drawings))
        for number, picture in enumerate(draw(drawings, each, SEED + 100 + index).reshape(-1, SIDE, SIDE, 3)):
            Image.fromarray(picture).save(folder / name / f"{number:03}.png")
