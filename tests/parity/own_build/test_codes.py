"""Markers, boards of them, QR codes and bar codes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

DICT = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
LARGE = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_6X6_50)
BOARD = cv2.aruco.GridBoard((3, 2), 0.04, 0.01, DICT)
CHARUCO = cv2.aruco.CharucoBoard((5, 4), 0.04, 0.03, DICT)


def page(board=BOARD, width=360, height=260):
    return cv2.copyMakeBorder(board.generateImage((width, height)), 20, 20, 20, 20, 0, value=255)


def two_kinds():
    image = np.full((160, 300), 255, np.uint8)
    image[30:130, 30:130] = DICT.generateImageMarker(7, 100)
    image[30:130, 170:270] = LARGE.generateImageMarker(11, 100)
    return image


def inexact(image):
    bent = np.float32([[0.98, 0.05, 5], [-0.03, 0.97, 15]])
    return cv2.GaussianBlur(cv2.warpAffine(image, bent, image.shape[::-1], borderValue=255), (3, 3), 0)


def multi():
    detector = cv2.aruco.ArucoDetector([DICT, LARGE])
    corners, ids, _, indices = detector.detectMarkersMultiDict(two_kinds())
    order = np.argsort(ids.ravel())
    sizes = [each.markerSize for each in detector.getDictionaries()]
    return [corners[i] for i in order], ids[order], indices[order], sizes


def dictionaries():
    detector = cv2.aruco.ArucoDetector()
    detector.setDictionaries([LARGE, DICT])
    detector.setDictionary(DICT)
    return [each.markerSize for each in detector.getDictionaries()], detector.getDictionary().bytesList


def parameters():
    given = cv2.aruco.DetectorParameters()
    given.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    given.adaptiveThreshConstant = 9
    refine = cv2.aruco.RefineParameters(5, 2, False)
    detector = cv2.aruco.ArucoDetector(DICT, given, refine)
    told, found = detector.getDetectorParameters(), detector.getRefineParameters()
    return [
        told.cornerRefinementMethod,
        told.adaptiveThreshConstant,
        (found.minRepDistance, found.errorCorrectionRate, found.checkAllOrders),
        detector.detectMarkers(inexact(page()))[:2],
    ]


def confident():
    corners, ids, confidence, rejected = cv2.aruco.ArucoDetector(DICT).detectMarkersWithConfidence(page())
    return corners, ids, confidence, len(rejected)


def board():
    return [
        BOARD.getObjPoints(),
        BOARD.getIds(),
        BOARD.getRightBottomCorner(),
        BOARD.getDictionary().markerSize,
        BOARD.getGridSize(),
        BOARD.getMarkerLength(),
        BOARD.getMarkerSeparation(),
    ]


def charuco():
    return [
        CHARUCO.getObjPoints(),
        CHARUCO.getChessboardCorners(),
        CHARUCO.getNearestMarkerIdx() if hasattr(CHARUCO, "getNearestMarkerIdx") else None,
        CHARUCO.getChessboardSize(),
        CHARUCO.getSquareLength(),
        CHARUCO.getMarkerLength(),
        CHARUCO.getLegacyPattern(),
        CHARUCO.checkCharucoCornersCollinear(np.array([[0], [1], [2]], np.int32)),
    ]


def charuco_detector():
    given = cv2.aruco.CharucoParameters()
    given.minMarkers = 1
    given.cameraMatrix = np.array([[500.0, 0, 200], [0, 500, 150], [0, 0, 1]])
    detector = cv2.aruco.CharucoDetector(CHARUCO, given)
    told = detector.getCharucoParameters()
    return [
        (told.minMarkers, told.tryRefineMarkers, told.checkMarkers),
        told.cameraMatrix,
        told.distCoeffs,
        detector.getBoard().getChessboardSize(),
        detector.getDetectorParameters().markerBorderBits,
        detector.getRefineParameters().minRepDistance,
        detector.detectBoard(page(CHARUCO, 400, 320)),
    ]


def identified():
    bits = DICT.getMarkerBits(5)
    return [
        bits,
        DICT.getMarkerBits(5, 1),
        DICT.identify(bits, 0.6),
        DICT.identify(np.rot90(bits).copy(), 0.6),
        DICT.identify(1 - bits, 0.1)[0],
        DICT.identify(bits.astype(np.float32), 0.6, 0.4),
    ]


def encoded(text="pyinfer", **settings):
    params = cv2.QRCodeEncoder_Params()
    for name, value in settings.items():
        setattr(params, name, value)
    return cv2.QRCodeEncoder.create(params).encode(text)


def enlarged(code, times=6):
    return cv2.copyMakeBorder(np.kron(code, np.ones((times, times), np.uint8)), 30, 30, 30, 30, 0, value=255)


def read_again(text, **settings):
    detector = cv2.QRCodeDetector()
    found, points, straight = detector.detectAndDecode(enlarged(encoded(text, **settings)))
    return found, points, straight, detector.getEncoding()


def appended():
    params = cv2.QRCodeEncoder_Params()
    params.structure_number = 2
    return cv2.QRCodeEncoder_create(params).encodeStructuredAppend("one and two and three")


def by_markers():
    detector = cv2.QRCodeDetectorAruco()
    params = detector.getDetectorParameters()
    params.minModuleSizeInPyramid = 3
    detector.setDetectorParameters(params)
    arucos = detector.getArucoParameters()
    arucos.minOtsuStdDev = 4
    detector.setArucoParameters(arucos)
    return [
        detector.getDetectorParameters().minModuleSizeInPyramid,
        detector.getArucoParameters().minOtsuStdDev,
        detector.detectAndDecode(enlarged(encoded()))[0],
    ]


def bars(text="4006381333931"):
    """EAN-13."""
    parity = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split()  # noqa: SIM905
    left = [f"{code:07b}" for code in (13, 25, 19, 61, 35, 49, 47, 59, 55, 11)]
    digits = [int(digit) for digit in text]
    right = ["".join("10"[int(bit)] for bit in code) for code in left]
    modules = "101"
    for digit, kind in zip(digits[1:7], parity[digits[0]], strict=True):
        modules += left[digit] if kind == "L" else right[digit][::-1]
    modules += "01010" + "".join(right[digit] for digit in digits[7:]) + "101"
    row = np.repeat(np.array([255 - 255 * int(bit) for bit in modules], np.uint8), 3)
    return cv2.copyMakeBorder(np.tile(row, (90, 1)), 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)


def barcode_settings():
    detector = cv2.barcode.BarcodeDetector()
    detector.setDownsamplingThreshold(256).setGradientThreshold(32)
    detector.setDetectorScales([0.02, 0.05])
    return [
        detector.getDownsamplingThreshold(),
        detector.getGradientThreshold(),
        detector.getDetectorScales(),
        detector.detectAndDecodeWithType(bars())[0],
    ]


CASES = {
    "detectMarkers": lambda: cv2.aruco.ArucoDetector(DICT).detectMarkers(inexact(page()))[:2],
    "detectMarkersMultiDict": lambda: multi(),
    "detectMarkersWithConfidence": lambda: confident(),
    "dictionaries": lambda: dictionaries(),
    "parameters": lambda: parameters(),
    "GridBoard": lambda: board(),
    "CharucoBoard": lambda: charuco(),
    "CharucoDetector": lambda: charuco_detector(),
    "identify": lambda: identified(),
    "QRCodeEncoder": lambda: encoded(),
    "QRCodeEncoder_numbers": lambda: encoded("0123456789", mode=cv2.QRCodeEncoder_MODE_NUMERIC),
    "QRCodeEncoder_letters": lambda: encoded("HELLO WORLD", mode=cv2.QRCodeEncoder_MODE_ALPHANUMERIC),
    "QRCodeEncoder_version": lambda: encoded(
        "a", version=4, correction_level=cv2.QRCodeEncoder_CORRECT_LEVEL_H
    ),
    "QRCodeEncoder_default": lambda: cv2.QRCodeEncoder_create().encode("https://example.org/a?b=c"),
    "encodeStructuredAppend": lambda: appended(),
    "detectAndDecode": lambda: read_again("some text"),
    "detectAndDecode_bytes": lambda: read_again("Grüße", mode=cv2.QRCodeEncoder_MODE_BYTE),
    "QRCodeDetectorAruco": lambda: by_markers(),
    "setUseAlignmentMarkers": lambda: (
        cv2.QRCodeDetector().setUseAlignmentMarkers(False).detectAndDecode(enlarged(encoded()))[0]
    ),
    "BarcodeDetector": lambda: cv2.barcode.BarcodeDetector().detectAndDecodeWithType(bars()),
    "BarcodeDetector_settings": lambda: barcode_settings(),
}
ERRORS = {
    "no_dictionaries": lambda: cv2.aruco.ArucoDetector([]),
    "dictionaries": lambda: cv2.aruco.ArucoDetector([DICT, 3]),
    "dictionary": lambda: cv2.aruco.ArucoDetector(3),
    "too_long": lambda: encoded("x" * 5000, version=1),
    "qr_text": lambda: cv2.QRCodeEncoder_create().encode(3),
    "qr_depth": lambda: cv2.QRCodeDetector().detectAndDecode(np.zeros((30, 30), np.float32)),
    "bits": lambda: DICT.identify(np.zeros((2, 2), np.uint8), 0.6),
    "marker": lambda: DICT.getMarkerBits(50),
    "scales": lambda: cv2.barcode.BarcodeDetector().setDetectorScales([0.0]),
    "threshold": lambda: cv2.barcode.BarcodeDetector().setDownsamplingThreshold(-1),
}


@pytest.mark.parametrize("case", CASES)
def test_codes(case, parity):
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
