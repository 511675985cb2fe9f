"""Settings of every class that only our own build has: their names, defaults, and what they keep."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

SMALL = (cv2.TERM_CRITERIA_COUNT, 7, 0.25)

#: Getters that need an argument, or natively tell what nobody has set.
_NOT_ASKED = {
    *("getDefaultName", "getChartsRGB", "getPyramidAt", "getBackgroundImage"),
    *("getColorChartType", "getRefColors"),
}

FACTORIES = {
    "SIFT": lambda: cv2.SIFT_create(),
    "SIFT_given": lambda: cv2.SIFT_create(99, 4, 0.03, 9, 1.5, True),
    "SIFT_typed": lambda: cv2.SIFT_create(50, 3, 0.04, 10, 1.6, cv2.CV_8U),
    "StereoBM": lambda: cv2.StereoBM_create(),
    "StereoBM_given": lambda: cv2.StereoBM_create(64, 15),
    "StereoSGBM": lambda: cv2.StereoSGBM_create(),
    "StereoSGBM_given": lambda: cv2.StereoSGBM.create(-8, 32, 5, P1=8, P2=32, mode=cv2.STEREO_SGBM_MODE_HH),
    "DISOpticalFlow": lambda: cv2.DISOpticalFlow_create(),
    "DISOpticalFlow_medium": lambda: cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM),
    "FarnebackOpticalFlow": lambda: cv2.FarnebackOpticalFlow_create(),
    "FarnebackOpticalFlow_given": lambda: cv2.FarnebackOpticalFlow.create(3, 0.7, True, winSize=9),
    "VariationalRefinement": lambda: cv2.VariationalRefinement_create(),
    "SparsePyrLKOpticalFlow": lambda: cv2.SparsePyrLKOpticalFlow_create(),
    "SparsePyrLKOpticalFlow_given": lambda: cv2.SparsePyrLKOpticalFlow.create((15, 11), 2, SMALL, 4, 0.5),
    "BackgroundSubtractorKNN": lambda: cv2.createBackgroundSubtractorKNN(),
    "BackgroundSubtractorKNN_given": lambda: cv2.createBackgroundSubtractorKNN(20, 99.5, False),
    "BackgroundSubtractorMOG2": lambda: cv2.createBackgroundSubtractorMOG2(30, 9, False),
    "GeneralizedHoughBallard": lambda: cv2.createGeneralizedHoughBallard(),
    "GeneralizedHoughGuil": lambda: cv2.createGeneralizedHoughGuil(),
    "Tonemap": lambda: cv2.createTonemap(1.5),
    "MSER": lambda: cv2.MSER_create(6, max_variation=0.5),
    "ORB": lambda: cv2.ORB_create(99, 1.5, fastThreshold=9),
    "GFTTDetector": lambda: cv2.GFTTDetector_create(9, 0.1, 2, 5, 5),
    "CLAHE": lambda: cv2.createCLAHE(3, (4, 5)),
    "RgbdNormals": lambda: cv2.RgbdNormals_create(30, 40, cv2.CV_32F, np.eye(3, dtype=np.float32)),
    "OdometrySettings": lambda: cv2.OdometrySettings(),
    "VolumeSettings": lambda: cv2.VolumeSettings(),
    "VolumeSettings_hash": lambda: cv2.VolumeSettings(cv2.VolumeType_HashTSDF),
    "QRCodeDetectorAruco": lambda: cv2.QRCodeDetectorAruco(),
    "BarcodeDetector": lambda: cv2.barcode.BarcodeDetector(),
    "PyRotationWarper": lambda: cv2.PyRotationWarper("spherical", 100),
    "GainCompensator": lambda: cv2.detail_GainCompensator(2),
    "ChannelsCompensator": lambda: cv2.detail_ChannelsCompensator(),
    "BlocksGainCompensator": lambda: cv2.detail_BlocksGainCompensator(16, 24, 3),
    "BlocksChannelsCompensator": lambda: cv2.detail_BlocksChannelsCompensator(),
    "CCheckerDetector": lambda: cv2.mcc.CCheckerDetector_create(),
    "ANNIndex": lambda: cv2.ANNIndex_create(4),
}


def _told(value):
    """What a getter says; of an object, its class."""
    if value is None or isinstance(value, int | float | str | tuple | np.ndarray):
        return value
    return type(value).__name__


def _getters(instance):
    names = [name for name in dir(type(instance)) if name.startswith("get") and name not in _NOT_ASKED]
    return [name for name in names if name.removeprefix("get")[:1].isupper()]


def _asked(instance):
    told = {}
    for name in _getters(instance):
        try:
            told[name] = _told(getattr(instance, name)())
        except cv2.error as refused:
            told[name] = refused.err or "needs arguments"
    return told


def _other(value):
    """Something else of the same type, that a setting may be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 2
    if isinstance(value, float):
        return value + 0.25
    if isinstance(value, tuple) and value and all(isinstance(item, int | float) for item in value):
        return tuple(_other(item) for item in value)
    if isinstance(value, np.ndarray):
        return value + 1
    return None


