"""Image files, written: an encoder a format (modules/imgcodecs/src/grfmt_*.cpp)."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from pyinfer.errors import UnsupportedInBrowser

from .animation import Animation
from .gif_writer import encode_gif
from .jpeg_file import SUBSAMPLED, JpegOptions, encode_jpeg
from .out_of_reach import WRITTEN_NOWHERE
from .png_writer import encode_png, encode_png_animation
from .reader import Array, NoImageError, swapped
from .tiff_writer import encode_tiff

__all__ = ["Format", "find_format", "supported_depths"]

Options = Mapping[int, int]
Metadata = Mapping[int, bytes]

_QUALITY, _PROGRESSIVE, _OPTIMISE, _RESTART, _LUMA, _CHROMA, _SAMPLING = range(1, 8)
_SAMPLINGS = (0x411111, 0x221111, 0x211111, 0x121111, 0x111111)
_MOST_JPEG_SIDE = 65500
_PXM_BINARY = 32
_WEBP_QUALITY, _WEBP_LOSSLESS = 64, 65
_PRESERVE_COLOUR = 2
_BMP_COMPRESSION, _BMP_PLAIN = 768, 0
_EXIF, _XMP, _PROFILE = range(3)


class Format(NamedTuple):
    """How one kind of file is written."""

    #: A page; raises NoImageError where native fails.
    still: Callable[[Array, Options, Metadata], bytes]
    #: dtypes that it holds; everything else becomes uint8.
    dtypes: frozenset[str] = frozenset({"uint8"})
    #: Several pages.
    pages: Callable[[Sequence[Array], Options], bytes] | None = None
    animation: Callable[[Animation, Options], bytes] | None = None


def supported_depths(kind: Format, image: Array) -> bool:
    """Whether the format holds images of this dtype."""
    return image.dtype.name in kind.dtypes


def _jpeg(image: Array, options: Options, metadata: Metadata) -> bytes:
    if max(image.shape[:2]) > _MOST_JPEG_SIDE:
        raise NoImageError
    return encode_jpeg(image, _jpeg_options(options), _jpeg_segments(metadata))


def _jpeg_options(options: Options) -> JpegOptions:
    """Parameters as native takes them, in the order in which they are given."""
    quality, luma, chroma = 95, -1, -1
    for key, value in options.items():
        within = min(max(value, 0), 100)
        if key == _QUALITY:
            quality = within
        elif key == _LUMA and value >= 0:
            quality = luma = within
            chroma = luma if chroma < 0 else chroma
        elif key == _CHROMA and value >= 0:
            chroma = within
    sampling = options.get(_SAMPLING, 0)
    factors = SUBSAMPLED
    if sampling in _SAMPLINGS:
        nibbles = [sampling >> shift & 15 for shift in range(20, -1, -4)]
        factors = tuple(zip(nibbles[::2], nibbles[1::2], strict=True))  # type: ignore[assignment]
    if luma >= 0 and luma != chroma:
        factors = ((1, 1),) * 3
    return JpegOptions(
        quality=quality,
        chroma_quality=quality if luma < 0 else chroma,
        factors=factors,
        restart_interval=min(max(options.get(_RESTART, 0), 0), 65535),
        progressive=options.get(_PROGRESSIVE, 0) > 0,
        optimise=options.get(_OPTIMISE, 0) > 0,
    )


def _jpeg_segments(metadata: Metadata) -> bytes:
    contents = []
    if metadata.get(_EXIF):
        contents.append((0xE1, b"Exif\0\0" + metadata[_EXIF]))
    if metadata.get(_XMP):
        contents.append((0xE1, metadata[_XMP]))
    if metadata.get(_PROFILE):
        contents.append((0xE2, b"ICC_PROFILE\0\1\1" + metadata[_PROFILE]))
    return b"".join(
        struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content for marker, content in contents
    )


def _bmp(image: Array, options: Options, metadata: Metadata) -> bytes:
    """Byte for byte native's."""
    height, width = image.shape[:2]
    channels = image.shape[2] if image.ndim == 3 else 1
    has_fields = channels == 4 and options.get(_BMP_COMPRESSION, 3) != _BMP_PLAIN
    rows = image.reshape(height, -1)
    pitch = -(-rows.shape[1] // 4) * 4
    padded = np.zeros((height, pitch), np.uint8)
    padded[:, : rows.shape[1]] = rows[::-1]
    palette = (
        b"" if channels > 1 else bytes(byte for level in range(256) for byte in (level, level, level, 0))
    )
    header_size = 124 if has_fields else 40
    offset = 14 + header_size + len(palette)
    header = struct.pack("<IiiHHI", header_size, width, height, 1, 8 * channels, 3 if has_fields else 0)
    if has_fields:
        header += bytes(20) + struct.pack("<4I4s", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs")
    file_header = struct.pack("<2sIII", b"BM", offset + padded.size, 0, offset)
    return file_header + header.ljust(header_size, b"\0") + palette + padded.tobytes()


def _webp(image: Array, options: Options, metadata: Metadata) -> bytes:
    if max(image.shape[:2]) > 16383:
        raise NoImageError
    out = io.BytesIO()
    settings = _webp_settings(options)
    if image.ndim == 3 and image.shape[2] == 4 and settings.get("lossless"):
        settings["exact"] = options.get(_WEBP_LOSSLESS, 0) == _PRESERVE_COLOUR
    extra = {
        name: metadata[kind] for kind, name in enumerate(("exif", "xmp", "icc_profile")) if metadata.get(kind)
    }
    Image.fromarray(_rgb(image)).save(out, "WEBP", **settings, **extra)
    return out.getvalue()


def _webp_settings(options: Options) -> dict[str, int | bool]:
    quality = options.get(_WEBP_QUALITY, 0)
    if _WEBP_QUALITY in options:
        quality = max(quality, 1)
    is_lossy = options.get(_WEBP_LOSSLESS, 0) not in (1, _PRESERVE_COLOUR) and 1 <= quality <= 100
    return {"quality": quality, "method": 4} if is_lossy else {"lossless": True, "quality": 70, "method": 4}


def _webp_animation(animation: Animation, options: Options) -> bytes:
    """An animation; with losses unless the quality is above 100."""
    if any(frame.dtype != np.uint8 or frame.shape != animation.frames[0].shape for frame in animation.frames):
        raise NoImageError
    out = io.BytesIO()
    first, *rest = (Image.fromarray(_rgb(frame)) for frame in animation.frames)
    red, green, blue, alpha = (int(animation.bgcolor[index]) & 0xFF for index in (1, 2, 3, 0))
    quality = options.get(_WEBP_QUALITY, 75)
    first.save(
        out,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=[int(duration) for duration in animation.durations],
        loop=animation.loop_count,
        background=(red, green, blue, alpha),
        lossless=quality > 100,
        quality=min(max(quality, 1), 100),
    )
    return out.getvalue()


def _rgb(image: Array) -> Array:
    if image.ndim == 2:
        return np.repeat(image[..., None], 3, axis=2)
    return swapped(image)


def _pnm(kind: str) -> Callable[[Array, Options, Metadata], bytes]:
    def encode(image: Array, options: Options, metadata: Metadata) -> bytes:
        return _encode_pnm(image, options.get(_PXM_BINARY, 1) != 0, kind)

    return encode


def _encode_pnm(image: Array, binary: bool, kind: str) -> bytes:
    channels = image.shape[2] if image.ndim == 3 else 1
    if kind == "auto":
        kind = "grey" if channels == 1 else "colour"
    if channels != (3 if kind == "colour" else 1):
        raise NoImageError
    height, width = image.shape[:2]
    number = {"bits": 1, "grey": 2, "colour": 3}[kind] + 3 * binary
    head = b"P%d\n%d %d\n" % (number, width, height)
    if kind == "bits":
        if binary:
            return head + np.packbits(image == 0, axis=1).tobytes()
        return head + b"".join(b"".join(b"0" if value else b"1" for value in row) + b"\n" for row in image)
    head += b"%d\n" % np.iinfo(image.dtype).max
    pixels = swapped(image) if channels == 3 else image
    if binary:
        return head + np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">")).tobytes()
    digits = "% 4d" if image.itemsize == 1 else "% 6d"
    cell = digits * channels + ("  " if channels == 3 else "")
    lines = (cell * width % tuple(row.reshape(-1).tolist()) + "\n" for row in pixels)
    return head + "".join(lines).encode()


