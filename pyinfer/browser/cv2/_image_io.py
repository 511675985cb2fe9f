"""imread, imwrite, imdecode, imencode.

opencv.js has no codecs. JPEG is decoded by libjpeg-turbo, bit for bit as natively; everything else
by Pillow, whose PNG, BMP, TIFF, GIF and lossless WebP pixels are the only right ones. What differs
between native's decoders is how they make grey out of colour, and that is mirrored here.
"""

from __future__ import annotations

import io
import os
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.errors import UnsupportedInBrowser

from ._call import call_by_name
from ._encode import encode
from ._errors import Mismatch, bad_arguments, error, no_overload

__all__ = ["haveImageReader", "imdecode", "imencode", "imread", "imwrite"]

Array = npt.NDArray[Any]

_UNCHANGED = -1
_COLOR = 1
_ANYDEPTH = 2
_ANYCOLOR = 4
_REDUCED = {16: 2, 32: 4, 64: 8}
_IGNORE_ORIENTATION = 128
_INTER_LINEAR_EXACT = 5
_COLOR_RGB = 256
_FLAGS_KNOWN = _COLOR | _ANYDEPTH | _ANYCOLOR | sum(_REDUCED) | _IGNORE_ORIENTATION | _COLOR_RGB

_EXIF_ORIENTATION = 0x0112

#: The largest images that native takes (CV_IO_MAX_IMAGE_...), and of PNG libpng.
_MOST_WIDTH = _MOST_HEIGHT = 1 << 20
_MOST_PIXELS = 1 << 30
_LIBPNG_MOST = 1_000_000

#: Weights of red, green, blue, their shift, and what is added for rounding: libpng's, as OpenCV sets
#: it up; cvtColor's, which native's WebP reader uses; that of native's other readers (utils.cpp).
_GREY_WEIGHTS = {
    "PNG": (9797, 19234, 3737, 15, 0),
    "WEBP": (9798, 19235, 3735, 15, 1 << 14),
    "": (4899, 9617, 1868, 14, 1 << 13),
}


def imread(filename: str | os.PathLike[str], flags: int = _COLOR) -> Array | None:
    """Read an image file.

    Parameters
    ----------
    filename : str or path-like
    flags : int
        ``IMREAD_...``; by default 8-bit BGR.

    Returns
    -------
    ndarray or None
        (h, w), (h, w, 3) or (h, w, 4). None if there is no such file, or it is no image; native's
        warning goes to stderr.

    Raises
    ------
    cv2.error
        More than 2**20 columns or rows, or 2**30 pixels.
    UnsupportedInBrowser
        16-bit colour PNG with ``IMREAD_ANYDEPTH`` or ``IMREAD_UNCHANGED``; reduced JPEG.
    """
    try:
        path = os.fspath(filename)
    except TypeError:
        text = "Expected 'filename' to be a str or path-like object"
        raise no_overload("imread", [text] * 3) from None
    try:
        data = Path(path).read_bytes()
    except OSError:
        _warn(
            f"global loadsave.cpp:278 findDecoder imread_('{path}'): can't open/read file: "
            "check file path/integrity"
        )
        return None
    return _decode(data, flags, "imread")


def imdecode(buf: Array | bytes, flags: int) -> Array | None:
    """Read an image from the bytes of its file.

    Parameters
    ----------
    buf : ndarray of uint8
    flags : int
        ``IMREAD_...``.

    Returns
    -------
    ndarray or None
        None if the bytes are no image.

    Raises
    ------
    cv2.error
        The buffer is empty, or no array, or the image is too large, see :func:`imread`.
    """
    if not isinstance(buf, np.ndarray):
        text = "buf is not a numpy array, neither a scalar"
        raise bad_arguments("imdecode", [Mismatch(text, "buf")], takes_arrays=True)
    if not buf.size:
        raise error.from_message(
            "OpenCV(5.0.0) /io/opencv/modules/imgcodecs/src/loadsave.cpp:1291: error: "
            "(-215:Assertion failed) !buf.empty() in function 'imdecode_'\n",
            -215,
        )
    return _decode(np.ascontiguousarray(buf).tobytes(), flags, "imdecode")


