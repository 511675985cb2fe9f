"""Transforms and spectra."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

BECAUSE = "a small shift is the difference of two large numbers that come out of a float32 transform natively"
FLOATS = [np.float32, np.float64]
SIZES = [(1, 1), (1, 8), (8, 1), (2, 2), (6, 4), (4, 6), (16, 20)]
ODD = [(1, 5), (7, 1), (3, 5), (8, 9), (61, 83)]


def centred(*shape, dtype=np.float32, seed=1):
    return noise(*shape, dtype=dtype, seed=seed) - dtype(0.5)


def moved(dtype, dx, dy):
    """A picture and the same, moved by whole pixels."""
    picture = cv2.GaussianBlur(photo(96, 120, 1).astype(dtype), (5, 5), 1.5)
    return picture, np.roll(picture, (dy, dx), (0, 1))


WINDOW = [cv2.createHanningWindow((120, 96), kind) for kind in (cv2.CV_32F, cv2.CV_64F)]
CASES = {
    "idft": lambda: [
        cv2.idft(centred(12, 10, *c, dtype=d), flags=f)
        for d in FLOATS
        for c in ((), (2,))
        for f in (0, cv2.DFT_SCALE, cv2.DFT_ROWS, cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    ],
    "idft_back": lambda: cv2.idft(cv2.dft(centred(9, 15)), flags=cv2.DFT_SCALE),
    "idft_nonzero": lambda: cv2.idft(cv2.dft(centred(12, 10)), flags=cv2.DFT_SCALE, nonzeroRows=5),
    "idft_dst": lambda: cv2.idft(centred(12, 10), np.empty((12, 10), np.float32)),
    "dct_row": lambda: cv2.dct(centred(8)),
    "dct_rows": lambda: [cv2.dct(centred(4, 6, dtype=d), flags=f) for d in FLOATS for f in (4, 5)],
    "dct_inverse": lambda: cv2.dct(centred(4, 6), flags=cv2.DCT_INVERSE),
    "dct_empty": lambda: cv2.dct(np.empty((0, 0))),
    "dct_dst": lambda: cv2.dct(centred(8, 8), np.empty((8, 8), np.float32)),
    "dct_blocks": lambda: cv2.dct(photo(64, 64, 1).astype(np.float32) - 128),
    "mulSpectrums": lambda: [
        cv2.mulSpectrums(centred(*s, *c, dtype=d), centred(*s, *c, dtype=d, seed=2), f, conjB=conjugate)
        for s in ((1, 1), (1, 5), (1, 6), (5, 1), (6, 1), (4, 4), (5, 7), (6, 5), (5, 6), (2, 2))
        for c in ((), (2,))
        for d in FLOATS
        for f in (0, cv2.DFT_ROWS)
        for conjugate in (False, True)
    ],
    "mulSpectrums_row": lambda: cv2.mulSpectrums(centred(6), centred(6, seed=2), 0),
    "mulSpectrums_dst": lambda: cv2.mulSpectrums(
        centred(4, 4), centred(4, 4), 0, np.empty((4, 4), np.float32)
    ),
}
IMAGE = np.ones((6, 8), np.float32)
ERRORS = {
    "idft_depth": lambda: cv2.idft(np.ones((4, 4), np.uint8)),
    "dct_depth": lambda: cv2.dct(np.ones((4, 4), np.uint8)),
    "dct_channels": lambda: cv2.dct(np.ones((4, 4, 2))),
    "dct_odd": lambda: cv2.dct(np.ones((4, 3))),
    "idct_odd": lambda: cv2.idct(np.ones((5, 4))),
    "mulSpectrums_types": lambda: cv2.mulSpectrums(IMAGE, IMAGE.astype(float), 0),
    "mulSpectrums_sizes": lambda: cv2.mulSpectrums(IMAGE, IMAGE[1:], 0),
    "mulSpectrums_channels": lambda: cv2.mulSpectrums(np.ones((4, 4, 3)), np.ones((4, 4, 3)), 0),
    "correlate_types": lambda: cv2.phaseCorrelate(IMAGE, IMAGE.astype(float)),
    "correlate_depth": lambda: cv2.phaseCorrelate(IMAGE.astype(np.uint8), IMAGE.astype(np.uint8)),
    "correlate_sizes": lambda: cv2.phaseCorrelate(IMAGE, IMAGE[1:]),
    "correlate_window_type": lambda: cv2.phaseCorrelate(IMAGE, IMAGE, IMAGE.astype(float)),
    "correlate_window_size": lambda: cv2.phaseCorrelate(IMAGE, IMAGE, IMAGE[1:]),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES)
def test_dct(size, dtype, parity):
    parity([cv2.dct(centred(*size, dtype=dtype)), cv2.idct(centred(*size, dtype=dtype))])


@pytest.mark.parametrize("size", ODD)
def test_dct_of_odd_sides(size, parity):
    parity([cv2.dct(centred(*size)), cv2.idct(centred(*size))])


@pytest.mark.parametrize("windowed", [False, True])
@pytest.mark.parametrize("move", [(0, 0), (5, -3), (-17, 20)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_phase_correlate(dtype, move, windowed, parity):
    window = WINDOW[dtype is np.float64] if windowed else None
    (x, y), response = cv2.phaseCorrelate(*moved(dtype, *move), window)
    parity((x + 60, y + 48, response), relative=1e-4, because=BECAUSE)


def test_phase_correlate_pads(parity):
    (x, y), response = cv2.phaseCorrelate(
        centred(37, 41, dtype=np.float64), centred(37, 41, dtype=np.float64, seed=2)
    )
    parity((x + 60, y + 48, response))


@pytest.mark.parametrize("name", CASES)
def test_spectra(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_spectra_errors(name, parity):
    parity.raised(ERRORS[name])
