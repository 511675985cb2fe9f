"""Markers, diamonds and board corners drawn where they were found."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

aruco = cv2.aruco
QUADS = [
    np.array([[[10, 10], [50, 12], [48, 52], [8, 47]]], np.float32),
    np.array([[[55.5, 20.25], [75, 30], [66.75, 50], [52, 41]]], np.float32),
]
CORNERS = np.concatenate(QUADS).reshape(-1, 1, 2)
IDS = np.array([[7], [40]], np.int32)
DIAMONDS = np.array([[[1, 2, 3, 4]], [[5, 6, 7, 8]]], np.int32)


def drawn(function, *args, **kwargs):
    image = photo()
    result = function(image, *args, **kwargs)
    return result, result is image


CASES = {
    "drawDetectedMarkers": lambda: aruco.drawDetectedMarkers(photo(), QUADS, IDS),
    "drawDetectedMarkers_tuple": lambda: aruco.drawDetectedMarkers(photo(), tuple(QUADS), IDS[::-1].copy()),
    "drawDetectedMarkers_no_ids": lambda: drawn(aruco.drawDetectedMarkers, QUADS),
    "drawDetectedMarkers_color": lambda: drawn(aruco.drawDetectedMarkers, QUADS, borderColor=(255, 9, 40)),
    "drawDetectedMarkers_grey": lambda: aruco.drawDetectedMarkers(photo(channels=1), QUADS, IDS),
    "drawDetectedMarkers_double": lambda: aruco.drawDetectedMarkers(
        photo(), [QUADS[0].astype(float)], IDS[:1]
    ),
    "drawDetectedMarkers_none": lambda: aruco.drawDetectedMarkers(photo(), [], None),
    "drawDetectedDiamonds": lambda: aruco.drawDetectedDiamonds(photo(), QUADS, DIAMONDS),
    "drawDetectedDiamonds_color": lambda: drawn(aruco.drawDetectedDiamonds, QUADS, None, (9, 200, 40)),
    "drawDetectedCornersCharuco": lambda: aruco.drawDetectedCornersCharuco(
        photo(), CORNERS, np.arange(8, dtype=np.int32).reshape(-1, 1)
    ),
    "drawDetectedCornersCharuco_no_ids": lambda: drawn(aruco.drawDetectedCornersCharuco, CORNERS),
    "drawDetectedCornersCharuco_color": lambda: drawn(
        aruco.drawDetectedCornersCharuco, CORNERS, cornerColor=(10, 250, 30)
    ),
}
ERRORS = {
    "markers_ids": lambda: aruco.drawDetectedMarkers(photo(), QUADS, IDS[:1]),
    "markers_shape": lambda: aruco.drawDetectedMarkers(photo(), [QUADS[0][:, :3].copy()], IDS[:1]),
    "markers_channels": lambda: aruco.drawDetectedMarkers(np.zeros((9, 9, 2), np.uint8), QUADS),
    "markers_number": lambda: aruco.drawDetectedMarkers(photo(), 5),
    "diamonds_ids": lambda: aruco.drawDetectedDiamonds(photo(), QUADS, DIAMONDS[:1]),
    "charuco_ids": lambda: aruco.drawDetectedCornersCharuco(photo(), CORNERS, IDS),
}


@pytest.mark.parametrize("name", CASES)
def test_markers(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_markers_errors(name, parity):
    parity.raised(ERRORS[name])
