"""Grey that keeps the contrast of colours: modules/photo/src/contrast_preserve.cpp and .hpp."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion
from ._arrays import channels_of

__all__ = ["decolor"]

Array = npt.NDArray[Any]

_BGR2LAB, _LAB2BGR = 44, 56
_DECOMP_NORMAL = 16

#: The powers of red, green and blue in the terms that are weighed.
_TERMS = tuple(powers for powers in itertools.product(range(3), repeat=3) if 0 < sum(powers) <= 2)
#: More rows and columns than this are not looked at to find the weights.
_LARGEST = 800
_SIGMA = np.float32(0.02)
_LEVEL = 0.05
_TOLERANCE, _MOST_ROUNDS = 1e-4, 16


def decolor(src: Array) -> tuple[Array, Array]:
    """``src`` in grey, (h, w) uint8, and with that grey as its lightness, (h, w, 3) uint8.

    The weights depend on sums over all pixels. In their last bits they differ from native's, so that a
    rounding may turn: then the grey is one level apart, and the colour up to two.

    Raises
    ------
    cv2.error
        ``src`` is empty or has not three channels.
    """
    if not src.size or channels_of(src) != 3:
        condition = "!I.empty() && (I.channels()==3)"
        raise failed_assertion(condition, "decolor", "photo/src/contrast_preserve.cpp:65")
    image = src.astype(np.float32) * np.float32(1 / 255)
    height, width = image.shape[:2]
    small = image
    if height + width > _LARGEST:
        factor = _LARGEST / (height + width)
        small = call_by_name("resize", image, (round(width * factor), round(height * factor)))
    weights = _weights(small)
    grey = np.zeros((height, width), np.float32)
    for weight, term in zip(weights, _terms(image), strict=True):
        grey = (grey + np.float64(np.float32(weight)) * term).astype(np.float32)
    low, high = float(grey.min()), float(grey.max())
    with np.errstate(all="ignore"):
        grey = (grey - np.float32(low)) / np.float32(high - low) * np.float32(255)
    result = np.clip(np.rint(np.nan_to_num(grey, nan=0.0)), 0, 255).astype(np.uint8)
    lab = call_by_name("cvtColor", src, _BGR2LAB)
    lab[..., 0] = result
    return result, call_by_name("cvtColor", lab, _LAB2BGR)


def _terms(image: Array) -> list[Array]:
    blue, green, red = (image[..., channel].astype(np.float64) for channel in range(3))
    return [red**r * green**g * blue**b for r, g, b in _TERMS]


def _differences(plane: Array) -> Array:
    """To the right neighbours, then to the lower ones, as float64."""
    x, y = np.zeros_like(plane), np.zeros_like(plane)
    x[:, :-1] = plane[:, :-1] - plane[:, 1:]
    y[:-1] = plane[:-1] - plane[1:]
    return np.concatenate([x.ravel(), y.ravel()]).astype(np.float64)


def _weights(image: Array) -> Array:
    """What each term counts, so that neighbours differ in grey as they do in colour."""
    lab = call_by_name("cvtColor", image, _BGR2LAB)
    contrast = np.sqrt(sum(_differences(lab[..., channel]) ** 2 for channel in range(3))) / 100
    terms = np.stack([_differences(term.astype(np.float32)) for term in _terms(image)])
    changes = np.stack([_differences(image[..., channel]) for channel in range(3)])
    order = (changes > _LEVEL).all(axis=0).astype(np.float64) - (changes < -_LEVEL).all(axis=0)
    single = terms.astype(np.float32).astype(np.float64)
    products = (single @ single.T).astype(np.float32)
    scaled = (terms * contrast).astype(np.float32)
    inverse = call_by_name("solve", products, scaled, flags=_DECOMP_NORMAL)[1].astype(np.float64)
    weights = np.array([0.33 if sum(powers) == 1 else 0.0 for powers in _TERMS])
    energy, before = 0.0, np.inf
    for _ in range(_MOST_ROUNDS):
        before = energy
        grey = weights @ terms
        rising = (1 + order) / 2 * np.exp(-0.5 * (grey - contrast) ** 2 / np.float64(_SIGMA * _SIGMA))
        falling = (1 - order) / 2 * np.exp(-0.5 * (grey + contrast) ** 2 / np.float64(_SIGMA * _SIGMA))
        total = rising + falling
        weights = inverse @ ((rising - falling) / np.where(total == 0, 1, total))
        grey = weights @ terms
        with np.errstate(all="ignore"):
            likely = sum(np.exp(-((grey + sign * contrast) ** 2) / np.float64(_SIGMA)) for sign in (-1, 1))
            energy = float(np.mean(-np.log(likely)))
        if not abs(energy - before) > _TOLERANCE:
            break
    return weights