def haveImageReader(filename: str | os.PathLike[str]) -> bool:
    """Whether the file is an image that :func:`imread` can read."""
    image = _open(os.fspath(filename))
    if image is None:
        return False
    image.close()
    return True


def imencode(ext: str, img: Array, params: Any = ()) -> tuple[bool, Array]:
    """The bytes of an image file.

    Parameters
    ----------
    ext : str
        File name extension, which says the format: ``".png"``.
    img : ndarray
        uint8 (uint16 for PNG too), (h, w), (h, w, 3) BGR or (h, w, 4) BGRA.
    params : sequence of int
        ``IMWRITE_...`` and value in turn.

    Returns
    -------
    (bool, ndarray)
        True, and the bytes as a uint8 array.

    Raises
    ------
    cv2.error
        There is no such format, or it can't hold such an image.
    """
    data = encode(ext, img, params, "imencodeWithMetadata", 1624, "could not find encoder")
    return True, np.frombuffer(data, np.uint8).copy()


def imwrite(filename: str | os.PathLike[str], img: Array, params: Any = ()) -> bool:
    """Write an image file; the name's extension says the format.

    Returns
    -------
    bool
        False if the file can't be written.

    Raises
    ------
    cv2.error
        As :func:`imencode`.
    """
    path = Path(os.fspath(filename))
    data = encode(path.suffix, img, params, "imwrite_", 1072, "could not find a writer")
    try:
        path.write_bytes(data)
    except OSError:
        return False
    return True


def _warn(text: str) -> None:
    print(f"[ WARN:0] {text}", file=sys.stderr)


