"""Codes and markers in images."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

#: Two QR codes, a number a row; they say "pyinfer 123" and "https://example.org/a?b=c".
_SHORT = """
    7F5DFC 411904 5D6974 5D6574 5D4974 413D04 7F55FC C00 797E74 5ACCCC 5B190C 5C0A28 23F780 49F8
    7F2CE0 41003C 5D26B0 5D7238 5D4500 415544 7F61D0
"""
_LONG = """
    7F0E1FC 4132504 5D04574 5D46D74 5D60574 410F104 7F555FC 19C00 63AA060 2867EF8 1713CAC 76A55A4
    65ECD84 6640C88 4D6C9EC 54A83B4 611E7D0 67440 7F58544 414DC4C 5D17FD0 5D0970C 5D12834 4170EC4
    7F61524
"""

DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
CAMERA = np.array([[600.0, 0, 320], [0, 600, 240], [0, 0, 1]])


def qr(code, scale=6):
    rows = [int(row, 16) for row in code.split()]
    width = len(rows) + 4
    bits = np.array([[row >> (width - 1 - column) & 1 for column in range(width)] for row in rows], np.uint8)
    pixels = np.pad(255 - 255 * bits, ((2, 2), (0, 0)), constant_values=255)
    return np.kron(pixels, np.ones((scale, scale), np.uint8))


def page(*codes):
    image = np.full((260, 40 + sum(code.shape[1] + 40 for code in codes)), 255, np.uint8)
    left = 40
    for code in codes:
        image[30 : 30 + code.shape[0], left : left + code.shape[1]] = code
        left += code.shape[1] + 40
    return image


QR = page(qr(_SHORT))
SEVERAL = page(qr(_SHORT), qr(_LONG))
QR_POINTS = cv2.QRCodeDetector().detect(QR)[1]

#: A digit's seven modules, and which of the first six digits have which of two forms, by EAN-13.
_DIGITS = [format(code, "07b") for code in (13, 25, 19, 61, 35, 49, 47, 59, 55, 11)]
_SIDES = (
    *("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG"),
    *("LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"),
)


def _inverted(code):
    return code.translate({48: "1", 49: "0"})


def ean13(digits="4006381333931", height=100, width=2):
    """A bar code."""
    tables = {"L": _DIGITS, "G": [_inverted(code)[::-1] for code in _DIGITS], "R": [*map(_inverted, _DIGITS)]}
    sides = _SIDES[int(digits[0])] + "RRRRRR"
    codes = [tables[side][int(digit)] for side, digit in zip(sides, digits[1:], strict=True)]
    bits = "101" + "".join(codes[:6]) + "01010" + "".join(codes[6:]) + "101"
    row = np.repeat([255 * (bit == "0") for bit in bits], width).astype(np.uint8)
    return np.pad(np.tile(row, (height, 1)), 40, constant_values=255)


def markers(*ids, side=90, noisy=True):
    image = np.full((240, 60 + 130 * len(ids)), 230, np.uint8)
    for place, number in enumerate(ids):
        left = 40 + 130 * place
        image[60 : 60 + side, left : left + side] = DICTIONARY.generateImageMarker(number, side)
    turned = cv2.warpAffine(
        image, cv2.getRotationMatrix2D((200, 120), 7, 0.95), image.shape[::-1], borderValue=230
    )
    return turned - noise(*turned.shape) // 16 if noisy else turned


def detector(dictionary=DICTIONARY, **changes):
    parameters = cv2.aruco.DetectorParameters()
    for name, value in changes.items():
        setattr(parameters, name, value)
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def board():
    return cv2.aruco.GridBoard((3, 2), 0.04, 0.01, DICTIONARY)


def charuco():
    return cv2.aruco.CharucoBoard((5, 4), 0.04, 0.03, DICTIONARY)


def turned(image):
    matrix = cv2.getRotationMatrix2D((image.shape[1] / 2, image.shape[0] / 2), 5, 0.8)
    return cv2.warpAffine(image, matrix, image.shape[::-1], borderValue=255)


def drawn():
    corners, ids, _ = detector().detectMarkers(markers(1, 2))
    image = cv2.cvtColor(markers(1, 2), cv2.COLOR_GRAY2BGR)
    return cv2.aruco.drawDetectedMarkers(image, corners, ids, (0, 200, 100))


def refined():
    image = turned(board().generateImage((400, 300), marginSize=20))
    corners, ids, rejected = detector().detectMarkers(image)
    return detector().refineDetectedMarkers(image, board(), corners[:4], ids[:4], (*rejected, *corners[4:]))


def matched():
    image = turned(board().generateImage((400, 300), marginSize=20))
    corners, ids, _ = detector().detectMarkers(image)
    return board().matchImagePoints(corners, ids)


def posed():
    objects, points = matched()
    return cv2.solvePnP(objects, points, CAMERA, None)


def attributes(instance, names):
    return [getattr(instance, name) for name in names.split()]


PARAMETERS = """
    adaptiveThreshWinSizeMin adaptiveThreshWinSizeMax adaptiveThreshWinSizeStep
    adaptiveThreshConstant minMarkerPerimeterRate maxMarkerPerimeterRate polygonalApproxAccuracyRate
    minCornerDistanceRate minDistanceToBorder minMarkerDistanceRate minGroupDistance
    cornerRefinementMethod cornerRefinementWinSize relativeCornerRefinmentWinSize
    cornerRefinementMaxIterations cornerRefinementMinAccuracy markerBorderBits
    perspectiveRemovePixelPerCell perspectiveRemoveIgnoredMarginPerCell maxErroneousBitsInBorderRate
    minOtsuStdDev errorCorrectionRate aprilTagQuadDecimate aprilTagQuadSigma
    aprilTagMinClusterPixels aprilTagMaxNmaxima aprilTagCriticalRad aprilTagMaxLineFitMse
    aprilTagMinWhiteBlackDiff aprilTagDeglitch detectInvertedMarker useAruco3Detection
    minSideLengthCanonicalImg minMarkerLengthRatioOriginalImg validBitIdThreshold
