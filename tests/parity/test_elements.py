"""Functions of single elements."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

DEPTHS = ["bool", "uint8", "int8", "uint16", "int16", "int32", "uint32", "float16", "float32", "float64"]
GREY = photo(channels=1)
MASK = (noise(61, 83, seed=4) > 100).astype(np.uint8)
COLOURS = (noise(61, 83, 3, seed=5) > 100).astype(np.uint8)
VOLUME = noise(2, 3, 4, 5, dtype=np.float32)
SPECIAL = np.float32([[1, np.nan, -np.nan, np.inf], [-np.inf, 0, -0.0, 3.4028235e38]])
UNEVEN = np.arange(24).reshape(2, 4, 3)


def copied(src, mask, dst):
    result = cv2.copyTo(src, mask, dst)
    return result, dst, result is dst


def patched(array, value):
    result = cv2.patchNaNs(array, value)
    return result, result is array


def vectors(dtype, *shape):
    x, y = (noise(*shape, dtype=dtype, seed=s) * 2 - 1 for s in (1, 2))
    x.flat[0], y.flat[1] = 0, 0
    return x, y


CASES = {
    "copyTo": lambda: cv2.copyTo(photo(), MASK),
    "copyTo_all": lambda: cv2.copyTo(photo(), None),
    "copyTo_dtypes": lambda: [cv2.copyTo(noise(61, 83).astype(d), MASK) for d in DEPTHS],
    "copyTo_masks": lambda: [
        cv2.copyTo(GREY, m) for m in (MASK * 200, MASK.astype(bool), -MASK.astype(np.int8))
    ],
    "copyTo_colour_mask": lambda: cv2.copyTo(photo(), COLOURS),
    "copyTo_dst": lambda: copied(photo(), MASK, np.full((61, 83, 3), 99, np.uint8)),
    "copyTo_part_of_dst": lambda: copied(GREY, MASK, np.full((70, 90), 99, np.uint8)[5:66, 3:86]),
    "copyTo_other_dst": lambda: copied(GREY, MASK, np.full((61, 83, 2), 99, np.uint8)),
    "copyTo_large": lambda: [
        copied(photo(*s, c), noise(*s) & 1, photo(*s, c, seed=3))
        for s in ((1, 1), (7, 200))
        for c in (1, 2, 3, 5)
    ],
    "copyTo_dsts": lambda: [
        copied(noise(9, 7).astype(d), noise(9, 7) & 1, np.ones((9, 7), d)) for d in DEPTHS
    ],
    "copyTo_volume": lambda: cv2.copyTo(VOLUME, (VOLUME > 0.5).astype(np.uint8)),
    "copyTo_row": lambda: cv2.copyTo(np.float32([1, 2, 3]), np.uint8([1, 0, 1])),
    "copyTo_empty": lambda: cv2.copyTo(np.empty((0, 0), np.float32), None),
    "sumElems": lambda: [cv2.sumElems(noise(61, 83).astype(d)) for d in DEPTHS],
    "sumElems_channels": lambda: [cv2.sumElems(noise(61, 83, c, dtype=np.int16)) for c in (1, 2, 3, 4)],
    "sumElems_large": lambda: cv2.sumElems(np.full((2000, 1500), 65535, np.uint16)),
    "sumElems_volume": lambda: cv2.sumElems(VOLUME),
    "sumElems_none": lambda: [
        cv2.sumElems(None),
        cv2.sumElems(3),
        cv2.sumElems((3, 4)),
        cv2.sumElems(VOLUME[:0]),
    ],
    "checkRange": lambda: [
        cv2.checkRange(UNEVEN.astype(d), minVal=low, maxVal=high)
        for d in (np.uint8, np.int8, np.uint16, np.int16, np.int32, np.float32, np.float64)
        for low, high in ((0, 10), (0, 10.5), (-5, 100), (-1e9, 1e9), (3, 3), (300, 400), (30, 2), (2, 24))
    ],
    "checkRange_special": lambda: [
        cv2.checkRange(np.array([[5, value]], d))
        for d in (np.float32, np.float64)
        for value in (np.nan, -np.nan, np.inf, -np.inf, np.finfo(d).max, -np.finfo(d).max, 0)
    ],
    "checkRange_zeros": lambda: [cv2.checkRange(np.float32([[v]]), minVal=0.0) for v in (0.0, -0.0)],
    "checkRange_row": lambda: cv2.checkRange(np.arange(20.0), minVal=0, maxVal=10),
    "checkRange_empty": lambda: [cv2.checkRange(None), cv2.checkRange(np.empty((0, 3), np.float32))],
    "PSNR": lambda: [cv2.PSNR(photo().astype(d), photo(seed=2).astype(d)) for d in DEPTHS if d != "bool"],
    "PSNR_same": lambda: cv2.PSNR(GREY, GREY),
    "PSNR_peak": lambda: [cv2.PSNR(GREY, GREY + 1, R) for R in (1.0, 65535)],
    "PSNR_empty": lambda: str(cv2.PSNR(GREY[:0], GREY[:0])),
    "phase": lambda: [
        cv2.phase(*vectors(d, *s), angleInDegrees=a)
        for d in (np.float32, np.float64)
        for s in ((9, 7), (61, 83), (5, 4, 3), (3,))
        for a in (False, True)
    ],
    "cartToPolar": lambda: [
        cv2.cartToPolar(*vectors(d, *s), angleInDegrees=a)
        for d in (np.float32, np.float64)
        for s in ((9, 7), (61, 83), (5, 4, 3), (3,), (1, 2))
        for a in (False, True)
    ],
    "cartToPolar_empty": lambda: cv2.cartToPolar(np.empty((0, 0)), np.empty((0, 0))),
    "cartToPolar_dst": lambda: cv2.cartToPolar(
        *vectors(np.float32, 4, 5), np.empty((4, 5), np.float32), np.empty((4, 5), np.float32)
    ),
    "phase_axes": lambda: cv2.phase(
        np.float32([0, 1, 0, -1, 0, 1, -1, 1e-30]),
        np.float32([0, 0, 1, 0, -1, 1, -1, 0]),
        angleInDegrees=True,
    ),
    "phase_dst": lambda: cv2.phase(*vectors(np.float32, 4, 5), np.empty((4, 5), np.float32)),
    "fastAtan2": lambda: [cv2.fastAtan2(y, x) for y in (0.0, 1, -2.5, 1e9) for x in (0.0, 1, -3.3, 1e-9)],
    "cubeRoot": lambda: [
        cv2.cubeRoot(v) for v in (0.0, -0.0, 1, 8.0, -27, 2, 0.1, 1e-40, -1e-7, 3e38, 1e30, 0.5, 0.25, 4)
    ],
    "cubeRoot_of_no_number": lambda: [cv2.cubeRoot(v) for v in (float("inf"), float("nan"))],
    "borderInterpolate": lambda: [
        cv2.borderInterpolate(p, n, b) for b in range(5) for n in (1, 2, 5) for p in range(-12, 13)
    ],
    "borderInterpolate_inside": lambda: cv2.borderInterpolate(2, 5, 77),
    "finiteMask": lambda: [cv2.finiteMask(SPECIAL.astype(d)) for d in (np.float32, np.float64)],
    "finiteMask_channels": lambda: cv2.finiteMask(SPECIAL.reshape(2, 2, 2)),
    "finiteMask_volume": lambda: cv2.finiteMask(VOLUME),
    "finiteMask_empty": lambda: cv2.finiteMask(SPECIAL[:0]),
    "patchNaNs": lambda: [patched(SPECIAL.astype(d), v) for d in (np.float32, np.float64) for v in (0, 1.5)],
    "patchNaNs_channels": lambda: patched(SPECIAL.reshape(2, 2, 2).copy(), -1),
    "patchNaNs_part": lambda: patched(np.full((6, 6), np.nan, np.float32)[1:4, 2:5], 2),
    "scaleAdd": lambda: [
        cv2.scaleAdd(noise(9, 8, seed=1).astype(d), 0.6, noise(9, 8, seed=2).astype(d))
        for d in DEPTHS
        if d not in ("bool", "uint32", "float16")
    ],
    "scaleAdd_channels": lambda: cv2.scaleAdd(photo(), 0.5, photo(seed=2)),
    "scaleAdd_volume": lambda: cv2.scaleAdd(VOLUME, -2.5, VOLUME),
}
ERRORS = {
    "copyTo_size": lambda: cv2.copyTo(GREY, MASK[1:]),
    "copyTo_channels": lambda: cv2.copyTo(photo(), COLOURS[..., :2]),
    "copyTo_depth": lambda: cv2.copyTo(GREY, MASK.astype(np.float32)),
    "copyTo_volume_size": lambda: cv2.copyTo(VOLUME, np.ones((2, 3, 4, 1), np.uint8)),
    "copyTo_readonly": lambda: cv2.copyTo(GREY, MASK, np.broadcast_to(np.uint8(1), (61, 83))),
    "sumElems_channels": lambda: cv2.sumElems(np.ones((2, 3, 5))),
    "sumElems_bool": lambda: cv2.sumElems(np.ones((2, 3, 3), bool)),
    "checkRange_loud": lambda: cv2.checkRange(UNEVEN.astype(np.uint8), False, minVal=0, maxVal=10),
    "checkRange_loud_int": lambda: cv2.checkRange(UNEVEN.astype(np.int32), quiet=False, maxVal=10.5),
    "checkRange_loud_float": lambda: cv2.checkRange(UNEVEN / np.float32(3), False, minVal=0, maxVal=2.5),
    "checkRange_loud_double": lambda: cv2.checkRange(UNEVEN / 3, False, minVal=0, maxVal=1e10 / 3e9),
    "checkRange_volume": lambda: cv2.checkRange(VOLUME),
    "checkRange_limit": lambda: cv2.checkRange(GREY, minVal="0"),
    "PSNR_type": lambda: cv2.PSNR(GREY, GREY.astype(np.float32)),
    "PSNR_size": lambda: cv2.PSNR(GREY, GREY[1:]),
    "phase_depth": lambda: cv2.phase(GREY, GREY),
    "phase_types": lambda: cv2.phase(np.ones(3), np.ones(3, np.float32)),
    "cartToPolar_depth": lambda: cv2.cartToPolar(GREY, GREY),
    "cartToPolar_size": lambda: cv2.cartToPolar(np.ones((3, 4)), np.ones((3, 5))),
    "phase_volume": lambda: cv2.phase(VOLUME, VOLUME),
    "fastAtan2_one": lambda: cv2.fastAtan2(1),
    "cubeRoot_text": lambda: cv2.cubeRoot("8"),
    "borderInterpolate_type": lambda: cv2.borderInterpolate(-1, 5, 5),
    "borderInterpolate_float": lambda: cv2.borderInterpolate(0.0, 5, 4),
    "finiteMask_depth": lambda: cv2.finiteMask(GREY),
    "finiteMask_channels": lambda: cv2.finiteMask(np.ones((2, 3, 5))),
    "patchNaNs_depth": lambda: cv2.patchNaNs(GREY.copy()),
    "patchNaNs_wide": lambda: cv2.patchNaNs(np.ones((2, 2), np.int64)),
    "scaleAdd_size": lambda: cv2.scaleAdd(np.ones((3, 4)), 2, np.ones((3, 5))),
    "scaleAdd_type": lambda: cv2.scaleAdd(np.ones((3, 4)), 2, np.ones((3, 4), np.float32)),
}


@pytest.mark.parametrize("name", CASES)
def test_elements(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_elements_errors(name, parity):
    parity.raised(ERRORS[name])