def _pfm(image: Array, options: Options, metadata: Metadata) -> bytes:
    if image.ndim == 3 and image.shape[2] != 3:
        raise NoImageError
    letter = b"F" if image.ndim == 3 else b"f"
    pixels = image[::-1].astype("<f4")
    if image.ndim == 3:
        pixels = swapped(pixels)
    return (
        b"P%s\n%d %d\n-1\n" % (letter, image.shape[1], image.shape[0])
        + np.ascontiguousarray(pixels).tobytes()
    )


def _refused(name: str) -> Callable[[Array, Options, Metadata], bytes]:
    def encode(image: Array, options: Options, metadata: Metadata) -> bytes:
        raise UnsupportedInBrowser("cv2.imwrite", f"{name} files can't be written", "PNG or TIFF")

    return encode


_EVERY = frozenset(
    [
        "uint8",
        "int8",
        "uint16",
        "int16",
        "uint32",
        "int32",
        "uint64",
        "int64",
        "float16",
        "float32",
        "float64",
    ]
)
_DEEP = frozenset({"uint8", "uint16"})
_TIFF = Format(
    lambda image, options, metadata: encode_tiff([image], options),
    _EVERY - {"float16"},
    pages=encode_tiff,
)
_GIF = Format(
    lambda image, options, metadata: encode_gif([image], [1000], 0, options),
    animation=lambda a, options: encode_gif(a.frames, a.durations, a.loop_count, options),
)

#: By the name's extension; PNG, GIF and WebP write several pages as an animation.
_FORMATS: dict[str, Format] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe"), Format(_jpeg)),
    **dict.fromkeys((".png", ".apng"), Format(encode_png, _DEEP, animation=encode_png_animation)),
    **dict.fromkeys((".tif", ".tiff"), _TIFF),
    **dict.fromkeys((".bmp", ".dib"), Format(_bmp)),
    ".webp": Format(_webp, animation=_webp_animation),
    ".gif": _GIF,
    ".pnm": Format(_pnm("auto"), _DEEP),
    ".pbm": Format(_pnm("bits")),
    ".pgm": Format(_pnm("grey"), _DEEP),
    ".ppm": Format(_pnm("colour"), _DEEP),
    ".pfm": Format(_pfm, _EVERY),
    ".pam": Format(_refused("PAM"), _DEEP),
    **dict.fromkeys((".sr", ".ras"), Format(_refused("Sun raster"))),
    **dict.fromkeys((".hdr", ".pic"), Format(_refused("Radiance"), frozenset({"float32"}))),
    **{ending: Format(_refused(name), _DEEP) for ending, name in WRITTEN_NOWHERE.items()},
}


def find_format(filename: str) -> Format | None:
    """The format that a name's extension stands for; None if native has no writer for it."""
    _, dot, extension = filename.rpartition(".")
    if not dot or len(filename) <= 1:
        return None
    length = next((i for i, letter in enumerate(extension) if not letter.isalnum()), len(extension))
    return _FORMATS.get(f".{extension[:length].lower()}")
