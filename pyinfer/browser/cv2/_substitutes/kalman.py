"""The Kalman filter: modules/video/src/kalman.cpp, on opencv.js's gemm and solve."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._bind import bind
from .._call import call_by_name
from .._convert_arrays import numbers_of
from .._errors import Mismatch, error, failed_assertion, no_overload, opencv_error
from .._mat import element_type_and_sizes, narrow
from .._spec import Overload, Parameter, parse_row
from ._arrays import Array, empty_operand

__all__ = ["KalmanFilter"]

_INIT = parse_row("KalmanFilter(int dynamParams, int measureParams, int controlParams=0, int type=5)")
_PREDICT = parse_row("predict(Mat control=None) -> Mat")
_CORRECT = parse_row("correct(Mat measurement) -> Mat")
_VALUE = Parameter("value", "Mat", input=True, output=False, required=True, default=None)
_DTYPES = {5: np.float32, 6: np.float64}
_SECOND_TRANSPOSED = 2
_SINGULAR_VALUES = 1


class _Matrix:
    """An attribute of a filter: an array, or None without data.

    As natively, an array that is assigned is the filter's own from then on: the filter writes to it, and
    reading gives it. Before that, reading gives a copy.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: KalmanFilter | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        array = instance._matrices[self.name]
        return array if array is None or self.name in instance._shared else array.copy()

    def __set__(self, instance: KalmanFilter, value: Any) -> None:
        if value is None:
            return
        array = _array(_VALUE, value)
        instance._matrices[self.name] = array
        instance._shared.add(self.name)

    def __delete__(self, instance: KalmanFilter) -> None:
        raise TypeError(f"Cannot delete the {self.name} attribute")


class KalmanFilter:
    """KalmanFilter(dynamParams, measureParams[, controlParams[, type]])

    Raises
    ------
    cv2.error
        The arguments are too many, too few or no integers.
    SystemError
        As natively, if there is no state, no measurement, or a type that is neither CV_32F nor CV_64F.
    """

    __slots__ = ("_matrices", "_shared")

    controlMatrix = _Matrix()
    errorCovPost = _Matrix()
    errorCovPre = _Matrix()
    gain = _Matrix()
    measurementMatrix = _Matrix()
    measurementNoiseCov = _Matrix()
    processNoiseCov = _Matrix()
    statePost = _Matrix()
    statePre = _Matrix()
    transitionMatrix = _Matrix()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = [name for name, value in vars(KalmanFilter).items() if isinstance(value, _Matrix)]
        self._matrices: dict[str, Array | None] = dict.fromkeys(names)
        self._shared: set[str] = set()
        if args or kwargs:
            try:
                self._initialise(*_integers(*bind("KalmanFilter", _INIT, args, kwargs)))
            except Mismatch as mismatch:
                raise no_overload("KalmanFilter", [str(mismatch)]) from None
            except error as failure:
                raise SystemError(f"{type(self)!r} returned a result with an exception set") from failure

    def _initialise(self, states: int, measurements: int, controls: int, depth: int) -> None:
        place = "video/src/kalman.cpp"
        if states <= 0 or measurements <= 0:
            raise failed_assertion("DP > 0 && MP > 0", "init", f"{place}:55")
        if depth not in _DTYPES:
            raise failed_assertion("type == CV_32F || type == CV_64F", "init", f"{place}:56")
        dtype = _DTYPES[depth]
        self._matrices.update(
            statePre=np.zeros((states, 1), dtype),
            statePost=np.zeros((states, 1), dtype),
            transitionMatrix=np.eye(states, dtype=dtype),
            processNoiseCov=np.eye(states, dtype=dtype),
            measurementMatrix=np.zeros((measurements, states), dtype),
            measurementNoiseCov=np.eye(measurements, dtype=dtype),
            errorCovPre=np.zeros((states, states), dtype),
            errorCovPost=np.zeros((states, states), dtype),
            gain=np.zeros((states, measurements), dtype),
            controlMatrix=np.zeros((states, controls), dtype) if controls > 0 else None,
        )

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """predict([control]) -> the predicted state"""
        control = _bound("KalmanFilter.predict", _PREDICT, args, kwargs)
        m = self._matrices
        self._write("statePre", _product(m["transitionMatrix"], m["statePost"]))
        if control is not None and control.size:
            self._write("statePre", _product(m["controlMatrix"], control, 1, m["statePre"]))
        moved = _product(m["transitionMatrix"], m["errorCovPost"])
        noise = m["processNoiseCov"]
        self._write("errorCovPre", _product(moved, m["transitionMatrix"], 1, noise, _SECOND_TRANSPOSED))
        self._write("statePost", m["statePre"])
        self._write("errorCovPost", m["errorCovPre"])
        return self.statePre

    def correct(self, *args: Any, **kwargs: Any) -> Any:
        """correct(measurement) -> the state, corrected by what was measured"""
        measurement = _bound("KalmanFilter.correct", _CORRECT, args, kwargs)
        m = self._matrices
        observed = _product(m["measurementMatrix"], m["errorCovPre"])
        noise = m["measurementNoiseCov"]
        spread = _product(observed, m["measurementMatrix"], 1, noise, _SECOND_TRANSPOSED)
        gain = call_by_name("solve", spread, observed, flags=_SINGULAR_VALUES)[1]
        self._write("gain", gain.T)
        if measurement is None:
            raise empty_operand()
        surprise = _product(m["measurementMatrix"], m["statePre"], -1, measurement)
        self._write("statePost", _product(m["gain"], surprise, 1, m["statePre"]))
        self._write("errorCovPost", _product(m["gain"], observed, -1, m["errorCovPre"]))
        return self.statePost

    def _write(self, name: str, value: Array | None) -> None:
        """Set an attribute as a cv::Mat is assigned to: in place if type and size are the same."""
        array = self._matrices[name]
        assert value is not None
        if array is not None and (array.dtype, array.shape) == (value.dtype, value.shape):
            array[...] = value
        else:
            self._matrices[name] = np.array(value)
            self._shared.discard(name)

    def __repr__(self) -> str:
        return f"< cv2.KalmanFilter {id(self):#x}>"


