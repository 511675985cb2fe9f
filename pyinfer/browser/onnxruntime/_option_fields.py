"""What options are made of: fields that convert as native's do, entries by key, the default logger."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from ._choices import Choice

__all__ = [
    "Field",
    "Options",
    "boolean",
    "integer",
    "member",
    "set_default_logger_severity",
    "set_default_logger_verbosity",
    "text",
]

_LONGEST_KEY = 1024
_LONGEST_VALUE = 8192

_default_severity = 2
_default_verbosity = 0


def set_default_logger_severity(severity: int) -> None:
    """Severity of sessions and runs that set none: 0 verbose, 1 info, 2 warning, 3 error, 4 fatal.

    The engine's log goes to the browser's console.

    Raises
    ------
    RuntimeError
        ``severity`` is not one of these.
    """
    global _default_severity
    level = integer(severity)
    if not 0 <= level <= 4:
        raise RuntimeError(
            "severity >= 0 && severity <= 4 was false. Invalid logging severity. "
            "0:Verbose, 1:Info, 2:Warning, 3:Error, 4:Fatal"
        )
    _default_severity = level


def set_default_logger_verbosity(level: int) -> None:
    """Verbosity of sessions and runs that set none, where the severity is verbose."""
    global _default_verbosity
    _default_verbosity = integer(level)


T = TypeVar("T")
C = TypeVar("C", bound=Choice)


class Field(Generic[T]):
    """An attribute that converts what it is given, or raises ``TypeError``, as native's do."""

    def __init__(self, convert: Callable[[Any], T], default: T, doc: str) -> None:
        self._convert = convert
        self._default = default
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, instance: Options, owner: type) -> T: ...
    def __get__(self, instance: Options | None, owner: type) -> Field[T] | T:
        if instance is None:
            return self
        value: T = instance._values.get(self._name, self._default)
        return value

    def __set__(self, instance: Options, value: T) -> None:
        try:
            instance._values[self._name] = self._convert(value)
        except TypeError:
            kind, given = type(instance).__name__, type(value).__name__
            raise TypeError(f"{kind}.{self._name}: incompatible value {value!r} of type {given}") from None


def text(value: Any) -> str:
    """A str; bytes are decoded."""
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError
    return value


def boolean(value: Any) -> bool:
    """Whether a value is true, if it is a kind of number or None; a list or a string is no boolean."""
    if value is not None and not hasattr(type(value), "__bool__"):
        raise TypeError
    return bool(value)


def integer(value: Any) -> int:
    """An int of 32 bits."""
    number = operator.index(value)
    if not -(1 << 31) <= number < 1 << 31:
        raise TypeError(f"{number} has more than 32 bits")
    return number


def member(choices: type[C]) -> Callable[[Any], C]:
    """What takes only members of an enumeration, not their numbers."""

    def convert(value: Any) -> C:
        if not isinstance(value, choices):
            raise TypeError
        return value

    return convert


class Options:
    """Fields, and configuration entries by key."""

    __slots__ = ("_config", "_values")

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._config: dict[str, str] = {}

    def _add_entry(self, function: str, key: str, value: str) -> None:
        if not (isinstance(key, str) and isinstance(value, str)):
            raise TypeError(f"{function}(): incompatible function arguments: key and value must be str")
        if not 0 < len(key.encode()) <= _LONGEST_KEY:
            raise RuntimeError(f"Config key is empty or longer than maximum length {_LONGEST_KEY}")
        if len(value.encode()) > _LONGEST_VALUE:
            raise RuntimeError(f"Config value is longer than maximum length: {_LONGEST_VALUE}")
        self._config[key] = value

    def _entry(self, key: str) -> str:
        try:
            return self._config[key]
        except KeyError:
            kind = type(self).__name__
            raise RuntimeError(f"{kind} does not have configuration with key: {key}") from None

    def _logging(self, severity: int, verbosity: int, identifier: str) -> dict[str, Any]:
        return {
            "logId": identifier,
            "logSeverityLevel": _default_severity if severity == -1 else severity,
            "logVerbosityLevel": verbosity or _default_verbosity,
        }