def _decode(data: bytes, flags: int, function: str) -> Array | None:
    """The image in the shape and dtype that ``flags`` ask for; None if the data is no image."""
    if flags != _UNCHANGED and flags & ~_FLAGS_KNOWN:
        raise UnsupportedInBrowser(f"cv2.{function}", f"flags {flags} are unknown")
    image = _open(io.BytesIO(data))
    if image is None:
        return None
    with image:
        if _is_too_large(image):
            return None
        reduced = 1 if flags == _UNCHANGED else next((n for bit, n in _REDUCED.items() if flags & bit), 1)
        if image.format == "JPEG":
            if reduced > 1:
                raise UnsupportedInBrowser(
                    f"cv2.{function}", "the JPEG codec can't decode at a reduced size", "cv2.resize"
                )
            pixels = _decode_jpeg(image, data, flags, whole=function == "imdecode")
        else:
            try:
                pixels = _decode_other(image, flags, function)
            except (OSError, SyntaxError, ValueError):  # what Pillow raises for a file that breaks off
                return None
        if pixels is None:
            return None
        if flags != _UNCHANGED and not flags & _IGNORE_ORIENTATION:
            pixels = _turn(pixels, _orientation(image))
        if reduced > 1:
            height, width = pixels.shape[:2]
            size = (width // reduced, height // reduced)
            pixels = call_by_name("resize", pixels, size, interpolation=_INTER_LINEAR_EXACT)
    return np.ascontiguousarray(pixels)


def _open(source: str | io.BytesIO) -> Image.Image | None:
    """The image with its size and mode but no pixels yet; None if it is none.

    Native has limits of its own, see :func:`_is_too_large`; Pillow's is lower.
    """
    previous, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        return Image.open(source)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    finally:
        Image.MAX_IMAGE_PIXELS = previous


def _is_too_large(image: Image.Image) -> bool:
    """Whether native's PNG reader takes the image for none.

    Raises
    ------
    cv2.error
        Native refuses an image of this size, whatever its format.
    """
    width, height = image.size
    if image.format == "PNG" and max(width, height) > _LIBPNG_MOST:
        return True
    for line, value, most, text in (
        (75, width, _MOST_WIDTH, "static_cast<size_t>(size.width) <= CV_IO_MAX_IMAGE_WIDTH"),
        (77, height, _MOST_HEIGHT, "static_cast<size_t>(size.height) <= CV_IO_MAX_IMAGE_HEIGHT"),
        (79, width * height, _MOST_PIXELS, "pixels <= CV_IO_MAX_IMAGE_PIXELS"),
    ):
        if value > most:
            raise error.from_message(
                f"OpenCV(5.0.0) /io/opencv/modules/imgcodecs/src/loadsave.cpp:{line}: error: "
                f"(-215:Assertion failed) {text} in function 'validateInputImageSize'\n",
                -215,
            )
    return False


def _orientation(image: Image.Image) -> int:
    """What the file says of the camera's orientation; 1, upright, if that can't be made out."""
    try:
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    except (SyntaxError, ValueError, OSError, KeyError, struct.error):
        return 1
    return orientation if isinstance(orientation, int) else 1


def _wants_colour(flags: int, has_colour: bool) -> bool:
    if flags & (_COLOR | _COLOR_RGB):
        return True
    return bool(flags & _ANYCOLOR) and has_colour


def _decode_jpeg(image: Image.Image, data: bytes, flags: int, whole: bool) -> Array | None:
    """The pixels. Native's imread takes a file that breaks off (grey below), its imdecode does not."""
    colour = image.mode != "L" if flags == _UNCHANGED else _wants_colour(flags, image.mode != "L")
    if image.mode == "CMYK":
        raise UnsupportedInBrowser("cv2.imread", "the JPEG codec does not read CMYK", "Pillow")
    if not colour:
        # The luminance plane as it is in the file, as native reads it.
        image.draft("L", image.size)
        previous, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, not whole
        try:
            return np.asarray(image.convert("L"))
        except OSError:
            return None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = previous
    codec = get_bridge().jpeg
    try:
        write_from(codec.stage(len(data)), np.frombuffer(data, np.uint8))
        decoded = codec.decode()
        if decoded is None:
            return None
        width, height, components, broken = map(int, decoded.split(","))
        pixels = np.empty((height, width, components), np.uint8)
        read_into(codec.pixels(), pixels)
    finally:
        codec.release()
    if broken and whole:
        return None
    if broken:
        print("Premature end of JPEG file", file=sys.stderr)
    if components == 1:
        return np.repeat(pixels, 3, axis=2)
    return pixels if flags > 0 and flags & _COLOR_RGB else pixels[..., ::-1]


def _decode_other(image: Image.Image, flags: int, function: str) -> Array:
    deep = image.mode.startswith("I;16")
    if _is_deep_colour_png(image) and (flags == _UNCHANGED or flags & _ANYDEPTH):
        raise UnsupportedInBrowser(f"cv2.{function}", "Pillow reads colour PNG with 8 bits only")
    alpha = "A" in image.getbands() or "transparency" in image.info
    if deep:
        pixels = np.asarray(image).astype(np.uint16)
        if flags != _UNCHANGED and not flags & _ANYDEPTH:
            pixels = (pixels >> 8).astype(np.uint8)
        wants_colour = flags != _UNCHANGED and _wants_colour(flags, False)
        return np.repeat(pixels[..., None], 3, axis=2) if wants_colour else pixels
    has_colour = image.mode not in ("1", "L", "LA")
    if flags == _UNCHANGED:
        if alpha:
            return np.asarray(image.convert("RGBA"))[..., [2, 1, 0, 3]]
        return np.asarray(image.convert("RGB"))[..., ::-1] if has_colour else np.asarray(image.convert("L"))
    rgb = np.asarray(image.convert("RGBA").convert("RGB") if alpha else image.convert("RGB"))
    if _wants_colour(flags, has_colour or (alpha and image.format == "PNG")):
        return rgb if flags & _COLOR_RGB else rgb[..., ::-1]
    red, green, blue, shift, rounding = _GREY_WEIGHTS.get(image.format or "", _GREY_WEIGHTS[""])
    channels = rgb.astype(np.int32)
    grey = (red * channels[..., 0] + green * channels[..., 1] + blue * channels[..., 2] + rounding) >> shift
    return grey.astype(np.uint8)


def _is_deep_colour_png(image: Image.Image) -> bool:
    """Pillow quietly halves these to 8 bits; the raw mode says so."""
    tiles: list[Any] = getattr(image, "tile", [])
    return image.format == "PNG" and any(";16" in str(tile[3]) and tile[3] != "I;16B" for tile in tiles)


def _turn(pixels: Array, orientation: int) -> Array:
    """Undo the camera's orientation (EXIF 2.3, tag 0x0112)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