def _changed(instance):
    told = {}
    for name in _getters(instance):
        setter = "set" + name.removeprefix("get")
        if not hasattr(instance, setter):
            continue
        try:
            other = _other(getattr(instance, name)())
            if other is not None:
                getattr(instance, setter)(other)
                told[name] = _told(getattr(instance, name)())
        except cv2.error as refused:
            told[name] = refused.err
    return told


PROPERTIES = {
    "ALIKED.Params": lambda: cv2.ALIKED_Params(),
    "CirclesGridFinderParameters": lambda: cv2.CirclesGridFinderParameters(),
    "ECCParameters": lambda: cv2.ECCParameters(),
    "QRCodeEncoder.Params": lambda: cv2.QRCodeEncoder_Params(),
    "QRCodeDetectorAruco.Params": lambda: cv2.QRCodeDetectorAruco_Params(),
    "TrackerDaSiamRPN.Params": lambda: cv2.TrackerDaSiamRPN_Params(),
    "TrackerNano.Params": lambda: cv2.TrackerNano_Params(),
    "TrackerVit.Params": lambda: cv2.TrackerVit_Params(),
    "SimpleBlobDetector.Params": lambda: cv2.SimpleBlobDetector_Params(),
    "UsacParams": lambda: cv2.UsacParams(),
    "aruco.DetectorParameters": lambda: cv2.aruco.DetectorParameters(),
    "aruco.RefineParameters": lambda: cv2.aruco.RefineParameters(3.0, checkAllOrders=False),
    "aruco.CharucoParameters": lambda: cv2.aruco.CharucoParameters(),
    "mcc.DetectorParametersMCC": lambda: cv2.mcc.DetectorParametersMCC(),
    "dnn.Image2BlobParams": lambda: cv2.dnn.Image2BlobParams(),
    "MSTEdge": lambda: cv2.MSTEdge(),
}


def _properties(instance):
    return [
        name
        for name in dir(type(instance))
        if not name.startswith("_") and not callable(getattr(instance, name, None)) and name != "identifier"
    ]


def _read_and_written(instance):
    before = {name: _told(getattr(instance, name)) for name in _properties(instance)}
    for name, value in before.items():
        other = f"{value}x" if isinstance(value, str) else _other(value)
        if other is not None:
            setattr(instance, name, other)
    return before, {name: _told(getattr(instance, name)) for name in _properties(instance)}


@pytest.mark.parametrize("case", FACTORIES)
def test_defaults(case, parity):
    parity(_asked(FACTORIES[case]()))


@pytest.mark.parametrize("case", FACTORIES)
def test_changed(case, parity):
    parity(_changed(FACTORIES[case]()))


@pytest.mark.parametrize("case", PROPERTIES)
def test_properties(case, parity):
    parity(_read_and_written(PROPERTIES[case]()))
