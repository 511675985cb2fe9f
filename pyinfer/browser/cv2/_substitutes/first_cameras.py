"""A first guess of a camera matrix: modules/calib/src/calibration.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import Array, present
from ._points import count_of, failed_check

__all__ = ["initCameraMatrix2D"]

_SOURCE = "calib/src/calibration.cpp"
_COLLECT = "collectCalibrationData"
_COLLECT_ALL = (
    "void cv::collectCalibrationData(InputArrayOfArrays, InputArrayOfArrays, InputArrayOfArrays, int, "
    "OutputArray, OutputArray, OutputArray, OutputArray)"
)
_NORMAL_AND_SVD = 16 | 1


def initCameraMatrix2D(
    objectPoints: list[Array | None],
    imagePoints: list[Array | None],
    imageSize: tuple[int, int],
    aspectRatio: float,
) -> Array:
    """A camera matrix from views of a plane by their vanishing points, float64 (3, 3).

    Raises
    ------
    cv2.error
        No views; views without points, or with other points than float32, or not as many in image and space;
        whatever findHomography raises.
    """
    views = _views(objectPoints, imagePoints)
    centre = [(side - 1) * 0.5 if side else 0.5 for side in imageSize]
    rows, right = [], []
    for world, image in views:
        homography = call_by_name("findHomography", world, image)[0]
        if homography is None:
            condition = "matH0.size() == Size(3, 3)"
            raise failed_assertion(condition, "initIntrinsicParams2D", f"{_SOURCE}:526")
        for first, second in _orthogonal(homography, centre):
            rows.append(first[:2] * second[:2])
            right.append([-first[2] * second[2]])
    solved = call_by_name("solve", np.array(rows), np.array(right), flags=_NORMAL_AND_SVD)[1]
    with np.errstate(all="ignore"):
        fx, fy = np.sqrt(np.abs(1 / solved.reshape(2)))
        if aspectRatio != 0:
            fy = (fx + fy) / (aspectRatio + 1)
            fx = aspectRatio * fy
    return np.array([[fx, 0, centre[0]], [0, fy, centre[1]], [0, 0, 1]], np.float64)


def _orthogonal(homography: Array, centre: list[float]) -> list[tuple[Array, Array]]:
    """Pairs of directions in the image that are orthogonal in the plane, of length 1."""
    moved = homography.astype(np.float64)
    moved[0] -= moved[2] * centre[0]
    moved[1] -= moved[2] * centre[1]
    across, down = moved[:, 0], moved[:, 1]
    with np.errstate(all="ignore"):
        axes = [across, down, (across + down) * 0.5, (across - down) * 0.5]
        units = [axis * (1 / np.sqrt((axis * axis).sum())) for axis in axes]
    return [(units[0], units[1]), (units[2], units[3])]


def _views(objectPoints: list[Array | None], imagePoints: list[Array | None]) -> list[tuple[Array, Array]]:
    """Points in space (n, 1, 3) and in the image (n, 1, 2) for each view."""
    if not objectPoints:
        raise failed_assertion("nimages > 0", _COLLECT, f"{_SOURCE}:2731")
    if len(objectPoints) != len(imagePoints):
        left, right = ("nimages", len(objectPoints)), ("(int)imagePoints1.total()", len(imagePoints))
        raise failed_check("", left, "==", right, _COLLECT_ALL, f"{_SOURCE}:2732")
    views = []
    for world, image in zip(objectPoints, imagePoints, strict=True):
        sets = (
            (present(world), 3, "objectPoints", "Point3f", 2743),
            (present(image), 2, "imagePoints1", "Point2f", 2750),
        )
        for points, numbers, name, kind, line in sets:
            if not points.size:
                text = f"{name} should not contain empty vector of vectors of points"
                raise opencv_error(-201, "Incorrect size of input array", text, _COLLECT, f"{_SOURCE}:{line}")
            if points.dtype != np.float32 or count_of(points, numbers) <= 0:
                text = f"{name} should contain vector of vectors of points of type {kind}"
                name = "Unsupported format or combination of formats"
                raise opencv_error(-210, name, text, _COLLECT, f"{_SOURCE}:{line + 3}")
        counts = [points.size // numbers for points, numbers, *_ in sets]
        if counts[0] != counts[1]:
            message = "Number of object and image points must be equal"
            left, right = ("numberOfObjectPoints", counts[0]), ("numberOfImagePoints", counts[1])
            raise failed_check(message, left, "==", right, _COLLECT_ALL, f"{_SOURCE}:2754")
        views.append((sets[0][0].reshape(-1, 1, 3), sets[1][0].reshape(-1, 1, 2)))
    return views
