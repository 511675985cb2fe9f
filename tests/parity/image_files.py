"""Image files: the same bytes natively and in the browser."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
from PIL import Image

from tests.parity.images import noise, photo


def saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: object) -> np.ndarray:
    image = Image.fromarray(pixels)
    out = io.BytesIO()
    (image.convert(mode) if mode else image).save(out, kind, **options)
    return np.frombuffer(out.getvalue(), np.uint8)


def saved_palette(**options: object) -> np.ndarray:
    out = io.BytesIO()
    palette = Image.frombytes("P", (83, 61), (photo(channels=1) % 16).tobytes())
    palette.putpalette(list(noise(48)))
    palette.save(out, "PNG", **options)
    return np.frombuffer(out.getvalue(), np.uint8)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(bits: int, kind: int, samples: int, before: bytes = b"", passes: bool = False) -> np.ndarray:
    """A PNG of noise, 13 x 11, without filters; ``passes`` interlaces 16-bit samples."""
    if passes:
        pixels = noise(11, 13, samples, dtype=np.uint16).astype(">u2")
        starts = (
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        )
        parts = [pixels[y::down, x::right] for x, y, right, down in starts]
        rows = b"".join(b"\0" + row.tobytes() for part in parts if part.size for row in part)
    else:
        size = (13 * samples * bits + 7) // 8
        rows = b"".join(b"\0" + row.tobytes() for row in noise(11, size))
    header = struct.pack(">IIBBBBB", 13, 11, bits, kind, 0, 0, passes)
    parts_of_file = (chunk(b"IHDR", header), before, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return np.frombuffer(b"\x89PNG\r\n\x1a\n" + b"".join(parts_of_file), np.uint8)


def raw_tiff(pixels: np.ndarray, order: str = "<", tiled: bool = False, **tags: int) -> np.ndarray:
    """An uncompressed TIFF of one strip, or of tiles of 16 x 16, colours as they stand."""
    height, width = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    planes = pixels.reshape(height, width, samples).astype(pixels.dtype.newbyteorder(order))
    blocks = [planes]
    if tiled:
        down, across = -(-height // 16), -(-width // 16)
        full = np.zeros((down * 16, across * 16, samples), planes.dtype)
        full[:height, :width] = planes
        blocks = [
            full[16 * y : 16 * y + 16, 16 * x : 16 * x + 16] for y in range(down) for x in range(across)
        ]
    data = [block.tobytes() for block in blocks]
    offsets = [8 + sum(map(len, data[:index])) for index in range(len(data))]
    entries = {
        256: [width],
        257: [height],
        258: [8 * pixels.itemsize] * samples,
        259: [1],
        277: [samples],
        262: [2 if samples > 2 else 1],
        339: [{"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]] * samples,
        **(
            {322: [16], 323: [16], 324: offsets, 325: list(map(len, data))}
            if tiled
            else {273: offsets, 278: [height], 279: list(map(len, data))}
        ),
        **{int(tag[1:]): [value] for tag, value in tags.items()},
    }
    start = offsets[-1] + len(data[-1])
    place = start + 2 + 12 * len(entries) + 4
    body, extra = struct.pack(order + "H", len(entries)), b""
    for tag, values in sorted(entries.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(values) > 1:
            packed, extra = struct.pack(order + "I", place + len(extra)), extra + packed
        body += struct.pack(order + "HHI", tag, 4, len(values)) + packed
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, start)
    return np.frombuffer(head + b"".join(data) + body + bytes(4) + extra, np.uint8)


def raw_bmp(
    bits: int,
    data: bytes,
    size: tuple[int, int] = (13, 11),
    compression: int = 0,
    palette: bytes = b"",
    masks: tuple[int, ...] = (),
) -> np.ndarray:
    """A BMP of (width, height), a negative height from the top down; four masks stand in the header."""
    in_header = struct.pack("<4I", *masks) if len(masks) == 4 else b""
    behind = struct.pack("<3I", *masks) if len(masks) == 3 else b""
    offset = 54 + len(in_header + behind + palette)
    head = struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset)
    head += struct.pack("<IiiHHI", 40 + len(in_header), *size, 1, bits, compression)
    head += struct.pack("<IiiII", len(data), 0, 0, len(palette) // 4, 0)
    return np.frombuffer(head + in_header + behind + palette + data, np.uint8)


def bmp_rows(bits: int) -> bytes:
    """Noise for 13 x 11 pixels."""
    return noise(11, (13 * bits + 31) // 32 * 4).tobytes()


def os2_bmp(bits: int, palette: bytes = b"") -> np.ndarray:
    head = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 26 + len(palette))
    return np.frombuffer(
        head + struct.pack("<IHHHH", 12, 13, 11, 1, bits) + palette + bmp_rows(bits), np.uint8
    )


COLOURS = noise(1024).tobytes()
GREYS = bytes(np.repeat(np.arange(16, dtype=np.uint8) * 17, 4))
RUNS_8 = bytes(
    (3, 7, 0, 3, 1, 2, 3, 0, 7, 4, 0, 0, 5, 9, 0, 2, 2, 1, 3, 8, 0, 0, 13, 1, 0, 0, 13, 2, 4, 4, 0, 1)
)
RUNS_4 = bytes((13, 0x12, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 8, 0x77, 0, 0, 13, 3, 0, 0, 0, 1))

PALETTE = chunk(b"PLTE", noise(48).tobytes())

FILES = {
    "png": lambda: saved(photo(), "PNG"),
    "png_grey": lambda: saved(photo(channels=1), "PNG"),
    "png_alpha": lambda: saved(noise(20, 30, 4), "PNG"),
    "png_grey_alpha": lambda: saved(noise(20, 30, 2), "PNG"),
    "png_palette": saved_palette,
    "png_palette_transparent": lambda: saved_palette(transparency=3),
    "png_bits": lambda: saved(photo(channels=1) > 99, "PNG"),
    "png_16bit": lambda: saved(noise(20, 30, dtype=np.uint16), "PNG"),
    "bmp": lambda: saved(photo(), "BMP"),
    "bmp_grey": lambda: saved(photo(channels=1), "BMP"),
    "tiff": lambda: saved(photo(), "TIFF"),
    "ppm": lambda: saved(photo(), "PPM"),
    "webp": lambda: saved(photo(), "WEBP", lossless=True),
    "webp_alpha": lambda: saved(noise(20, 30, 4), "WEBP", lossless=True, exact=True),
    "gif": lambda: saved(photo(channels=1), "GIF"),
    "bmp_alpha": lambda: cv2.imencode(".bmp", noise(9, 8, 4))[1],
    "bmp_alpha_plain": lambda: cv2.imencode(".bmp", noise(9, 8, 4), [cv2.IMWRITE_BMP_COMPRESSION, 0])[1],
    "bmp_1bit": lambda: raw_bmp(1, bmp_rows(1), palette=COLOURS[:8]),
    "bmp_4bit_grey": lambda: raw_bmp(4, bmp_rows(4), palette=GREYS),
    "bmp_8bit_few_colours": lambda: raw_bmp(8, bmp_rows(8), palette=COLOURS[:400]),
    "bmp_16bit": lambda: raw_bmp(16, bmp_rows(16)),
    "bmp_16bit_masks": lambda: raw_bmp(16, bmp_rows(16), compression=3, masks=(0xF800, 0x7E0, 0x1F)),
    "bmp_16bit_odd_masks": lambda: raw_bmp(16, bmp_rows(16), compression=3, masks=(0x1F, 0x7E0, 0xF800)),
    "bmp_top_down": lambda: raw_bmp(24, bmp_rows(24), (13, -11)),
    "bmp_32bit_masks": lambda: raw_bmp(
        32, bmp_rows(32), compression=3, masks=(0xF800, 0x7E0, 0x1F, 0xFF000000)
    ),
    "bmp_32bit_short_header": lambda: raw_bmp(
        32, bmp_rows(32), compression=3, masks=(0xFF0000, 0xFF00, 0xFF)
    ),
    "bmp_negative_width": lambda: raw_bmp(24, bmp_rows(24), (-13, 11)),
    "bmp_runs_8bit": lambda: raw_bmp(8, RUNS_8, compression=1, palette=COLOURS),
    "bmp_runs_4bit": lambda: raw_bmp(4, RUNS_4, (13, 3), 2, COLOURS[:64]),
    "bmp_os2": lambda: os2_bmp(24),
    "bmp_os2_palette": lambda: os2_bmp(8, COLOURS[:768]),
    "png_transparency_too_long": lambda: raw_png(8, 2, 3, chunk(b"tRNS", bytes(7))),
    "png_palette_transparency_too_long": lambda: raw_png(1, 3, 1, PALETTE + chunk(b"tRNS", b"\0\x80\xff")),
    "png_2bit": lambda: raw_png(2, 0, 1),
    "png_grey_transparent": lambda: raw_png(8, 0, 1, chunk(b"tRNS", b"\0\7")),
    "png_palette_4bit": lambda: raw_png(4, 3, 1, PALETTE + chunk(b"tRNS", b"\0\x80")),
    "png_colour_transparent": lambda: raw_png(8, 2, 3, chunk(b"tRNS", b"\0\1\0\2\0\3")),
    "png_gamma": lambda: raw_png(8, 2, 3, chunk(b"gAMA", struct.pack(">I", 45455))),
    "png_srgb_alpha": lambda: raw_png(8, 6, 4, chunk(b"sRGB", b"\0")),
    "png_16bit_colour": lambda: raw_png(16, 2, 3),
    "png_16bit_alpha": lambda: raw_png(16, 6, 4),
    "png_16bit_grey_alpha": lambda: raw_png(16, 4, 2),
    "png_16bit_colour_interlaced": lambda: raw_png(16, 2, 3, passes=True),
    "png_16bit_alpha_interlaced": lambda: raw_png(16, 6, 4, passes=True),
    "png_16bit_grey_alpha_interlaced": lambda: raw_png(16, 4, 2, passes=True),
    "tiff_16bit": lambda: raw_tiff(noise(20, 31, dtype=np.uint16)),
    "tiff_16bit_alpha": lambda: raw_tiff(noise(20, 31, 4, dtype=np.uint16), ">"),
    "tiff_signed": lambda: raw_tiff(noise(20, 31, dtype=np.int16)),
    "tiff_float": lambda: raw_tiff(noise(20, 31, dtype=np.float32)),
    "tiff_float_colour": lambda: raw_tiff(noise(20, 31, 3, dtype=np.float32), ">"),
    "tiff_double": lambda: raw_tiff(noise(20, 31, 3, dtype=np.float64)),
    "tiff_int32": lambda: raw_tiff(noise(20, 31, dtype=np.int32)),
    "tiff_tiled": lambda: raw_tiff(noise(40, 31, 4), tiled=True),
    "tiff_tiled_colour": lambda: raw_tiff(noise(40, 31, 3), tiled=True),
    "tiff_tiled_16bit": lambda: raw_tiff(noise(40, 31, dtype=np.uint16), ">", tiled=True),
    "tiff_alpha": lambda: raw_tiff(noise(20, 31, 4), t338=2),
    "tiff_white_is_zero": lambda: raw_tiff(noise(20, 31), t262=0),
    "tiff_cmyk": lambda: raw_tiff(noise(20, 31, 4), t262=5),
    "tiff_turned": lambda: raw_tiff(noise(20, 31, 3), t274=6),
    "tiff_flipped_16bit": lambda: raw_tiff(noise(20, 31, dtype=np.uint16), t274=3),
    "tiff_group4": lambda: saved(photo(channels=1) > 99, "TIFF", compression="group4"),
    "tiff_lzw": lambda: saved(photo(), "TIFF", compression="tiff_lzw"),
    "pgm_text": lambda: np.frombuffer(b"P2\n# three\n3 1\n7\n0 3 7\n", np.uint8),
    "pgm_16bit": lambda: cv2.imencode(".pgm", noise(9, 8, dtype=np.uint16))[1],
    "ppm_16bit": lambda: cv2.imencode(".ppm", noise(9, 8, 3, dtype=np.uint16))[1],
    "pbm": lambda: cv2.imencode(".pbm", photo(channels=1) // 99)[1],
    "pfm": lambda: cv2.imencode(".pfm", noise(9, 8, 3, dtype=np.float32) * 300)[1],
}
