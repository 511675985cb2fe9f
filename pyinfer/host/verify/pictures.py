"""Pictures of two arrays and of their difference, as a page can hold them."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from .finding import Array, Pictures

__all__ = ["data_address", "difference_image", "shown_images"]

#: Pixels; what is larger is made smaller, the page would be too large otherwise.
_LONGEST = 800
_WHITE = 255


def shown_images(pictures: Pictures) -> tuple[Array, Array]:
    """Both sides as bytes to look at: other types are spread over the native one's range."""
    first, second = pictures.native, pictures.browser
    if first.dtype == np.uint8:
        shown = first, second
    else:
        finite = first[np.isfinite(first)].astype(np.float64)
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        shown = _spread(first, low, high), _spread(second, low, high)
    native, browser = (_thinned(_coloured(image, pictures.is_bgr)) for image in shown)
    return native, browser


def difference_image(pictures: Pictures) -> tuple[Array, float]:
    """Where both sides differ: white where they do most.

    Returns
    -------
    (numpy.ndarray, float)
        One plane of bytes, and by how much the differences are amplified for it.
    """
    first, second = (image.astype(np.float64) for image in (pictures.native, pictures.browser))
    with np.errstate(invalid="ignore"):
        apart = np.abs(first - second)
    equal = (first == second) | (np.isnan(first) & np.isnan(second))
    finite = apart[np.isfinite(apart)]
    largest = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    apart = np.where(equal, 0.0, np.nan_to_num(apart, nan=largest, posinf=largest))
    if apart.ndim == 3:
        apart = apart.max(axis=2)
    factor = _WHITE / largest
    # A pixel that differs a little must not look like one that doesn't.
    visible = np.where(apart > 0, np.clip(apart * factor, 48, _WHITE), 0)
    return _pooled(visible.astype(np.uint8)), factor


def data_address(image: Array) -> str:
    """An image of bytes as the address of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _spread(image: Array, low: float, high: float) -> Array:
    scaled = (np.nan_to_num(image.astype(np.float64), nan=low) - low) / ((high - low) or 1.0)
    return (np.clip(scaled, 0, 1) * _WHITE).astype(np.uint8)


def _coloured(image: Array, is_bgr: bool) -> Array:
    if image.ndim == 2:
        return image
    if image.shape[2] in (1, 2):
        return image[..., 0]
    return image[..., [2, 1, 0, *range(3, image.shape[2])]] if is_bgr else image


def _step(image: Array) -> int:
    """Of how many pixels in a row one is shown."""
    return -(-int(max(image.shape[:2])) // _LONGEST)


def _thinned(image: Array) -> Array:
    step = _step(image)
    return np.ascontiguousarray(image[::step, ::step])


def _pooled(plane: Array) -> Array:
    """Of each block the largest, so that a single pixel's difference stays."""
    step = _step(plane)
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % step), (0, -width % step)))
    blocks = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)
    return np.ascontiguousarray(blocks.max(axis=(1, 3)))
