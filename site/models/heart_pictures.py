"""The pictures that the heart locator is trained and tested on: phantoms, seen as varied as scans are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from chest_phantom import LENGTH, Frame, Patient, add_noise, crop_circle, to_grey

SIZE = 64
_HELD_OUT = 1_000_000  # the seeds of the patients from here on are for tests
_SLICES = 4  # of each patient: to make one takes longer than to cut it
_RENDERED = 2 * SIZE  # then made small as a page makes its slices small


def picture(patient: Patient, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One slice of a patient by some scanner, in some window.

    Returns
    -------
    tuple of numpy.ndarray
        Grey values, uint8, and where the heart is, bool; both (64, 64).
    """
    chance = rng.uniform
    field = 2 * patient.width * chance(0.95, 1.35)
    frame = Frame(_RENDERED, field, field * chance(-0.05, 0.05), field * chance(-0.06, 0.08), chance(-7, 7))
    # The heart's edges are hard, and slices beyond it many: both are seen often enough.
    z = chance(110, 290) if chance() < 0.75 else chance(0, LENGTH)
    found = patient.at(z, frame)
    values = found.hounsfield
    add_noise(values, chance(5, 45), rng)
    if chance() < 0.4:  # rays that metal or arms swallow
        streaks = rng.normal(0, 1, (1, 24)).astype(np.float32)
        wide = cv2.resize(streaks, (_RENDERED, _RENDERED), interpolation=cv2.INTER_CUBIC)
        turn = cv2.getRotationMatrix2D((_RENDERED / 2, _RENDERED / 2), chance(0, 180), 1.5)
        values += cv2.warpAffine(wide, turn, (_RENDERED, _RENDERED)) * np.float32(chance(0, 35))
    if chance() < 0.5:
        x, y = np.meshgrid(*2 * [np.linspace(-1, 1, _RENDERED, dtype=np.float32)])
        values += np.float32(chance(-60, 60)) * x + np.float32(chance(-60, 60)) * y
    if chance() < 0.5:
        values = cv2.GaussianBlur(values, (0, 0), chance(0.3, 1.1))
    is_round = chance() < 0.6
    if is_round:
        crop_circle(values, chance(-3000, -1000))
    grey = cv2.resize(_window(values, is_round, rng), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    heart = cv2.resize(found.heart.astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    return grey, heart >= 0.5


def _window(values: np.ndarray, is_round: bool, rng: np.random.Generator) -> np.ndarray:
    """Show some window: all there is, as a converter does that knows no better, or one that doctors use."""
    kind = rng.uniform()
    if kind < 0.55:
        low = values.min() if is_round else rng.uniform(-1200, -1000)
        high = rng.uniform(400, 3000) if kind < 0.45 else rng.uniform(3000, 11000)
    elif kind < 0.75:
        low, high = rng.uniform(-1400, -1100), rng.uniform(50, 500)
    else:
        low, high = rng.uniform(-250, -100), rng.uniform(180, 400)
    grey = to_grey(values, low, high)
    if rng.uniform() < 0.3:
        curve = 255 * (np.arange(256) / 255) ** rng.uniform(0.7, 1.4)
        grey = cv2.LUT(grey, np.round(curve).astype(np.uint8))
    return grey


def pictures(first_seed: int, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """So many pictures, four of each patient; patients have the seeds from the given one on."""
    for made in range(0, count, _SLICES):
        seed = first_seed + made // _SLICES
        patient, rng = Patient(seed), np.random.default_rng([seed, 3])
        for _ in range(min(_SLICES, count - made)):
            yield picture(patient, rng)


def held_out(count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pictures of patients whom no training has seen."""
    return pictures(_HELD_OUT, count)


def write_samples(folder: Path, count: int = 100) -> None:
    """Write held-out pictures as PNG files, for calibration and for `pyinfer model verify`."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, (grey, _) in enumerate(held_out(count)):
        cv2.imwrite(str(folder / f"phantom_{k:03}.png"), grey)
