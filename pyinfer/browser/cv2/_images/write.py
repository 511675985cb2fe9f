"""Image files, written: imwrite and what is like it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .._errors import error, failed_assertion, opencv_error
from .animation import Animation
from .arguments import bound
from .encode import Format, find_format, supported_depths
from .errors import comparison_failed, odd_parameters
from .reader import Array, NoImageError, saturated

__all__ = [
    "haveImageWriter",
    "imencode",
    "imencodeWithMetadata",
    "imencodeanimation",
    "imencodemulti",
    "imwrite",
    "imwriteWithMetadata",
    "imwriteanimation",
    "imwritemulti",
]

_MOST_PARAMETERS = 100
_PLACE = "imgcodecs/src/loadsave.cpp"
_MULTI_DURATION = 1000
_METADATA_KINDS = {".jpg": 3, ".jpeg": 3, ".jpe": 3, ".png": 4, ".apng": 4, ".webp": 3}

_ENCODE = (
    "imencodeWithMetadata",
    "bool cv::imencodeWithMetadata(const String&, InputArray, const std::vector<int>&, InputArrayOfArrays, "
    "std::vector<unsigned char>&, const std::vector<int>&)",
)
_WRITE = (
    "imwrite_",
    "bool cv::imwrite_(const String&, const std::vector<Mat>&, const std::vector<int>&, InputArrayOfArrays, "
    "const std::vector<int>&, bool)",
)

Encoded = tuple[bool, Any]


@bound
def imencode(ext: str, img: Array, params: Sequence[int] = ()) -> Encoded:
    """The bytes of an image file.

    JPEG, BMP and Netpbm files are native's byte for byte, with all parameters. PNG, TIFF, GIF and lossless
    WebP files hold the same pixels, compressed by other builds of the libraries; lossy WebP is compressed
    by another version of libwebp and decodes to slightly other pixels.

    Parameters
    ----------
    ext : str
        File name extension, which says the format: ``".png"``.
    img : ndarray
        (h, w), (h, w, 3) BGR or (h, w, 4) BGRA. uint8; uint16 for PNG and Netpbm, any for TIFF and PFM. What
        a format can't hold is rounded and saturated to uint8. Copies the pixels at least once.
    params : sequence of int
        ``IMWRITE_...`` and value in turn.

    Returns
    -------
    (bool, ndarray)
        True, and the bytes as a uint8 array; False and an empty tuple if the format can't hold the image.

    Raises
    ------
    cv2.error
        There is no such format, the image is empty, or has two or more than four channels.
    UnsupportedInBrowser
        AVIF, JPEG 2000, Radiance, Sun raster, PAM; GIF with other than the default colours; TIFF
        compressions other than none, LZW, deflate and PackBits.
    """
    return _encoded(ext, [img], params, {})


@bound
def imencodemulti(ext: str, imgs: Sequence[Array], params: Sequence[int] = ()) -> Encoded:
    """The bytes of a file with several pages: TIFF, or an animation of one frame a second.

    Returns and raises as :func:`imencode`.
    """
    return _encoded(ext, imgs, params, {})


@bound
def imencodeWithMetadata(
    ext: str, img: Array, metadataTypes: Sequence[int], metadata: Sequence[Array], params: Sequence[int] = ()
) -> Encoded:
    """:func:`imencode` with EXIF and other data (``IMAGE_METADATA_...``) in the file."""
    return _encoded(ext, [img], params, _joined(metadataTypes, metadata))


@bound
def imwrite(filename: str, img: Array, params: Sequence[int] = ()) -> bool:
    """Write an image file; the name's extension says the format, see :func:`imencode`.

    Returns
    -------
    bool
        False if the file can't be written, or the format can't hold the image.

    Raises
    ------
    cv2.error, UnsupportedInBrowser
        As :func:`imencode`.
    """
    return _written(filename, [img], params, {})


@bound
def imwritemulti(filename: str, img: Sequence[Array], params: Sequence[int] = ()) -> bool:
    """Write a file with several pages, see :func:`imencodemulti`."""
    return _written(filename, img, params, {})


@bound
def imwriteWithMetadata(
    filename: str,
    img: Array,
    metadataTypes: Sequence[int],
    metadata: Sequence[Array],
    params: Sequence[int] = (),
) -> bool:
    """:func:`imwrite` with EXIF and other data (``IMAGE_METADATA_...``) in the file."""
    return _written(filename, [img], params, _joined(metadataTypes, metadata))


@bound
def imencodeanimation(ext: str, animation: Animation, params: Sequence[int] = ()) -> Encoded:
    """The bytes of an animated GIF, PNG or WebP file.

    Returns
    -------
    (bool, ndarray)
        False and an empty tuple for formats that don't animate.

    Raises
    ------
    cv2.error
        There are no frames, not as many durations, or no such format.
    """
    data = _animated(ext, animation, params, ("imencodeanimation", 1281, 1258))
    return (False, ()) if data is None else (True, np.frombuffer(data, np.uint8).copy())


@bound
def imwriteanimation(filename: str, animation: Animation, params: Sequence[int] = ()) -> bool:
    """Write an animated GIF, PNG or WebP file, see :func:`imencodeanimation`."""
    data = _animated(filename, animation, params, ("imwriteanimation", 1247, 1207))
    return data is not None and _stored(filename, data)


@bound
def haveImageWriter(filename: str) -> bool:
    """Whether native writes files with the name's extension."""
    return find_format(filename) is not None


