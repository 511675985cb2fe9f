"""The one interpreter for all rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from ._bind import bind
from ._convert import CONVERTERS, ENGINE_CONVERTERS
from ._convert_arrays import Call, Converter, sequence_of
from ._engine_tables import function_rows
from ._errors import Mismatch, array_refused, bad_arguments, no_overload, raise_engine_failure
from ._mat import MOST_ARGUMENTS, Engine
from ._results import read_array, read_results
from ._spec import FunctionSpec, Overload, Parameter, parse_row
from ._umat import call_with_arrays, has_umat

__all__ = ["call_by_name", "call_function", "check_arguments", "spec_of"]


def call_function(spec: FunctionSpec, args: tuple[Any, ...], kwargs: dict[str, Any], target: int = 0) -> Any:
    """Call the first overload that the arguments fit.

    An array argument is copied into the engine once (twice if not even its rows are contiguous); a
    result is copied out once. Everything made in the engine is freed when the call ends or raises.

    Parameters
    ----------
    target : int
        The object whose method it is; 0 for a function.

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
            return _call_overload(spec, overload, args, kwargs, target, False)
        except Mismatch:
            continue
        except _Refused:
            break
    if has_umat(args, kwargs):
        return call_with_arrays(lambda *a, **k: call_function(spec, a, k, target), spec, args, kwargs)
    mismatches = []
    for overload in spec.overloads:
        try:
            return _call_overload(spec, overload, args, kwargs, target, True)
        except Mismatch as mismatch:
            if overload.names:  # native gives no reason why something without parameters does not fit
                mismatch.twice = overload.takes_arrays
                mismatches.append(mismatch)
    if len(mismatches) == 1 < len(spec.overloads) and not spec.takes_arrays:
        raise no_overload(spec.name, [str(mismatches[0])])
    raise bad_arguments(spec.name, mismatches, spec.takes_arrays)


def check_arguments(label: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Convert the arguments for an overload, as far as its kinds are known, without calling it.

    Raises
    ------
    Mismatch
        They do not fit.
    """
    call = Call(careful=True)
    values = bind(label, overload, args, kwargs)
    for parameter, value in zip(overload.parameters, values, strict=True):
        convert = CONVERTERS.get(parameter.kind) or ENGINE_CONVERTERS.get(parameter.kind)
        if convert is not None:
            convert(call, parameter, value)
        elif parameter.kind.endswith("[]") and value is not None:
            sequence_of(parameter.name, value)


def call_by_name(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call one of the table's functions, for the hand-written ones that build on it."""
    return call_function(spec_of(name), args, kwargs)


@cache
def spec_of(name: str) -> FunctionSpec:
    """The signatures of one of the table's functions."""
    return FunctionSpec.of(name, map(parse_row, function_rows(name)))


_Step = tuple[Converter, Parameter, int]
"""How to convert one C++ parameter, and which of the given arguments it is; -1 for none of them."""


class _Plan:
    """What calling one overload takes, looked up once."""

    __slots__ = ("_overload", "engine_name", "makes_array", "outputs", "programs", "returns")

    def __init__(self, overload: Overload) -> None:
        self._overload = overload
        self.engine_name = overload.engine_name
        self.returns = overload.returns
        self.outputs = tuple(parameter.kind for parameter in overload.parameters if parameter.output)
        #: Whether one new array is all that most calls report.
        self.makes_array = self.outputs == ("Mat",) and not self.returns
        #: By the number of positional arguments, or that and the names of the others.
        self.programs: dict[Any, list[_Step]] = {}
        Engine.current().bring(overload.engine_name)

    def program(self, name: str, positional: int, keywords: Iterable[str]) -> list[_Step]:
        """The steps for arguments that are given in this way.

        Raises
        ------
        Mismatch
            The overload can't be called so.
        """
        overload = self._overload
        named = {keyword: index for index, keyword in enumerate(keywords, positional)}
        indices = bind(name, overload, tuple(range(positional)), named)
        # Trailing defaults are the engine's own business; one in the middle must be filled in.
        count = len(indices)
        while count > overload.shortest and indices[count - 1] is None:
            count -= 1
        return [
            (_converter(parameter.kind), parameter, -1 if index is None else index)
            for parameter, index in zip(overload.parameters[:count], indices, strict=False)
        ]


def _converter(kind: str) -> Converter:
    return CONVERTERS.get(kind) or ENGINE_CONVERTERS[kind]


#: By the overload's identity: comparing overloads would take longer than a small call.
_plans: dict[int, _Plan] = {}


class _Refused(Exception):
    """The engine can't copy an array as it is."""


def _call_overload(
    spec: FunctionSpec,
    overload: Overload,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    target: int,
    careful: bool,
) -> Any:
    plan = _plans.get(id(overload))
    if plan is None:
        plan = _plans[id(overload)] = _Plan(overload)
    key: Any = len(args)
    if kwargs:
        key = (key, *kwargs)
    program = plan.programs.get(key)
    if program is None:
        program = plan.programs[key] = plan.program(spec.label, len(args), kwargs)
    if kwargs:
        args = (*args, *kwargs.values())
    call = Call(careful)
    layout = ""
    if target:
        call.flat.append(target)
        layout = "O"
    for convert, parameter, index in program:
        layout += convert(call, parameter, None if index < 0 else args[index])
    engine = Engine.current()
    flat = call.flat
    if len(flat) > MOST_ARGUMENTS:
        flat = engine.stage(flat)
    report = engine.call(plan.engine_name, layout, *flat)
    if report is None:
        if not careful and array_refused():
            raise _Refused
        raise_engine_failure()
    if plan.makes_array and report and call.outputs[0] is None:
        return read_array(engine, report)
    return read_results(engine, plan.returns, plan.outputs, call.outputs, report)