"""


def changed(instance, **changes):
    for name, value in changes.items():
        setattr(instance, name, value)
    return attributes(instance, " ".join(changes))


def dictionary():
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def diamonds():
    """A chessboard of nine squares with four markers."""
    board = cv2.aruco.CharucoBoard((3, 3), 0.04, 0.02, dictionary(), np.array([4, 8, 15, 16]))
    detector = cv2.aruco.CharucoDetector(cv2.aruco.CharucoBoard((3, 3), 0.04, 0.02, dictionary()))
    return detector.detectDiamonds(board.generateImage((300, 300), marginSize=30))


def set_up_board():
    made = cv2.aruco.CharucoDetector(cv2.aruco.CharucoBoard((3, 3), 0.04, 0.02, dictionary()))
    parameters = cv2.aruco.CharucoParameters()
    parameters.minMarkers = 1
    made.setBoard(charuco())
    made.setCharucoParameters(parameters)
    made.setDetectorParameters(cv2.aruco.DetectorParameters())
    made.setRefineParameters(cv2.aruco.RefineParameters())
    return made.detectBoard(turned(charuco().generateImage((500, 400), marginSize=20)))


def set_up_qr():
    made = cv2.QRCodeDetectorAruco()
    made.setArucoParameters(cv2.aruco.DetectorParameters())
    return made.detectAndDecode(QR)


CASES = {
    "diamonds": diamonds,
    "charuco_set": set_up_board,
    "qr_aruco_markers": set_up_qr,
    "qr_curved_decode": lambda: cv2.QRCodeDetector().decodeCurved(QR, QR_POINTS),
    "qr": lambda: cv2.QRCodeDetector().detectAndDecode(QR),
    "qr_colour": lambda: cv2.QRCodeDetector().detectAndDecode(np.dstack([QR] * 3)),
    "qr_turned": lambda: cv2.QRCodeDetector().detectAndDecode(turned(QR))[:2],
    "qr_none": lambda: cv2.QRCodeDetector().detectAndDecode(noise(100, 100)),
    "qr_detect": lambda: cv2.QRCodeDetector().detect(QR),
    "qr_detect_none": lambda: cv2.QRCodeDetector().detect(np.zeros((50, 50), np.uint8)),
    "qr_decode": lambda: cv2.QRCodeDetector().decode(QR, QR_POINTS),
    "qr_several": lambda: cv2.QRCodeDetector().detectAndDecodeMulti(SEVERAL),
    "qr_several_none": lambda: cv2.QRCodeDetector().detectAndDecodeMulti(noise(100, 100)),
    "qr_several_detect": lambda: cv2.QRCodeDetector().detectMulti(SEVERAL),
    "qr_several_decode": lambda: cv2.QRCodeDetector().decodeMulti(
        SEVERAL, cv2.QRCodeDetector().detectMulti(SEVERAL)[1]
    ),
    "qr_curved": lambda: cv2.QRCodeDetector().detectAndDecodeCurved(QR),
    "qr_epsilon": lambda: cv2.QRCodeDetector().setEpsX(0.3).setEpsY(0.2).detect(QR),
    "qr_aruco": lambda: cv2.QRCodeDetectorAruco().detectAndDecode(QR),
    "qr_aruco_several": lambda: cv2.QRCodeDetectorAruco().detectAndDecodeMulti(SEVERAL),
    "qr_aruco_parameters": lambda: attributes(
        cv2.QRCodeDetectorAruco_Params(),
        "minModuleSizeInPyramid maxRotation maxModuleSizeMismatch maxTimingPatternMismatch maxPenalties "
        "maxColorsMismatch scaleTimingPatternScore",
    ),
    "qr_aruco_set": lambda: (
        cv2.QRCodeDetectorAruco().setDetectorParameters(cv2.QRCodeDetectorAruco.Params()).detect(QR)
    ),
    "bars": lambda: cv2.barcode.BarcodeDetector().detectAndDecode(ean13()),
    "bars_type": lambda: cv2.barcode.BarcodeDetector().detectAndDecodeWithType(ean13()),
    "bars_several": lambda: cv2.barcode_BarcodeDetector().detectAndDecodeMulti(ean13()),
    "bars_detect": lambda: cv2.barcode.BarcodeDetector().detect(ean13()),
    "bars_decode": lambda: cv2.barcode.BarcodeDetector().decodeWithType(
        ean13(), cv2.barcode.BarcodeDetector().detect(ean13())[1]
    ),
    "bars_none": lambda: cv2.barcode.BarcodeDetector().detectAndDecodeWithType(noise(90, 90)),
    "dictionary": lambda: attributes(dictionary(), "bytesList markerSize maxCorrectionBits"),
    "dictionary_own": lambda: attributes(
        cv2.aruco.Dictionary(DICTIONARY.bytesList[:5], 4, 1), "bytesList markerSize maxCorrectionBits"
    ),
    "dictionary_empty": lambda: attributes(cv2.aruco.Dictionary(), "bytesList markerSize maxCorrectionBits"),
    "dictionary_changed": lambda: changed(
        cv2.aruco.Dictionary(), markerSize=7, bytesList=DICTIONARY.bytesList
    ),
    "dictionary_distance": lambda: dictionary().getDistanceToId(noise(4, 4) // 128, 3),
    "dictionary_marker": lambda: dictionary().generateImageMarker(7, 60, borderBits=2),
    "dictionary_bits": lambda: cv2.aruco.Dictionary.getBitsFromByteList(DICTIONARY.bytesList[3:4], 4),
    "dictionary_bytes": lambda: cv2.aruco.Dictionary_getByteListFromBits(noise(4, 4) // 128),
    "dictionary_extended": lambda: cv2.aruco.extendDictionary(60, 4, DICTIONARY, 5).bytesList.shape,
    "marker": lambda: cv2.aruco.generateImageMarker(DICTIONARY, 11, 80),
    "parameters": lambda: attributes(cv2.aruco.DetectorParameters(), PARAMETERS),
    "parameters_changed": lambda: changed(
        cv2.aruco.DetectorParameters(),
        adaptiveThreshConstant=5,
        minGroupDistance=0.1,
        useAruco3Detection=True,
    ),
    "refine_parameters": lambda: attributes(
        cv2.aruco.RefineParameters(5, 2.5), "minRepDistance errorCorrectionRate checkAllOrders"
    ),
    "charuco_parameters": lambda: attributes(
        cv2.aruco.CharucoParameters(), "cameraMatrix distCoeffs minMarkers tryRefineMarkers checkMarkers"
    ),
    "charuco_camera": lambda: changed(cv2.aruco.CharucoParameters(), cameraMatrix=CAMERA, minMarkers=1),
    "markers": lambda: detector().detectMarkers(markers(1, 20, 33)),
    "markers_default": lambda: cv2.aruco.ArucoDetector().detectMarkers(markers(5)),
    "markers_none": lambda: detector().detectMarkers(np.full((90, 90), 255, np.uint8)),
    "markers_subpixel": lambda: detector(
        cornerRefinementMethod=cv2.aruco.CORNER_REFINE_SUBPIX, cornerRefinementWinSize=3
    ).detectMarkers(markers(4, 9)),
    "markers_contour": lambda: detector(cornerRefinementMethod=cv2.aruco.CORNER_REFINE_CONTOUR).detectMarkers(
        markers(4, 9)
    ),
    "markers_set": lambda: set_up().detectMarkers(markers(1, 2)),
    "markers_refined": refined,
    "board": lambda: board().generateImage((300, 200), None, 10, 1),
    "board_getters": lambda: [
        board().getGridSize(),
        board().getMarkerLength(),
        board().getMarkerSeparation(),
    ],
    "board_matched": matched,
    "board_posed": posed,
    "board_own": lambda: cv2.aruco.Board(
        [np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)], DICTIONARY, np.array([3])
    ).generateImage((100, 100)),
    "charuco": lambda: charuco().generateImage((320, 260), marginSize=8),
    "charuco_getters": lambda: [
        charuco().getChessboardSize(),
        charuco().getSquareLength(),
        charuco().getMarkerLength(),
    ],
    "charuco_corners": lambda: charuco().getChessboardCorners(),
    "charuco_legacy": lambda: legacy(),
    "charuco_collinear": lambda: charuco().checkCharucoCornersCollinear(np.array([0, 1, 2, 3])),
    "charuco_detected": lambda: cv2.aruco.CharucoDetector(charuco()).detectBoard(
        turned(charuco().generateImage((500, 400), marginSize=20))
    ),
    "charuco_given": lambda: given(),
    "charuco_none": lambda: cv2.aruco.CharucoDetector(charuco()).detectBoard(
        np.full((99, 99), 255, np.uint8)
    ),
    "kinds": lambda: [
        cv2.aruco.ArucoDetector is cv2.aruco_ArucoDetector,
        isinstance(board(), cv2.aruco.Board),
        isinstance(cv2.QRCodeDetector(), cv2.GraphicalCodeDetector),
        issubclass(cv2.barcode.BarcodeDetector, cv2.GraphicalCodeDetector),
        *(f"{c.__module__} {c.__qualname__}" for c in (cv2.aruco.Board, cv2.QRCodeDetectorAruco.Params)),
        *(repr(each).rpartition(" ")[0] for each in (board(), DICTIONARY, cv2.barcode.BarcodeDetector())),
    ],
}


def set_up():
    made = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_7X7_50))
    made.setDictionary(DICTIONARY)
    made.setDetectorParameters(cv2.aruco.DetectorParameters())
    made.setRefineParameters(cv2.aruco.RefineParameters())
    return made


def legacy():
    made = charuco()
    made.setLegacyPattern(True)
    return made.getLegacyPattern(), made.generateImage((200, 160))


def given():
    image = turned(charuco().generateImage((500, 400), marginSize=20))
    corners, ids, _ = detector().detectMarkers(image)
    return cv2.aruco.CharucoDetector(charuco()).detectBoard(image, None, None, corners, ids)


@pytest.mark.parametrize("case", CASES)
def test_objdetect(case, parity):
    parity(CASES[case]())


def test_markers_drawn(parity):
    parity(drawn(), levels=1, because="lines and text are blended in floats, natively by other instructions")


ERRORS = {
    "detector_type": lambda: cv2.aruco.ArucoDetector(1),
    "detector_parameters": lambda: cv2.aruco.ArucoDetector(DICTIONARY, 1),
    "detector_many": lambda: cv2.aruco.ArucoDetector(1, 2, 3, 4, 5),
    "detector_missing": lambda: detector().detectMarkers(),
    "dictionary_missing": lambda: detector().setDictionary(),
    "dictionary_type": lambda: detector().setDictionary(3),
    "dictionary_number": lambda: cv2.aruco.getPredefinedDictionary("a"),
    "dictionary_size": lambda: changed(cv2.aruco.Dictionary(), markerSize="a"),
    "marker_id": lambda: cv2.aruco.generateImageMarker(DICTIONARY, 99, 80),
    "board_size": lambda: cv2.aruco.GridBoard(1, 2, 3, 4),
    "board_type": lambda: cv2.aruco.GridBoard((1, 2), 2, 3, 4),
    "board_missing": lambda: cv2.aruco.GridBoard(),
    "refined_type": lambda: detector().refineDetectedMarkers(QR, 3, [], None, []),
    "parameters_many": lambda: cv2.aruco.DetectorParameters(1),
    "parameters_name": lambda: cv2.aruco.DetectorParameters().foo,
    "parameters_set": lambda: setattr(cv2.aruco.DetectorParameters(), "foo", 1),
    "parameters_value": lambda: changed(cv2.aruco.DetectorParameters(), minDistanceToBorder=1.5),
    "parameters_bool": lambda: changed(cv2.aruco.DetectorParameters(), detectInvertedMarker="a"),
    "parameters_wide": lambda: changed(cv2.aruco.DetectorParameters(), minDistanceToBorder=2**40),
    "qr_many": lambda: cv2.QRCodeDetector(1),
    "qr_type": lambda: cv2.QRCodeDetectorAruco(3),
    "qr_points": lambda: cv2.QRCodeDetector().decode(QR, np.zeros((3, 2), np.float32)),
    "qr_image": lambda: cv2.QRCodeDetector().detect("a"),
    "bars_many": lambda: cv2.barcode.BarcodeDetector(1, 2),
    "charuco_few": lambda: cv2.aruco.CharucoBoard((1, 1), 0.04, 0.03, DICTIONARY),
}


@pytest.mark.parametrize("case", ERRORS)
def test_objdetect_errors(case, parity):
    parity.raised(ERRORS[case])
