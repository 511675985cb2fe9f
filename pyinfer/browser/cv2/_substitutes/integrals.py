"""The tilted integral: modules/imgproc/src/sumpixels.dispatch.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from ._arrays import Array, channels_of, present, size_of

__all__ = ["integral3"]


def integral3(src: Array | None, sdepth: int, sqdepth: int) -> tuple[Array, Array, Array]:
    """The integral of an image, of its squares, and over triangles that stand on one corner.

    ``tilted[Y, X]`` is the sum of ``image[y, x]`` with ``y < Y`` and ``abs(x - X + 1) <= Y - y - 1``.

    Returns
    -------
    sum, sqsum, tilted : (h + 1, w + 1[, channels])
        ``tilted`` with the dtype of ``sum``.

    Raises
    ------
    cv2.error
        opencv.js does not compute the first two for these depths.
    """
    src = present(src)
    plain, squares = call_by_name("integral2", src, sdepth=sdepth, sqdepth=sqdepth)
    tilted = np.zeros(plain.shape, plain.dtype)
    if src.size:
        rows, columns = size_of(src)
        channels = channels_of(src)
        image = src.reshape(rows, columns, channels)
        triangles = _triangles(image, np.int64 if plain.dtype.kind == "i" else np.float64)
        tilted[1:] = triangles.astype(plain.dtype).reshape(tilted[1:].shape)
    return plain, squares, tilted


def _triangles(image: Array, dtype: type) -> Array:
    """The rows of the result after the first: each from the two above it."""
    rows, columns, channels = image.shape
    # The triangles reach out at both sides of the image: so far that the next row needs nothing beyond.
    width = columns + 2 * rows + 3
    wide = np.zeros((rows + 1, width, channels), dtype)
    wide[1:, rows + 2 : rows + 2 + columns] = image
    above, before = (np.zeros((width, channels), dtype) for _ in range(2))
    result = np.empty((rows, columns + 1, channels), dtype)
    for row in range(rows):
        current = np.zeros_like(above)
        current[1:-1] = above[:-2] + above[2:] - before[1:-1] + wide[row + 1, 1:-1] + wide[row, 1:-1]
        result[row] = current[rows + 1 : rows + 2 + columns]
        above, before = current, above
    return result
