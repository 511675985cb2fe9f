"""From pixels to quantised JPEG coefficients, with libjpeg-turbo's integers.

Every step is integer arithmetic that libjpeg-turbo fixes to the bit (its SIMD code does the same), so
that the files made of these coefficients are native's, byte for byte.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["ZIGZAG", "Component", "components_of", "in_scan_order", "quantisation_table"]

Array = npt.NDArray[Any]

_BLOCK = 8

#: ITU-T T.81, figure 5: the row-major index of the n-th coefficient in a file. Diagonals alternate.
ZIGZAG = np.array(
    sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8)), np.intp
)

#: The same in a block whose columns are rows.
_TRANSPOSED_ZIGZAG = ZIGZAG % 8 * 8 + ZIGZAG // 8

#: Pixels that are transformed at a time.
_STRIP_SIZE = 1 << 17

#: ITU-T T.81, tables K.1 and K.2: luminance and chrominance, row-major.
_QUANTISATION = (
    bytes.fromhex(
        "100b0a101828333d0c0c0e131a3a3c370e0d1018283945380e11161d3357503e"
        "12162538446d674d182337405168715c31404e5767797865485c5f6270646763"
    ),
    bytes.fromhex("1112182f6363636312151a4263636363181a3863636363632f42636363636363") + b"c" * 32,
)

#: Weights of blue, green and red, and what is added, times 2**16: of Y, Cb and Cr.
_YCC_OF_BGR = (
    ((7471, 38470, 19595), 1 << 15),
    ((32768, -21709, -11059), (128 << 16) + (1 << 15) - 1),
    ((-5329, -27439, 32768), (128 << 16) + (1 << 15) - 1),
)

# The transform's constants, times 2**13.
_C_0_298631336 = 2446
_C_0_390180644 = 3196
_C_0_541196100 = 4433
_C_0_765366865 = 6270
_C_0_899976223 = 7373
_C_1_175875602 = 9633
_C_1_501321110 = 12299
_C_1_847759065 = 15137
_C_1_961570560 = 16069
_C_2_053119869 = 16819
_C_2_562915447 = 20995
_C_3_072711026 = 25172


class Component(NamedTuple):
    """One colour component: Y, Cb or Cr."""

    #: int16 (block rows, block columns, 64) in zigzag order.
    blocks: Array
    #: Sampling factors: blocks of this component in an interleaved unit.
    across: int
    down: int
    #: Luminance's tables are 0, chrominance's 1.
    tables: int


def quantisation_table(quality: int, chrominance: bool) -> Array:
    """The divisors for a quality of 0 to 100, row-major, int32."""
    quality = min(max(quality, 1), 100)
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    base = np.frombuffer(_QUANTISATION[chrominance], np.uint8).astype(np.int32)
    return np.clip((base * scale + 50) // 100, 1, 255)


def components_of(
    image: Array, divisors: tuple[Array, Array], factors: tuple[tuple[int, int], ...]
) -> list[Component]:
    """Transformed and quantised components of an image.

    Parameters
    ----------
    image : ndarray
        uint8, (h, w), (h, w, 3) BGR or (h, w, 4) BGRA; alpha is left out.
    divisors : (ndarray, ndarray)
        Of luminance and chrominance.
    factors : tuple of (across, down)
        Sampling factors of each component.
    """
    height, width = image.shape[:2]
    most_across, most_down = (max(factor[i] for factor in factors) for i in (0, 1))
    components = []
    for index, (across, down) in enumerate(factors):
        columns = -(-width * across // (most_across * _BLOCK))
        rows = -(-height * down // (most_down * _BLOCK))
        components.append(Component(np.empty((rows, columns, 64), np.int16), across, down, int(index > 0)))
    # What is at hand stays in the processor's cache, which halves the time.
    unit_height = _BLOCK * most_down
    unit_rows = max(1, _STRIP_SIZE // (unit_height * width))
    for first in range(0, -(-height // unit_height), unit_rows):
        strip = image[first * unit_height : (first + unit_rows) * unit_height]
        planes = (
            [strip.reshape(strip.shape[:2]).astype(np.int32)] if len(factors) == 1 else _ycc_planes(strip)
        )
        for plane, (blocks, across, down, tables) in zip(planes, components, strict=True):
            out = blocks[first * down : (first + unit_rows) * down]
            rows, columns = (_BLOCK * count for count in out.shape[:2])
            sampled = _downsample(plane, most_across // across, most_down // down, columns, rows)
            out[...] = _quantise(_transform(sampled), divisors[tables]).reshape(out.shape)
    return components


def _ycc_planes(image: Array) -> list[Array]:
    """int32, 0 to 255."""
    channels = [image[..., channel].astype(np.int32) for channel in range(3)]
    planes = []
    for weights, offset in _YCC_OF_BGR:
        plane = channels[0] * np.int32(weights[0])
        for channel, weight in zip(channels[1:], weights[1:], strict=True):
            plane += channel * np.int32(weight)
        plane += np.int32(offset)
        plane >>= 16
        planes.append(plane)
    return planes


def _downsample(plane: Array, across: int, down: int, columns: int, rows: int) -> Array:
    """Means of ``down`` x ``across`` pixels; (rows, columns), continued by its last row and column."""
    groups = -(-len(plane) // down)
    plane = _continued(plane, groups * down, columns * across)
    if across * down > 1:
        total = np.zeros((groups, columns), np.int32)
        for y in range(down):
            for x in range(across):
                total += plane[y::down, x::across]
        # Halves are rounded down and up in turn where libjpeg-turbo has code of its own for the factors.
        if (across, down) == (2, 1):
            total += np.arange(columns, dtype=np.int32) % 2
        elif (across, down) == (2, 2):
            total += 1 + np.arange(columns, dtype=np.int32) % 2
        else:
            total += across * down // 2
        plane = total >> (across * down).bit_length() - 1
    return _continued(plane, rows, columns)


def _continued(plane: Array, rows: int, columns: int) -> Array:
    height, width = plane.shape
    if (height, width) == (rows, columns):
        return plane
    return np.pad(plane, ((0, rows - height), (0, columns - width)), mode="edge")


def _transform(plane: Array) -> Array:
    """The integer discrete cosine transform of each block, times 8: int32 (8 u, 8 v, blocks)."""
    rows, columns = plane.shape
    blocks = plane.reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK).transpose(3, 1, 0, 2)
    samples = (blocks - np.int32(128)).reshape(_BLOCK, _BLOCK, -1)
    across = _transform_axis(samples, shift=11, even_shift=-2)
    return _transform_axis(across, shift=15, even_shift=2)


def _transform_axis(d: Array, shift: int, even_shift: int) -> Array:
    """One pass of the transform (Loeffler, Ligtenberg, Moschytz 1989, as libjpeg has it).

    Parameters
    ----------
    d : ndarray
        int32 (8, other axis, blocks).

    Returns
    -------
    ndarray
        int32 (other axis, 8, blocks).
    """
    sum0, sum1, sum2, sum3 = (d[i] + d[7 - i] for i in range(4))
    tmp7, tmp6, tmp5, tmp4 = (d[i] - d[7 - i] for i in range(4))
    tmp10, tmp13, tmp11, tmp12 = sum0 + sum3, sum0 - sum3, sum1 + sum2, sum1 - sum2
    out = np.empty((d.shape[1], _BLOCK, d.shape[2]), np.int32)

    def put(place: int, value: Array) -> None:
        value += 1 << (shift - 1)
        np.right_shift(value, shift, out=out[:, place])

    def put_even(place: int, value: Array) -> None:
        if even_shift < 0:
            np.left_shift(value, -even_shift, out=out[:, place])
        else:
            value += 1 << (even_shift - 1)
            np.right_shift(value, even_shift, out=out[:, place])

    put_even(0, tmp10 + tmp11)
    put_even(4, tmp10 - tmp11)
    z1 = (tmp12 + tmp13) * _C_0_541196100
    put(2, z1 + tmp13 * _C_0_765366865)
    put(6, z1 - tmp12 * _C_1_847759065)
    z3, z4 = tmp4 + tmp6, tmp5 + tmp7
    z5 = (z3 + z4) * _C_1_175875602
    z1 = (tmp4 + tmp7) * _C_0_899976223
    z2 = (tmp5 + tmp6) * _C_2_562915447
    z3 = z5 - z3 * _C_1_961570560
    z4 = z5 - z4 * _C_0_390180644
    put(1, tmp7 * _C_1_501321110 - z1 + z4)
    put(3, tmp6 * _C_3_072711026 - z2 + z3)
    put(5, tmp5 * _C_2_053119869 - z2 + z4)
    put(7, tmp4 * _C_0_298631336 - z1 + z3)
    return out


def _quantise(transformed: Array, divisors: Array) -> Array:
    """The coefficients divided, halves away from zero; int16 (blocks, 64) in zigzag order."""
    # A trifle more than the quotient, so that halves are rounded away from zero, and nothing else is:
    # the next smaller quotient is 1 / divisor away, and transformed is far below 2**20.
    factors = (1 + 2.0**-20) / (8 * divisors.reshape(_BLOCK, _BLOCK).T[..., None])
    quotients = transformed.astype(np.float32)
    quotients *= factors.astype(np.float32)
    np.rint(quotients, out=quotients)
    blocks: Array = quotients.astype(np.int16).reshape(64, -1)[_TRANSPOSED_ZIGZAG].T
    return blocks


def in_scan_order(components: list[Component]) -> tuple[Array, Array]:
    """Blocks as an interleaved scan has them, and to which component each belongs.

    Units at the right and lower edge are filled up with blocks that have the last one's mean, and
    nothing else. A single component is not interleaved.

    Returns
    -------
    (ndarray, ndarray)
        int16 (units, blocks in a unit, 64), and (blocks in a unit,).
    """
    if len(components) == 1:
        return components[0].blocks.reshape(-1, 1, 64), np.zeros(1, np.intp)
    units, owners = [], []
    for index, (blocks, across, down, _) in enumerate(components):
        rows, columns = blocks.shape[:2]
        unit_rows, unit_columns = -(-rows // down), -(-columns // across)
        filled = np.zeros((unit_rows * down, unit_columns * across, 64), np.int16)
        filled[:rows, :columns] = blocks
        filled[:rows, columns:, 0] = blocks[:, -1:, 0]
        for row in range(rows, unit_rows * down):
            filled[row, :, 0] = np.repeat(filled[row - 1, across - 1 :: across, 0], across)
        order = filled.reshape(unit_rows, down, unit_columns, across, 64).transpose(0, 2, 1, 3, 4)
        units.append(order.reshape(unit_rows * unit_columns, down * across, 64))
        owners += [index] * (down * across)
    return np.concatenate(units, axis=1), np.array(owners, np.intp)
