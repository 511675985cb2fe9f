"""What the objects of a class are set to at first, and what they tell after it was changed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

aruco = cv2.aruco

#: Each with values that differ from the first ones.
SETTERS = {
    "fast": (
        cv2.FastFeatureDetector_create,
        {"Threshold": 33, "NonmaxSuppression": False, "Type": cv2.FastFeatureDetector_TYPE_7_12},
    ),
    "gftt": (
        cv2.GFTTDetector_create,
        {
            "MaxFeatures": 12,
            "QualityLevel": 0.25,
            "MinDistance": 4.5,
            "BlockSize": 5,
            "HarrisDetector": True,
            "K": 0.0625,
        },
    ),
    "mser": (cv2.MSER_create, {"Delta": 7, "MinArea": 20, "MaxArea": 900, "Pass2Only": True}),
    "clahe": (cv2.createCLAHE, {"ClipLimit": 3.5, "TilesGridSize": (4, 6)}),
    "align": (cv2.createAlignMTB, {"MaxBits": 4, "ExcludeRange": 7, "Cut": False}),
    "debevec": (cv2.createCalibrateDebevec, {"Lambda": 2.5, "Samples": 33, "Random": True}),
    "robertson": (cv2.createCalibrateRobertson, {"MaxIter": 12, "Threshold": 0.25}),
    "mertens": (
        cv2.createMergeMertens,
        {"ContrastWeight": 0.5, "SaturationWeight": 0.25, "ExposureWeight": 0.75},
    ),
    "drago": (cv2.createTonemapDrago, {"Gamma": 2.25, "Saturation": 0.5, "Bias": 0.75}),
    "mantiuk": (cv2.createTonemapMantiuk, {"Gamma": 2.25, "Saturation": 0.5, "Scale": 0.625}),
    "reinhard": (
        cv2.createTonemapReinhard,
        {"Gamma": 2.25, "Intensity": 1.5, "LightAdaptation": 0.5, "ColorAdaptation": 0.25},
    ),
    "plain_tonemap": (cv2.createTonemapDrago, {"Gamma": 1.5}),
}

#: Each with the words that native's class has, and the value that numbers are set to.
PROPERTIES = {
    "detector": (
        aruco.DetectorParameters,
        "adaptiveThreshConstant adaptiveThreshWinSizeMax adaptiveThreshWinSizeMin adaptiveThreshWinSizeStep "
        "aprilTagCriticalRad aprilTagDeglitch aprilTagMaxLineFitMse aprilTagMaxNmaxima "
        "aprilTagMinClusterPixels aprilTagMinWhiteBlackDiff aprilTagQuadDecimate aprilTagQuadSigma "
        "cornerRefinementMaxIterations cornerRefinementMethod cornerRefinementMinAccuracy "
        "cornerRefinementWinSize detectInvertedMarker errorCorrectionRate markerBorderBits "
        "maxErroneousBitsInBorderRate maxMarkerPerimeterRate minCornerDistanceRate minDistanceToBorder "
        "minGroupDistance minMarkerDistanceRate minMarkerLengthRatioOriginalImg minMarkerPerimeterRate "
        "minOtsuStdDev minSideLengthCanonicalImg perspectiveRemoveIgnoredMarginPerCell "
        "perspectiveRemovePixelPerCell polygonalApproxAccuracyRate relativeCornerRefinmentWinSize "
        "useAruco3Detection validBitIdThreshold",
    ),
    "refinement": (aruco.RefineParameters, "checkAllOrders errorCorrectionRate minRepDistance"),
    "charuco": (aruco.CharucoParameters, "checkMarkers minMarkers tryRefineMarkers"),
    "qr_code": (
        cv2.QRCodeDetectorAruco_Params,
        "maxColorsMismatch maxModuleSizeMismatch maxPenalties maxRotation maxTimingPatternMismatch "
        "minModuleSizeInPyramid scaleTimingPatternScore",
    ),
    "consensus": (
        cv2.UsacParams,
        "confidence final_polisher final_polisher_iterations isParallel loIterations loMethod loSampleSize "
        "maxIterations neighborsSearch randomGeneratorState sampler score threshold",
    ),
}


@pytest.mark.parametrize("name", SETTERS)
def test_setters(name, parity):
    make, values = SETTERS[name]
    instance = make()
    told = [getattr(instance, f"get{word}")() for word in values]
    for word, value in values.items():
        told.append(getattr(instance, f"set{word}")(value))
    told += [getattr(instance, f"get{word}")() for word in values]
    parity(told)


def other(value):
    return not value if isinstance(value, bool) else value + 3


#: opencv.js can set these of ORB, but can't tell them.
ORB = {
    "MaxFeatures": 77,
    "ScaleFactor": 1.5,
    "NLevels": 3,
    "EdgeThreshold": 11,
    "FirstLevel": 1,
    "ScoreType": cv2.ORB_FAST_SCORE,
    "PatchSize": 21,
    "FastThreshold": 9,
}


@pytest.mark.parametrize("word", ORB)
def test_orb(word, parity):
    orb = cv2.ORB_create()
    getattr(orb, f"set{word}")(ORB[word])
    found, descriptors = orb.detectAndCompute(photo(240, 320, 1), None)
    told = [(k.octave, *k.pt, k.size, k.response, k.angle) for k in found]
    parity([told, descriptors, getattr(orb, f"get{word}")()])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            cv2.ORB_create,
            "MaxFeatures ScaleFactor NLevels EdgeThreshold FirstLevel WTA_K ScoreType PatchSize",
        ),
        (
            cv2.MSER_create,
            "MaxVariation MinDiversity MaxEvolution AreaThreshold MinMargin EdgeBlurSize",
        ),
        (cv2.createBackgroundSubtractorMOG2, "History VarThreshold DetectShadows"),
    ],
)
def test_kept_settings(make, words, parity):
    """opencv.js does not tell them."""
    parity([getattr(make(), f"get{word}")() for word in words.split()])


def test_kept_arguments(parity):
    orb = cv2.ORB_create(77, 1.3, fastThreshold=11, scoreType=cv2.ORB_FAST_SCORE)
    mser = cv2.MSER_create(max_variation=0.5, edge_blur_size=7)
    subtractor = cv2.createBackgroundSubtractorMOG2(90, detectShadows=False)
    told = [orb.getMaxFeatures(), orb.getScaleFactor(), orb.getScoreType(), orb.getFastThreshold()]
    told += [mser.getMaxVariation(), mser.getEdgeBlurSize(), mser.getDelta()]
    parity([*told, subtractor.getHistory(), subtractor.getDetectShadows(), subtractor.getVarThreshold()])


def test_orb_of_three(parity):
    orb = cv2.ORB_create()
    orb.setWTA_K(3)
    keypoints = [cv2.KeyPoint(60 + 9.0 * n, 50 + 7.0 * n, 31, 20.0 * n) for n in range(16)]
    parity(orb.compute(photo(240, 320, 1), keypoints)[1])


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties(name, parity):
    make, words = PROPERTIES[name]
    instance = make()
    told = [getattr(instance, word) for word in words.split()]
    for word in words.split():
        setattr(instance, word, other(getattr(instance, word)))
    told += [getattr(instance, word) for word in words.split()]
    parity(told)


def test_matrices_of_charuco_parameters(parity):
    parameters = aruco.CharucoParameters()
    before = [parameters.cameraMatrix, parameters.distCoeffs]
    parameters.cameraMatrix, parameters.distCoeffs = np.eye(3) * 5, np.arange(5.0)
    parity([*before, parameters.cameraMatrix, parameters.distCoeffs])


def test_clahe(parity):
    clahe = cv2.createCLAHE(2.0, (4, 3))
    image = np.random.default_rng(5).integers(0, 256, (61, 83), np.uint8)
    results = [clahe.apply(image), clahe.apply(image.astype(np.uint16) * 200)]
    clahe.collectGarbage()
    clahe.setClipLimit(40.0)
    parity([*results, clahe.apply(image, np.empty_like(image)), cv2.createCLAHE().apply(image[::2, 3:50])])