def _joined(kinds: Sequence[int], pieces: Sequence[Array]) -> dict[int, bytes]:
    return {kind: np.ascontiguousarray(piece).tobytes() for kind, piece in zip(kinds, pieces, strict=False)}


def _encoded(ext: str, images: Sequence[Array], params: Sequence[int], metadata: dict[int, bytes]) -> Encoded:
    kind = find_format(ext)
    if kind is None:
        raise _no_writer("could not find encoder for the specified extension", _ENCODE[0], 1624)
    if not images or not images[0].size:
        raise failed_assertion("!_img.empty()", _ENCODE[0], f"{_PLACE}:1627")
    checked = [_checked(kind, image, "channels", _ENCODE[0], (1643, 1646)) for image in images]
    options = _options(params, _ENCODE[1], 1661)
    try:
        data = _file(kind, checked, options, metadata)
    except NoImageError:
        return False, ()
    return True, np.frombuffer(data, np.uint8).copy()


def _written(
    filename: str, images: Sequence[Array], params: Sequence[int], metadata: dict[int, bytes]
) -> bool:
    if not images or not images[0].size:
        raise failed_assertion("!_img.empty()", "imwrite", f"{_PLACE}:1174")
    kind = find_format(filename)
    if kind is None:
        raise _no_writer("could not find a writer for the specified extension", _WRITE[0], 1072)
    checked = [_checked(kind, image, "image.channels()", _WRITE[0], (1077, 1082)) for image in images]
    options = _options(params, _WRITE[1], 1107)
    try:
        return _stored(filename, _file(kind, checked, options, metadata))
    except NoImageError:
        return False


def _stored(filename: str, data: bytes) -> bool:
    try:
        Path(filename).write_bytes(data)
    except (OSError, ValueError):
        return False
    return True


def _no_writer(text: str, function: str, line: int) -> error:
    return opencv_error(-2, "Unspecified error", text, function, f"{_PLACE}:{line}")


def _checked(kind: Format, image: Array, channels: str, function: str, lines: tuple[int, int]) -> Array:
    """The image in a dtype that the format holds."""
    if not image.size:
        raise failed_assertion("!image.empty()", function, f"{_PLACE}:{lines[0]}")
    count = image.shape[2] if image.ndim == 3 else 1
    if count not in (1, 3, 4):
        text = " || ".join(f"{channels} == {allowed}" for allowed in (1, 3, 4))
        raise failed_assertion(text, function, f"{_PLACE}:{lines[1]}")
    if image.ndim > 3:
        # Natively such an array has -1 rows and columns, which every encoder fails at.
        return image
    if image.ndim == 3 and count == 1:
        image = image[..., 0]
    return image if supported_depths(kind, image) else saturated(image)


def _options(params: Sequence[int], function: str, line: int) -> dict[int, int]:
    if len(params) % 2:
        raise odd_parameters(len(params), function, line)
    if len(params) > _MOST_PARAMETERS:
        condition = "params.size() <= (size_t)(CV_IO_MAX_IMAGE_PARAMS*2)"
        raise comparison_failed("", condition, len(params), _MOST_PARAMETERS, function, line + 1)
    return dict(zip(params[::2], params[1::2], strict=True))


def _file(
    kind: Format, images: Sequence[Array], options: dict[int, int], metadata: dict[int, bytes]
) -> bytes:
    if any(image.ndim > 3 for image in images):
        raise NoImageError
    if len(images) == 1:
        return kind.still(images[0], options, metadata)
    if kind.pages is not None:
        return kind.pages(images, options)
    if kind.animation is None:
        raise NoImageError
    animation = Animation()
    animation.frames, animation.durations = images, [_MULTI_DURATION] * len(images)
    return kind.animation(animation, options)


def _animated(
    name: str, animation: Animation, params: Sequence[int], function: tuple[str, int, int]
) -> bytes | None:
    caller, line, format_line = function
    if not animation.frames:
        raise failed_assertion("!animation.frames.empty()", caller, f"{_PLACE}:{line}")
    if len(animation.frames) != len(animation.durations):
        text = "animation.frames.size() == animation.durations.size()"
        raise failed_assertion(text, caller, f"{_PLACE}:{line + 1}")
    kind = find_format(name)
    if kind is None:
        text = "could not find a writer for the specified extension"
        raise _no_writer(text, f"{caller}_", format_line)
    if kind.animation is None:
        text = "No Animation encoder for specified file extension"
        print(f"[ WARN:0] global grfmt_base.cpp:228 writeanimation {text}", file=sys.stderr)
        return None
    try:
        return kind.animation(animation, dict(zip(params[::2], params[1::2], strict=False)))
    except NoImageError:
        return None
