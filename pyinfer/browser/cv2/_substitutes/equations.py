"""Cubic equations and linear programs: modules/core/src/mathfuncs.cpp and lpsolver.cpp."""

from __future__ import annotations

import math

import numpy as np

from .._errors import failed_assertion
from ._arrays import Array, channels_of, present, size_of

__all__ = ["solveCubic", "solveLP"]

_EPSILON = 2.0**-52
_FLOATS = ("float32", "float64")

_LOST, _UNBOUNDED, _UNFEASIBLE, _SINGLE, _MULTI = -3, -2, -1, 0, 1


def solveCubic(coeffs: Array | None, roots: Array | None) -> tuple[int, Array]:
    """How many real roots a polynomial of degree 3 has, and the roots; three coefficients go with ``x**3``.

    Returns
    -------
    int
        -1 if every number is a root.
    ndarray, (3, 1)
        With the dtype of the coefficients; 0.0 where there is no root.

    Raises
    ------
    cv2.error
        These are not 3 or 4 numbers, float32 or float64.
    """
    coeffs = present(coeffs)
    if coeffs.dtype.name not in _FLOATS or channels_of(coeffs) > 1:
        condition = "ctype == CV_32F || ctype == CV_64F"
        raise failed_assertion(condition, "solveCubic", "core/src/mathfuncs.cpp:1395")
    if size_of(coeffs) not in ((1, 3), (1, 4), (3, 1), (4, 1)):
        condition = (
            "(coeffs.size() == Size(n0, 1) || coeffs.size() == Size(n0+1, 1) || "
            "coeffs.size() == Size(1, n0) || coeffs.size() == Size(1, n0+1))"
        )
        raise failed_assertion(condition, "solveCubic", "core/src/mathfuncs.cpp:1396")
    numbers = [float(number) for number in coeffs.ravel()]
    count, found = _roots(*([1.0] * (4 - len(numbers))), *numbers)
    result = np.zeros((3, 1), coeffs.dtype)
    if roots is not None and roots.dtype == coeffs.dtype and roots.shape in ((1, 3), (3,)):
        result = result.reshape(roots.shape)
    result.flat[: len(found)] = found
    return count, result


def _roots(a0: float, a1: float, a2: float, a3: float) -> tuple[int, list[float]]:
    """How many real roots there are, -1 if all numbers are, and what native reports for them."""
    largest = max(map(abs, (a0, a1, a2, a3)))
    small = _EPSILON * largest
    if largest < _EPSILON:
        return -1, []
    if abs(a0) >= small:
        scale = 1.0 / largest
        inverse = 1.0 / (a0 * scale)
        roots = _cubic_roots(*(a * scale * inverse for a in (a1, a2, a3)))
        return len(roots), roots
    if abs(a1) >= small:
        return _quadratic_roots(a1, a2, a3)
    if abs(a2) >= small:
        return 1, [-a3 / a2]
    return (-1 if abs(a3) < small else 0), []


def _quadratic_roots(a: float, b: float, c: float) -> tuple[int, list[float]]:
    """A double root counts as one, and is reported twice."""
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return 0, []
    root = math.sqrt(discriminant)
    first, second = (-b + root) * 0.5, (b + root) * -0.5
    larger = first if abs(first) > abs(second) else second
    # With b and c both zero the other root would be 0/0.
    return (2 if root > 0 else 1), [larger / a, c / larger if larger else math.nan]


def _cubic_roots(a1: float, a2: float, a3: float) -> list[float]:
    """Of ``x**3 + a1 * x**2 + a2 * x + a3``, by Viete's and Cardano's formulas."""
    q = (a1 * a1 - 3 * a2) * (1 / 9)
    r = (a1 * (2 * a1 * a1 - 9 * a2) + 27 * a3) * (1 / 54)
    # q**3 - r**2, expanded so that less is lost to rounding.
    discriminant = (
        a1 * a1 * (a2 * a2 - 4 * a1 * a3) + 2 * a2 * (9 * a1 * a3 - 2 * a2 * a2) - 27 * a3 * a3
    ) * (1 / 108)
    if discriminant > 0:
        angle = float(np.arccos(r / math.sqrt(q * q * q))) / 3
        shift = a1 * (1 / 3)
        return [-2 * math.sqrt(q) * math.cos(angle + turn * math.pi / 3) - shift for turn in (0.0, 2.0, 4.0)]
    if discriminant == 0:
        root = float(np.cbrt(r))
        roots = [-2 * root - a1 / 3, root - a1 / 3]
        return roots[:1] if roots[0] == roots[1] else roots
    e = float(np.cbrt(math.sqrt(-discriminant) + abs(r)))
    if r > 0:
        e = -e
    return [(e + q / e) - a1 * (1 / 3)]