KalmanFilter.__module__ = "cv2"


def _integers(*values: Any) -> tuple[int, ...]:
    numbers = []
    for parameter, value in zip(_INIT.parameters, values, strict=True):
        number = parameter.default if value is None else value
        if isinstance(number, bool | np.bool_):
            raise Mismatch(f"Argument '{parameter.name}' must be integer, not bool")
        if not isinstance(number, int | np.integer):
            raise Mismatch(f"Argument '{parameter.name}' is required to be an integer")
        numbers.append(int(number))
    return tuple(numbers)


def _bound(name: str, row: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Array | None:
    """The one array that a method takes."""
    try:
        value = bind(name, row, args, kwargs)[0]
    except Mismatch as mismatch:
        raise TypeError(str(mismatch)) from None
    return None if value is None else _array(row.parameters[0], value)


def _array(parameter: Parameter, value: Any) -> Array:
    """What native makes of an array argument; a number or a tuple becomes a float64 column."""
    try:
        if isinstance(value, np.ndarray):
            element_type_and_sizes(value, parameter.name, nd=False)
            return narrow(value)
        return np.array(numbers_of(parameter, value), np.float64).reshape(-1, 1)
    except Mismatch as mismatch:
        raise TypeError(str(mismatch)) from None


def _product(
    one: Array | None, other: Array | None, scale: float = 1, added: Array | None = None, flags: int = 0
) -> Array:
    """``scale * one * other + added``, each of them there."""
    if one is None or other is None:
        text, place = "One or more matrix operands are empty.", "core/src/matrix_expressions.cpp:32"
        raise opencv_error(-5, "Bad argument", text, "checkOperandsExist", place)
    product: Array = call_by_name("gemm", one, other, scale, added, 0 if added is None else 1, flags=flags)
    return product
