"""Colours corrected, charts of them found, and tones mapped."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

PATCHES = (noise(24, 1, 3, dtype=np.float64) * 0.8 + 0.1).astype(np.float64)
RADIANCE = noise(40, 50, 3, dtype=np.float32) ** 2 * 9 + np.float32(0.01)
COEFFICIENTS = np.array([[0.2, 0.001, 0.0], [0.1, 0.0, 0.001], [0.0, 0.001, 0], [0.1, 0, 0]], np.float32)


def model(**settings):
    found = cv2.ccm_ColorCorrectionModel(PATCHES, cv2.ccm.COLORCHECKER_MACBETH)
    for name, value in settings.items():
        getattr(found, f"set{name}")(*(value if isinstance(value, tuple) else (value,)))
    matrix = found.compute()
    return found, matrix


def corrected(**settings):
    found, matrix = model(**settings)
    image = photo(20, 30).astype(np.float32) / 255
    return [
        matrix,
        found.getColorCorrectionMatrix(),
        found.getLoss(),
        found.getMask(),
        found.getSrcLinearRGB(),
        found.getRefLinearRGB(),
        found.correctImage(image),
    ]


def own_colours():
    found = cv2.ccm_ColorCorrectionModel(PATCHES, PATCHES**1.1, cv2.ccm.COLOR_SPACE_SRGB)
    return found.compute(), found.getWeights()


def kept():
    found, _ = model()
    fs = cv2.FileStorage("ccm.yml", cv2.FILE_STORAGE_WRITE)
    fs.startWriteStruct("ColorCorrectionModel", cv2.FileNode_MAP)
    found.write(fs)
    fs.endWriteStruct()
    fs.release()
    return len(Path("ccm.yml").read_text().splitlines()) > 3


AROUND = [[20, 20], [400, 20], [400, 276], [20, 276]]


def chart():
    image = np.full((300, 420, 3), 40, np.uint8)
    colours = (
        *("44528e", "8296c2", "9d7a62", "436c57", "b18085", "aabd67", "2c7ed6", "a65b50", "635ac1", "6c3c5e"),
        *("40bc9d", "2ea3e0", "963d38", "499446", "3c36af", "1fc7e7", "9556bb", "a18508", "f2f3f3", "c8c8c8"),
        *("a0a0a0", "7a7a79", "555555", "343434"),
    )
    for index, colour in enumerate(colours):
        row, column = divmod(index, 6)
        top, left = 30 + row * 62, 30 + column * 62
        image[top : top + 50, left : left + 50] = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    return image


def found_chart():
    detector = cv2.mcc.CCheckerDetector_create()
    detector.setColorChartType(cv2.mcc.MCC24)
    parameters = detector.getDetectionParams()
    parameters.minContoursArea = 50
    detector.setDetectionParams(parameters)
    found = detector.process(chart())
    checkers = detector.getListColorChecker()
    best = detector.getBestColorChecker()
    image = detector.draw(checkers, chart(), (0, 0, 255), 1)
    return [
        found,
        len(checkers),
        best is None,
        [checker.getTarget() for checker in checkers],
        # Its clusters begin at random places, so that it is near only.
        [np.abs(checker.getBox() - AROUND).max().item() < 9 for checker in checkers],
        [checker.getChartsRGB().shape for checker in checkers],
        detector.getDetectionParams().minContoursArea,
        image.shape,
        detector.getUseDnnModel(),
    ]


def nothing_found():
    detector = cv2.mcc.CCheckerDetector_create()
    found = detector.process(np.zeros((60, 60, 3), np.uint8))
    return found, detector.getListColorChecker(), type(detector.getBestColorChecker()).__name__


def checker():
    made = cv2.mcc.CChecker_create()
    made.setTarget(cv2.mcc.SG140)
    made.setBox([(1, 2), (30, 2), (30, 20), (1, 20)])
    made.setChartsRGB(np.arange(30.0).reshape(6, 5))
    made.setChartsYCbCr(np.zeros((6, 5)))
    made.setCost(0.5)
    made.setCenter((15, 11))
    return [
        made.getTarget(),
        made.getBox(),
        made.getChartsRGB(False),
        made.getChartsYCbCr(),
        made.getCost(),
        made.getCenter(),
    ]


def toned():
    """Without the darkest of each channel: it may come out a last bit below 0, which has no power."""
    result = cv2.createTonemap(2.2).process(RADIANCE)
    return np.where(result > 1e-4, result, 0)


CASES = {
    "ColorCorrectionModel": lambda: corrected(),
    "ColorCorrectionModel_affine": lambda: corrected(CcmType=cv2.ccm.CCM_AFFINE),
    "ColorCorrectionModel_rgb": lambda: corrected(Distance=cv2.ccm.DISTANCE_RGB, MaxCount=200),
    "ColorCorrectionModel_gamma": lambda: corrected(
        Linearization=cv2.ccm.LINEARIZATION_GAMMA, LinearizationGamma=2.4, SaturatedThreshold=(0.0, 0.98)
    ),
    "ColorCorrectionModel_polynomial": lambda: corrected(
        Linearization=cv2.ccm.LINEARIZATION_COLORPOLYFIT, LinearizationDegree=3
    ),
    "ColorCorrectionModel_own": lambda: own_colours(),
    "ColorCorrectionModel_kept": lambda: kept(),
    "gammaCorrection": lambda: cv2.ccm.gammaCorrection(photo(20, 30).astype(np.float64) / 255, 2.2),
    "gammaCorrection_bytes": lambda: cv2.ccm.gammaCorrection(photo(20, 30), 0.5),
    "CCheckerDetector": lambda: found_chart(),
    "CCheckerDetector_nothing": lambda: nothing_found(),
    "CChecker": lambda: checker(),
    "Tonemap": lambda: toned(),
    "correctChromaticAberration": lambda: cv2.correctChromaticAberration(
        photo(40, 60), COEFFICIENTS, (60, 40), 1
    ),
}
ERRORS = {
    "no_model": lambda: cv2.ccm_ColorCorrectionModel("x"),
    "tonemap": lambda: cv2.createTonemap().process(photo()),
    "gamma": lambda: cv2.ccm.gammaCorrection(photo(), 0),
    "coefficients": lambda: cv2.correctChromaticAberration(photo(), COEFFICIENTS[:2], (83, 61), 1),
    "draw": lambda: cv2.mcc.CCheckerDetector_create().draw([3], photo()),
    "box": lambda: cv2.mcc.CChecker_create().setBox([(1, 2, 3)]),
}


@pytest.mark.parametrize("case", CASES)
def test_colours(case, parity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
