"""Levenberg-Marquardt: modules/geometry/src/levmarq.cpp, for dense problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._linear import least_squares

__all__ = ["Settings", "minimise"]

Array = npt.NDArray[Any]

#: Parameters -> residuals (n,) and their derivatives (n, parameters), float64.
Residuals = Callable[[Array], tuple[Array, Array]]

_LEAST_DIAGONAL, _LARGEST_DIAGONAL = 1e-6, 1e32
_LARGEST_LAMBDA = 1e32
_GEODESIC_STEP, _GEODESIC_SCALE = 1e-4, 0.5


@dataclass(frozen=True, slots=True)
class Settings:
    """LevMarq::Settings, as far as they are used."""

    iterations: int = 500
    geodesic: bool = False
    step_tolerance: float = 1e-6
    energy_tolerance: float = 1e-6
    gradient_tolerance: float = 1e-6


def minimise(start: Array, residuals: Residuals, settings: Settings) -> Array:
    """The parameters, float64 (n,), for which the sum of squared residuals is least.

    The callback's derivatives are computed with every call, also where only the residuals are read.
    """
    with np.errstate(all="ignore"):
        return _Search(start, residuals, settings).run()


class _Search:
    def __init__(self, start: Array, residuals: Residuals, settings: Settings) -> None:
        self._current = start.astype(np.float64)
        self._residuals = residuals
        self._settings = settings
        self._lambda = np.float64(1e-4)
        self._increase = 2.0
        self._finished = False

    def run(self) -> Array:
        """Iterate until a criterion is met."""
        errors, jacobian = self._residuals(self._current)
        energy = errors @ errors
        if np.isnan(energy):
            return self._current
        done, iterations = False, 0
        while not done:
            normal, gradient = jacobian.T @ jacobian, jacobian.T @ errors
            accepted = False
            while not accepted and not done:
                step, damping = self._step(normal, gradient, jacobian)
                probe = self._current + step
                errors_there, jacobian_there = self._residuals(probe)
                energy_there = errors_there @ errors_there
                if np.isnan(energy_there):
                    return self._current
                accepted = self._judge(energy - energy_there, energy_there, gradient, step, damping)
                if accepted:
                    self._current, energy = probe, energy_there
                    errors, jacobian = errors_there, jacobian_there
                iterations += 1
                too_long = iterations >= self._settings.iterations
                done = too_long or self._finished or bool(self._lambda >= _LARGEST_LAMBDA)
        return self._current

    def _step(self, normal: Array, gradient: Array, jacobian: Array) -> tuple[Array, Array]:
        diagonal = np.diag(normal)
        damping: Array = np.clip(diagonal * self._lambda, _LEAST_DIAGONAL, _LARGEST_DIAGONAL)
        damped = normal + np.diag(damping)
        step = least_squares(damped, -gradient)
        self._planned = step
        if self._settings.geodesic:
            step = step + self._bend(step, gradient, damping, damped, jacobian)
        return step, damping

    def _bend(self, step: Array, gradient: Array, damping: Array, damped: Array, jacobian: Array) -> Array:
        """Geodesic acceleration: the correction by the second derivative along the step."""
        there = jacobian.T @ self._residuals(self._current + step * _GEODESIC_STEP)[0]
        second = there + gradient * (_GEODESIC_STEP - 1) + damping * step * _GEODESIC_STEP
        correction = least_squares(damped, -second / _GEODESIC_STEP**2)
        small = np.sqrt(correction @ correction / (step @ step)) < 1
        return correction * _GEODESIC_SCALE if small else np.zeros_like(step)

    def _judge(self, gain: Any, energy: Any, gradient: Array, step: Array, damping: Array) -> bool:
        """Whether the step is accepted; sets lambda for the next one."""
        settings, planned = self._settings, self._planned
        if gain < 0:
            self._lambda *= self._increase
            self._increase *= 2
            return False
        quality = gain / (-0.5 * np.sum(planned * (gradient - damping * planned)))
        self._lambda *= max(1 / 3, 1 - (2 * quality - 1) ** 3)
        self._increase = 2.0
        self._finished = bool(
            np.abs(gradient).max() < settings.gradient_tolerance
            or planned @ planned < settings.step_tolerance
            or gain / energy < settings.energy_tolerance
        )
        return True
