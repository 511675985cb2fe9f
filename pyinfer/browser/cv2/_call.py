"""The one interpreter for all rows."""

from __future__ import annotations

from functools import cache
from typing import Any

from ._bind import bind
from ._convert import CONVERTERS, Call
from ._errors import Mismatch, array_refused, bad_arguments, raise_engine_failure
from ._mat import Engine
from ._results import read_results
from ._spec import FunctionSpec, Overload, parse_row
from ._table import FUNCTIONS

__all__ = ["call_by_name", "call_function"]


def call_function(spec: FunctionSpec, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the first overload that the arguments fit.

    An array argument is copied into the engine once (twice if not even its rows are contiguous); a
    result is copied out once. Everything made in the engine is freed when the call ends or raises.

    Raises
    ------
    cv2.error
        No overload fits, or OpenCV threw.
    TypeError
        The function has one overload, takes no arrays, and the arguments do not fit.
    EngineError
        The engine itself broke.
    """
    for overload in spec.overloads:
        try:
            return _call_overload(spec.name, overload, args, kwargs, careful=False)
        except Mismatch:
            continue
        except _Refused:
            break
    mismatches = []
    for overload in spec.overloads:
        try:
            return _call_overload(spec.name, overload, args, kwargs, careful=True)
        except Mismatch as mismatch:
            mismatches.append(mismatch)
    raise bad_arguments(spec.name, mismatches, spec.takes_arrays)


def call_by_name(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call one of the table's functions, for the hand-written ones that build on it."""
    return call_function(_spec(name), args, kwargs)


@cache
def _spec(name: str) -> FunctionSpec:
    return FunctionSpec.of(name, map(parse_row, FUNCTIONS[name]))


class _Plan:
    """What calling one overload takes, looked up once."""

    __slots__ = ("count", "outputs", "shortest", "steps")

    def __init__(self, overload: Overload) -> None:
        self.count = len(overload.parameters)
        self.shortest = overload.shortest
        self.steps = [(CONVERTERS[parameter.kind], parameter) for parameter in overload.parameters]
        self.outputs = tuple(parameter.kind for parameter in overload.parameters if parameter.output)


#: By the overload's identity: comparing overloads would take longer than a small call.
_plans: dict[int, _Plan] = {}


class _Refused(Exception):
    """The engine can't copy an array as it is."""


def _call_overload(
    name: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any], careful: bool
) -> Any:
    plan = _plans.get(id(overload))
    if plan is None:
        plan = _plans[id(overload)] = _Plan(overload)
    values = bind(name, overload, args, kwargs)
    # Trailing defaults are the engine's own business; one in the middle must be filled in.
    count = plan.count
    while count > plan.shortest and values[count - 1] is None:
        count -= 1
    call = Call(careful)
    layout = ""
    for (convert, parameter), value in zip(plan.steps[:count], values, strict=False):
        layout += convert(call, parameter, value)
    engine = Engine.current()
    report = engine.call(overload.engine_name, layout, *call.flat)
    if report is None:
        if not careful and array_refused():
            raise _Refused
        raise_engine_failure()
    written = call.outputs
    return read_results(engine, overload.returns, plan.outputs[: len(written)], written, report)
