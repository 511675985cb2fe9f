"""Elements moved to other places."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

COLUMN = noise(3, 1, dtype=np.float32)
VOLUME = noise(2, 3, 4, 5)
LONG = noise(2, 3, 200)


def shape(*lengths):
    return np.array(lengths, np.int32)


def shuffled(*arrays):
    cv2.setRNGSeed(77)
    return [(cv2.randShuffle(array), cv2.randShuffle(array) is array) for array in arrays]


def completed(array, *args):
    result = cv2.completeSymm(array, *args)
    return result, result is array


CASES = {
    "broadcast": lambda: cv2.broadcast(COLUMN, shape(2, 3, 4)),
    "broadcast_long": lambda: cv2.broadcast(COLUMN, np.array([3, 200])),
    "broadcast_row": lambda: [
        cv2.broadcast(np.float32([1, 2]), shape(3, 2)),
        cv2.broadcast(np.ones(1), shape(5)),
    ],
    "broadcast_same": lambda: cv2.broadcast(COLUMN, shape(3, 1)),
    "broadcast_nothing": lambda: cv2.broadcast(COLUMN, shape(3, 0)),
    "broadcast_dtypes": lambda: [
        cv2.broadcast(noise(3, 1).astype(d), shape(3, 2))
        for d in ("bool", "uint8", "int16", "float16", "float64")
    ],
    "broadcast_volume": lambda: cv2.broadcast(noise(3, 1, 200), shape(2, 3, 2, 200)),
    "broadcast_dst": lambda: cv2.broadcast(COLUMN, shape(3, 4), np.empty((3, 4), np.float32)),
    "flipND": lambda: [
        cv2.flipND(array, axis)
        for array, axes in ((photo(), 2), (photo(channels=1), 2), (VOLUME, 4), (LONG, 3), (np.arange(5.0), 1))
        for axis in range(-axes, axes)
    ],
    "flipND_empty": lambda: cv2.flipND(np.empty((0, 0)), 0),
    "flipND_dst": lambda: cv2.flipND(VOLUME, 1, np.empty_like(VOLUME)),
    "transposeND": lambda: [
        cv2.transposeND(VOLUME, [3, 1, 0, 2]),
        cv2.transposeND(VOLUME, (0, 1, 2, 3)),
        cv2.transposeND(LONG, [2, 0, 1]),
        cv2.transposeND(COLUMN, np.array([1, 0])),
        cv2.transposeND(np.arange(3.0), [0]),
    ],
    "completeSymm": lambda: [
        completed(noise(5, 5, *c).astype(d), *a)
        for c in ((), (3,))
        for d in ("uint8", "float64")
        for a in ((), (True,))
    ],
    "completeSymm_part": lambda: completed(noise(9, 9)[2:6, 3:7], True),
    "randShuffle": lambda: shuffled(
        np.arange(12, dtype=np.int32),
        noise(4, 3),
        noise(5, 4, 3),
        noise(5, 4, 2, dtype=np.float64),
        noise(1500, dtype=np.int16),
        noise(30, 50, 4, dtype=np.float32),
        noise(9, 9)[2:6, 3:7],
    ),
}
ERRORS = {
    "broadcast_floats": lambda: cv2.broadcast(COLUMN, (2, 3, 4)),
    "broadcast_length": lambda: cv2.broadcast(COLUMN, shape(4, 4)),
    "broadcast_dimensions": lambda: cv2.broadcast(COLUMN, shape(3)),
    "broadcast_channels": lambda: cv2.broadcast(photo(), shape(61, 83, 3)),
    "broadcast_shape": lambda: cv2.broadcast(COLUMN, np.array([3, 4], np.float32)),
    "flipND_axis": lambda: cv2.flipND(photo(), 2),
    "flipND_negative": lambda: cv2.flipND(VOLUME, -5),
    "transposeND_channels": lambda: cv2.transposeND(photo(), [2, 0, 1]),
    "transposeND_count": lambda: cv2.transposeND(COLUMN, [0]),
    "transposeND_axis": lambda: cv2.transposeND(COLUMN, [0, 2]),
    "transposeND_twice": lambda: cv2.transposeND(COLUMN, [0, 0]),
    "transposeND_negative": lambda: cv2.transposeND(COLUMN, [0, -1]),
    "transposeND_number": lambda: cv2.transposeND(COLUMN, 1),
    "completeSymm_size": lambda: cv2.completeSymm(noise(3, 4)),
    "completeSymm_volume": lambda: cv2.completeSymm(noise(2, 2, 200)),
    "randShuffle_size": lambda: cv2.randShuffle(noise(4, 3, 10, dtype=np.float64)),
    "randShuffle_channels": lambda: cv2.randShuffle(noise(4, 3, 5)),
    "randShuffle_wide": lambda: cv2.randShuffle(np.arange(12, dtype=np.int64)),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_layout_errors(name, parity):
    parity.raised(ERRORS[name])
