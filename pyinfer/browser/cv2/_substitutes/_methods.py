"""Methods of classes that live here, bound by native's rules."""

from __future__ import annotations

from typing import Any

from .._bind import bind
from .._convert import CONVERTERS
from .._convert_arrays import Call
from .._errors import Mismatch, no_overload
from .._sequences import SEQUENCES
from .._spec import Overload, parse_row

__all__ = ["Method"]


class Method:
    """The overloads of a method.

    Parameters
    ----------
    owner : str
        The class; empty for its constructor.
    rows : str
        As in the table.
    """

    def __init__(self, owner: str, *rows: str) -> None:
        self._overloads = [parse_row(row) for row in rows]
        self._name = self._overloads[0].engine_name
        self._full_name = f"{owner}.{self._name}" if owner else self._name

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """Which overload the arguments fit, and their values in C++ order.

        Raises
        ------
        cv2.error
            They fit none of several, or of a constructor's.
        TypeError
            They do not fit the only one.
        """
        reasons = []
        for number, overload in enumerate(self._overloads):
            try:
                return [number, *self._values(overload, args, kwargs)]
            except Mismatch as mismatch:
                reasons.append(str(mismatch))
        if len(reasons) == 1 and self._name != self._full_name:
            raise TypeError(reasons[0])
        raise no_overload(self._name, reasons)

    def _values(self, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        given = bind(self._full_name, overload, args, kwargs)
        values = []
        for parameter, value in zip(overload.parameters, given, strict=True):
            if parameter.kind in SEQUENCES:
                values.append(SEQUENCES[parameter.kind](parameter, value))
                continue
            call = Call()
            CONVERTERS[parameter.kind](call, parameter, value)
            values.append(call.flat[0] if len(call.flat) == 1 else tuple(call.flat))
        return values