def solveLP(
    Func: Array | None, Constr: Array | None, z: Array | None, constr_eps: float = 1e-12
) -> tuple[int, Array | None]:
    """Maximise ``Func @ z`` with ``Constr[:, :-1] @ z <= Constr[:, -1]`` and no ``z`` below zero.

    By the simplex method with Bland's rule, step by step as native.

    Returns
    -------
    int
        ``SOLVELP_SINGLE``, ``SOLVELP_MULTI``, ...
    ndarray of float64, (n, 1), or None
        None, or what was given for it, if there is no solution.

    Raises
    ------
    cv2.error
        The sizes don't fit together, or the constraints are not float64.
    """
    Func, Constr = present(Func), present(Constr)
    source = "core/src/lpsolver.cpp"
    for array, name, line in ((Func, "Func_", 98), (Constr, "Constr_", 99)):
        if array.dtype.name not in _FLOATS or channels_of(array) > 1:
            condition = f"{name}.type()==CV_64FC1 || {name}.type()==CV_32FC1"
            raise failed_assertion(condition, "solveLP", f"{source}:{line}")
    (rows, columns), (count, width) = size_of(Func), size_of(Constr)
    if not ((rows == 1 and width - columns == 1) or (columns == 1 and width - rows == 1)):
        condition = (
            "(Func_.rows()==1 && (Constr_.cols()-Func_.cols()==1))|| "
            "(Func_.cols()==1 && (Constr_.cols()-Func_.rows()==1))"
        )
        raise failed_assertion(condition, "solveLP", f"{source}:100")
    constraints = Constr.reshape(count, width).astype(np.float64)
    simplex = _Simplex(Func.ravel().astype(np.float64), constraints)
    if not simplex.find_start():
        return _UNFEASIBLE, z
    result = simplex.improve()
    if result == _UNBOUNDED:
        return _UNBOUNDED, z
    if Constr.dtype.name != "float64":
        raise failed_assertion("type == B.type()", "gemm", "core/src/matmul.dispatch.cpp:356")
    solution = simplex.solution()
    slack = constraints[:, -1:] - constraints[:, :-1] @ solution
    return (_LOST if slack.min() < -constr_eps else result), solution


class _Simplex:
    """A linear program in slack form: the basic variables in terms of the free ones.

    Variable 0 is a help to find a point to start from.
    """

    def __init__(self, objective: Array, constraints: Array) -> None:
        count, width = constraints.shape
        self._objective = np.concatenate([[0.0], objective])
        self._table = np.concatenate([np.zeros((count, 1)), constraints], 1)
        self._free = list(range(width))
        self._basic = list(range(width, width + count))

    def find_start(self) -> bool:
        """Find a point that fulfils the constraints, and do away with variable 0."""
        table = self._table
        lowest = int(table[:, -1].argmin())
        if table[lowest, -1] < 0:
            wanted = self._objective
            self._objective = np.zeros_like(wanted)
            self._objective[0] = -1
            table[:, 0] = -1
            self._pivot(lowest, 0)
            self.improve()
            if 0 in self._basic:
                row = self._basic.index(0)
                if table[row, -1] > 0:
                    return False
                self._pivot(row, 0)
            column = self._free.index(0)
            self._free[0], self._free[column] = self._free[column], self._free[0]
            table[:, [0, column]] = table[:, [column, 0]]
            self._objective = np.zeros_like(wanted)
            for variable in range(1, len(wanted)):
                if variable in self._free:
                    self._objective[self._free.index(variable)] += wanted[variable]
                else:
                    self._objective -= wanted[variable] * table[self._basic.index(variable), :-1]
        self._free = self._free[1:]
        self._objective = self._objective[1:]
        self._table = table[:, 1:]
        return True

    def improve(self) -> int:
        """Exchange variables until the objective grows no more; what kind of solution that is."""
        while True:
            growing = [column for column, gain in enumerate(self._objective.tolist()) if gain > 0]
            if not growing:
                return _SINGLE if self._objective.all() else _MULTI
            entering = min(growing, key=self._free.__getitem__)
            limits = [
                (self._table[row, -1] / self._table[row, entering], self._basic[row], row)
                for row in np.flatnonzero(self._table[:, entering] > 0).tolist()
            ]
            if not limits:
                return _UNBOUNDED
            self._pivot(min(limits)[2], entering)

    def _pivot(self, leaving: int, entering: int) -> None:
        """Exchange a basic variable for a free one."""
        table, row = self._table, self._table[leaving]
        factor = row[entering]
        row /= factor
        row[entering] = 1 / factor
        factors = table[:, entering].copy()
        factors[leaving] = 0
        column = row[entering]
        table[:, entering] = np.where(np.arange(len(table)) == leaving, column, 0)
        others = row.copy()
        table -= factors[:, None] * others
        gain = self._objective[entering]
        self._objective[entering] = 0
        self._objective -= gain * row[:-1]
        self._free[entering], self._basic[leaving] = self._basic[leaving], self._free[entering]

    def solution(self) -> Array:
        """The values of the variables, in a column."""
        values = np.zeros((len(self._free), 1))
        for row, variable in enumerate(self._basic):
            if variable <= len(values):
                values[variable - 1] = self._table[row, -1]
        return values
