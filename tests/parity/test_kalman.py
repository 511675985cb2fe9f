"""The Kalman filter."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

MATRICES = (
    *("controlMatrix", "errorCovPost", "errorCovPre", "gain", "measurementMatrix", "measurementNoiseCov"),
    *("processNoiseCov", "statePost", "statePre", "transitionMatrix"),
)


def state(kalman):
    return [getattr(kalman, name) for name in MATRICES]


def tracker(dtype=np.float32):
    """A point that moves, as everyone sets it up."""
    kalman = cv2.KalmanFilter(4, 2, 0, cv2.CV_32F if dtype == np.float32 else cv2.CV_64F)
    kalman.transitionMatrix = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]], dtype)
    kalman.measurementMatrix = np.eye(2, 4, dtype=dtype)
    kalman.processNoiseCov = 0.03 * np.eye(4, dtype=dtype)
    kalman.measurementNoiseCov = 0.5 * np.eye(2, dtype=dtype)
    kalman.errorCovPost = np.eye(4, dtype=dtype)
    return kalman


def track(dtype=np.float32):
    kalman, seen = tracker(dtype), np.random.default_rng(0).normal(0, 1, (30, 2, 1)).cumsum(axis=0)
    results = []
    for point in seen.astype(dtype):
        results += [kalman.predict(), kalman.correct(point)]
    return results, state(kalman)


def coasting():
    kalman = tracker()
    kalman.correct(np.float32([[3], [4]]))
    return [kalman.predict() for _ in range(4)], state(kalman)


def steered():
    kalman = cv2.KalmanFilter(2, 1, 1)
    kalman.controlMatrix = np.float32([[0.5], [1]])
    results = [kalman.predict(np.float32([[2]])), kalman.predict(np.float32([3])), kalman.predict()]
    return results, kalman.predict(control=np.float32([[1]]))


def shared():
    """What is assigned is the filter's own; what is read before is a copy."""
    kalman = cv2.KalmanFilter(2, 1)
    kalman.statePost[0] = 5
    before = kalman.statePost
    mine = np.zeros((2, 1), np.float32)
    kalman.statePost = mine
    mine[0] = 7
    kalman.statePre = np.float32([[1], [1]])
    first = kalman.statePre
    kalman.predict()
    return before, kalman.statePost, kalman.statePost is mine, mine, first, kalman.statePre is first


def assigned(value):
    kalman = cv2.KalmanFilter(2, 1)
    kalman.statePre = value
    return kalman.statePre


def deleted():
    del cv2.KalmanFilter(2, 1).statePre


def with_matrix(name, value):
    kalman = tracker()
    setattr(kalman, name, value)
    return kalman


CASES = {
    "new": lambda: state(cv2.KalmanFilter(4, 2)),
    "new_controlled": lambda: state(cv2.KalmanFilter(4, 2, 3)),
    "new_double": lambda: state(cv2.KalmanFilter(3, 1, type=cv2.CV_64F)),
    "new_negative_control": lambda: state(cv2.KalmanFilter(dynamParams=3, measureParams=1, controlParams=-2)),
    "new_empty": lambda: state(cv2.KalmanFilter()),
    "track": track,
    "track_double": lambda: track(np.float64),
    "coasting": coasting,
    "steered": steered,
    "shared": shared,
    "assigned": lambda: [assigned(v) for v in (5, (1, 2.5), None, np.zeros(2), np.zeros((2, 1), np.int64))],
    "uncertain": lambda: with_matrix("measurementNoiseCov", np.zeros((2, 2), np.float32)).correct(
        np.float32([[1], [2]])
    ),
    "names": lambda: [cv2.KalmanFilter.__name__, cv2.KalmanFilter.__module__, "KalmanFilter" in dir(cv2)],
}
ERRORS = {
    "one_number": lambda: cv2.KalmanFilter(4),
    "many_numbers": lambda: cv2.KalmanFilter(4, 2, 0, 5, 6),
    "text": lambda: cv2.KalmanFilter("a", 2),
    "unknown": lambda: cv2.KalmanFilter(foo=4),
    "no_state": lambda: cv2.KalmanFilter(0, 2),
    "bytes": lambda: cv2.KalmanFilter(4, 2, type=cv2.CV_8U),
    "predict_empty": lambda: cv2.KalmanFilter().predict(),
    "predict_two": lambda: tracker().predict(1, 2),
    "predict_list": lambda: tracker().predict([1]),
    "predict_uncontrolled": lambda: tracker().predict(np.float32([[3]])),
    "predict_double": lambda: with_matrix("transitionMatrix", np.eye(4)).predict(),
    "predict_size": lambda: with_matrix("transitionMatrix", np.eye(3, dtype=np.float32)).predict(),
    "correct_nothing": lambda: tracker().correct(),
    "correct_none": lambda: tracker().correct(None),
    "correct_double": lambda: tracker().correct(np.zeros((2, 1))),
    "correct_size": lambda: tracker().correct(np.zeros((3, 1), np.float32)),
    "correct_list": lambda: tracker().correct([3.0]),
    "assign_list": lambda: assigned([1, 2]),
    "delete": deleted,
}


@pytest.mark.parametrize("name", CASES)
def test_kalman(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_kalman_errors(name, parity):
    parity.raised(ERRORS[name])
