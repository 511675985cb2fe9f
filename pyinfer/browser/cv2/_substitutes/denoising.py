"""Non-local means: modules/photo/src/denoising.cpp and fast_nlmeans_denoising_invoker*.hpp.

A pixel becomes the mean of its neighbours, each weighted by how much its surroundings resemble the pixel's
own. All is integer arithmetic and gives native's numbers. Native goes from pixel to pixel and keeps the
distances to all neighbours; here it is a neighbour after the other for a strip of rows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error

__all__ = [
    "fastNlMeansDenoising",
    "fastNlMeansDenoisingColored",
    "fastNlMeansDenoisingColoredMulti",
    "fastNlMeansDenoisingMulti",
]

Array = npt.NDArray[Any]
Strengths = float | Sequence[float]

_NORM_L1, _NORM_L2 = 2, 4
_BORDER_DEFAULT = 4
_LBGR2LAB, _LAB2LBGR = 74, 78
_MOST_CHANNELS = 4

#: Rows times columns that are worked on at once: what fits the processor's cache.
_STRIP = 1 << 15
#: A weight below this share of the largest counts as none.
_LEAST_WEIGHT = 0.001


def fastNlMeansDenoising(
    src: Array, h: Strengths, templateWindowSize: int, searchWindowSize: int, normType: int = _NORM_L2
) -> Array:
    """``src`` without noise; uint8, with ``NORM_L1`` also uint16, one to four channels.

    Raises
    ------
    cv2.error
        ``src`` is empty or of another depth, or ``h`` has neither one number nor one a channel.
    """
    if not src.size:
        raise failed_assertion("!_src.empty()", "fastNlMeansDenoising", "photo/src/denoising.cpp:119")
    return _denoised([src], 0, h, templateWindowSize, searchWindowSize, normType, "fastNlMeansDenoising", 120)


def fastNlMeansDenoisingColored(
    src: Array, h: float, hColor: float, templateWindowSize: int, searchWindowSize: int
) -> Array:
    """``src``, uint8 BGR or BGRA, without noise: lightness and colour by themselves.

    Raises
    ------
    cv2.error
        ``src`` is no such image.
    """
    if src.dtype != np.uint8 or src.ndim != 3 or src.shape[2] not in (3, 4):
        text = "Type of input image should be CV_8UC3 or CV_8UC4!"
        raise _bad(text, "fastNlMeansDenoisingColored", 178)
    if not src.size:
        call_by_name("cvtColor", src, _LBGR2LAB)
    denoised = _in_lab([src], 0, h, hColor, templateWindowSize, searchWindowSize)
    result: Array = call_by_name("cvtColor", denoised, _LAB2LBGR, dstCn=src.shape[2])
    return result


def fastNlMeansDenoisingMulti(
    srcImgs: list[Array],
    imgToDenoiseIndex: int,
    temporalWindowSize: int,
    h: Strengths,
    templateWindowSize: int,
    searchWindowSize: int,
    normType: int = _NORM_L2,
) -> Array:
    """One image of a series without noise; neighbours in time count too.

    Raises
    ------
    cv2.error
        The images differ, or there are too few around the one to denoise; else as for
        :func:`fastNlMeansDenoising`.
    """
    frames = _series(srcImgs, imgToDenoiseIndex, temporalWindowSize, templateWindowSize, searchWindowSize)
    middle = len(frames) // 2
    function = "fastNlMeansDenoisingMulti"
    return _denoised(frames, middle, h, templateWindowSize, searchWindowSize, normType, function, 334)


def fastNlMeansDenoisingColoredMulti(
    srcImgs: list[Array],
    imgToDenoiseIndex: int,
    temporalWindowSize: int,
    h: float,
    hColor: float,
    templateWindowSize: int,
    searchWindowSize: int,
) -> Array:
    """One image of a series, uint8 BGR, without noise.

    Raises
    ------
    cv2.error
        The images differ or are not such, or there are too few around the one to denoise.
    """
    frames = _series(srcImgs, imgToDenoiseIndex, temporalWindowSize, templateWindowSize, searchWindowSize)
    first = frames[0]
    if first.dtype != np.uint8 or first.ndim != 3 or first.shape[2] != 3:
        raise _bad("Type of input images should be CV_8UC3!", "fastNlMeansDenoisingColoredMulti", 403)
    denoised = _in_lab(frames, len(frames) // 2, h, hColor, templateWindowSize, searchWindowSize)
    result: Array = call_by_name("cvtColor", denoised, _LAB2LBGR)
    return result


def _in_lab(frames: list[Array], index: int, h: float, color: float, template: int, search: int) -> Array:
    lab = [call_by_name("cvtColor", frame, _LBGR2LAB) for frame in frames]
    parts = [
        _denoised([image[..., which] for image in lab], index, strength, template, search, _NORM_L2, "", 0)
        for which, strength in ((slice(0, 1), h), (slice(1, 3), color))
    ]
    return np.concatenate([part.reshape(*part.shape[:2], -1) for part in parts], axis=2)


def _series(images: list[Array], index: int, temporal: int, template: int, search: int) -> list[Array]:
    """The images that count, the one to denoise in the middle."""
    function = "fastNlMeansDenoisingMultiCheckPreconditions"
    if not images:
        raise _bad("Input images vector should not be empty!", function, 218)
    if temporal % 2 == 0 or search % 2 == 0 or template % 2 == 0:
        raise _bad("All windows sizes should be odd!", function, 224)
    half = int(temporal / 2)
    if index - half < 0 or index + half >= len(images):
        text = "imgToDenoiseIndex and temporalWindowSize should be chosen corresponding srcImgs size!"
        raise _bad(text, function, 231)
    if any((image.shape, image.dtype) != (images[0].shape, images[0].dtype) for image in images):
        raise _bad("Input images should have the same size and type!", function, 239)
    return images[index - half : index + half + 1]


def _denoised(
    frames: list[Array],
    index: int,
    h: Strengths,
    template: int,
    search: int,
    norm: int,
    function: str,
    line: int,
) -> Array:
    image = frames[index]
    strengths = np.atleast_1d(np.asarray(h, np.float32))
    channels = image.shape[2] if image.ndim == 3 else 1
    if len(strengths) not in (1, channels):
        raise failed_assertion("hn == 1 || hn == cn", function, f"photo/src/denoising.cpp:{line}")
    if norm not in (_NORM_L1, _NORM_L2):
        raise _bad("Unsupported norm type! Only NORM_L2 and NORM_L1 are supported", function, line + 43)
    if norm == _NORM_L2 and image.dtype != np.uint8:
        raise _bad("Unsupported depth! Only CV_8U is supported for NORM_L2", function, line + 18)
    if image.dtype not in (np.uint8, np.uint16):
        text = "Unsupported depth! Only CV_8U and CV_16U are supported for NORM_L1"
        raise _bad(text, function, line + 38)
    if channels > _MOST_CHANNELS:
        text = "Unsupported number of channels! Only 1, 2, 3, and 4 are supported"
        raise _bad(text, f"{function}_", 99 if len(frames) == 1 else 303)
    near, far = int(template / 2), int(search / 2)
    integer = np.int32 if image.dtype == np.uint8 else np.int64
    peak = int(np.iinfo(image.dtype).max)
    most = len(frames) * (2 * far + 1) ** 2 * peak
    unit = min(int(np.iinfo(integer).max) // most, 2**31 - 1)
    size = (2 * near + 1) ** 2
    shift = (size - 1).bit_length()
    weights = [_weights(strength, peak, channels, unit, size, shift, norm) for strength in strengths]
    margins = (near + far,) * 4
    planes = [
        np.ascontiguousarray(
            np.moveaxis(
                call_by_name("copyMakeBorder", frame, *margins, _BORDER_DEFAULT).reshape(
                    frame.shape[0] + 2 * margins[0], -1, channels
                ),
                2,
                0,
            ),
            np.int32,
        )
        for frame in frames
    ]
    rows, columns = image.shape[:2]
    result = np.empty((rows, columns, channels), image.dtype)
    step = max(1, _STRIP // columns)
    for top in range(0, rows, step):
        count = min(step, rows - top)
        strip = [plane[:, top : top + count + 2 * margins[0]] for plane in planes]
        means = _means(strip, index, near, far, shift, [table.astype(integer) for table in weights], norm)
        result[top : top + count] = np.moveaxis(means, 0, 2)
    return result if channels > 1 else result[..., 0]


def _weights(
    strength: np.float32, peak: int, channels: int, unit: int, size: int, shift: int, norm: int
) -> Array:
    """The weight for a sum of distances that was shifted right; 0 from the last one on."""
    stretch = float(1 << shift) / size
    largest = (peak if norm == _NORM_L1 else peak * peak) * channels
    distances = np.arange(int(largest / stretch + 1)) * stretch
    if norm == _NORM_L1:
        distances *= distances
    with np.errstate(all="ignore"):
        shares = np.exp(-distances / np.float64(strength * strength * np.float32(channels)))
    shares[np.isnan(shares)] = 1
    weights = np.rint(unit * shares).astype(np.int64)
    weights[weights < _LEAST_WEIGHT * unit] = 0
    used = int(np.flatnonzero(weights)[-1]) + 1
    return np.append(weights[:used], 0)


def _means(
    strip: list[Array], index: int, near: int, far: int, shift: int, tables: list[Array], norm: int
) -> Array:
    """The weighted means for rows whose surroundings the strip has, (channels, rows, columns)."""
    channels, height, width = strip[index].shape
    window = 2 * near + 1
    inner = slice(far, height - far), slice(far, width - far)
    own = strip[index][:, *inner]
    down = np.zeros((own.shape[1] + 1, own.shape[2]), np.int32)
    along = np.zeros((height - 2 * (near + far), own.shape[2] + 1), np.int32)
    integer = tables[0].dtype
    estimate = np.zeros((channels, height - 2 * (near + far), width - 2 * (near + far)), integer)
    total = np.zeros((len(tables), *estimate.shape[1:]), integer)
    weight = np.empty(estimate.shape[1:], integer)
    for plane in strip:
        for y in range(2 * far + 1):
            for x in range(2 * far + 1):
                other = plane[:, y : y + own.shape[1], x : x + own.shape[2]]
                distance = own - other
                if norm == _NORM_L1:
                    np.abs(distance, out=distance)
                else:
                    distance *= distance
                # Running sums may wrap around; their differences are right again.
                np.cumsum(distance.sum(0, np.int32) if channels > 1 else distance[0], 0, out=down[1:])
                np.cumsum(down[window:] - down[:-window], 1, out=along[:, 1:])
                sums = along[:, window:] - along[:, :-window]
                sums >>= shift
                for number, table in enumerate(tables):
                    np.take(table, sums, out=weight, mode="clip")
                    total[number] += weight
                    for channel in range(channels) if len(tables) == 1 else (number,):
                        estimate[channel] += (
                            weight * other[channel, near : -near or None, near : -near or None]
                        )
    estimate += total // 2
    estimate //= total
    return estimate


def _bad(text: str, function: str, line: int) -> error:
    return opencv_error(-5, "Bad argument", text, function, f"photo/src/denoising.cpp:{line}")
