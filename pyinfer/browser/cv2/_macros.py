"""C's macros that native has as functions: element types and four-character codes."""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

from ._bind import bind
from ._errors import Mismatch
from ._spec import parse_row
from ._table import CHANNEL_SHIFT, DEPTHS

__all__ = [
    "CV_8SC",
    "CV_8UC",
    "CV_16BFC",
    "CV_16FC",
    "CV_16SC",
    "CV_16UC",
    "CV_32FC",
    "CV_32SC",
    "CV_32UC",
    "CV_64FC",
    "CV_64SC",
    "CV_64UC",
    "CV_MAKETYPE",
    "CV_BoolC",
    "VideoWriter_fourcc",
]

_DEPTH_MASK = (1 << CHANNEL_SHIFT) - 1

#: bfloat16, for which NumPy has no dtype.
_BRAIN_FLOAT = 8


def CV_MAKETYPE(depth: int, channels: int) -> int:
    """The type of elements with so many numbers of a depth."""
    return (index(depth) & _DEPTH_MASK) + (index(channels) - 1 << CHANNEL_SHIFT)


def _type_maker(name: str, depth: int) -> Callable[..., int]:
    def function(*channels: int) -> int:
        if len(channels) != 1:
            raise TypeError(f"{name}() takes exactly one argument ({len(channels)} given)")
        return CV_MAKETYPE(depth, *channels)

    function.__name__ = function.__qualname__ = name
    function.__module__ = "cv2"
    function.__doc__ = f"{name}(channels) -> retval"
    return function


CV_8UC = _type_maker("CV_8UC", DEPTHS["uint8"])
CV_8SC = _type_maker("CV_8SC", DEPTHS["int8"])
CV_16UC = _type_maker("CV_16UC", DEPTHS["uint16"])
CV_16SC = _type_maker("CV_16SC", DEPTHS["int16"])
CV_32UC = _type_maker("CV_32UC", DEPTHS["uint32"])
CV_32SC = _type_maker("CV_32SC", DEPTHS["int32"])
CV_64UC = _type_maker("CV_64UC", DEPTHS["uint64"])
CV_64SC = _type_maker("CV_64SC", DEPTHS["int64"])
CV_16FC = _type_maker("CV_16FC", DEPTHS["float16"])
CV_32FC = _type_maker("CV_32FC", DEPTHS["float32"])
CV_64FC = _type_maker("CV_64FC", DEPTHS["float64"])
CV_16BFC = _type_maker("CV_16BFC", _BRAIN_FLOAT)
CV_BoolC = _type_maker("CV_BoolC", DEPTHS["bool"])

_FOURCC = parse_row("VideoWriter_fourcc(char c1, char c2, char c3, char c4) -> int")


def VideoWriter_fourcc(*args: Any, **kwargs: Any) -> int:
    """VideoWriter_fourcc(c1, c2, c3, c4) -> retval

    The code of a codec, ``VideoWriter_fourcc(*"mp4v")``. Of a longer text the first byte counts.
    """
    try:
        characters = bind("VideoWriter_fourcc", _FOURCC, args, kwargs)
    except Mismatch as mismatch:
        raise TypeError(str(mismatch)) from None
    code = bytearray()
    for name, character in zip(_FOURCC.names, characters, strict=True):
        if not isinstance(character, (str, bytes)):
            raise TypeError(f"Expected single character string for argument '{name}'")
        encoded = character.encode() if isinstance(character, str) else character
        code += encoded[:1] or b"\0"
    return int.from_bytes(code, "little", signed=True)
