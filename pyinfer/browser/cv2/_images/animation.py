"""cv2.Animation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._convert import CONVERTERS
from .._convert_arrays import Call
from .._errors import Mismatch
from .._spec import Parameter

__all__ = ["Animation"]

Array = npt.NDArray[Any]

_MOST_LOOPS = 0xFFFF


class Animation:
    """Frames of an animated GIF, PNG or WebP file.

    Parameters
    ----------
    loopCount : int
        How often it plays; 0, or what a file can't hold, is for ever.
    bgColor : tuple of float
        Blue, green, red, alpha.

    Attributes
    ----------
    frames : tuple of ndarray
    durations : ndarray of int32
        In milliseconds. An empty tuple while there are none.
    still_image : ndarray or None
        The picture of a PNG file for viewers that don't animate, if it is none of the frames.
    loop_count, bgcolor
        As given.
    """

    __slots__ = ("_durations", "_frames", "bgcolor_", "loop_count", "still_image")

    def __init__(self, loopCount: int = 0, bgColor: Sequence[float] = ()) -> None:
        try:
            count = _converted("int", "loopCount", loopCount)[0]
            self.bgcolor = bgColor
        except Mismatch as mismatch:
            raise TypeError(str(mismatch)) from None
        self.loop_count: int = count if 0 <= count <= _MOST_LOOPS else 0
        self.still_image: Array | None = None
        self._frames: tuple[Array, ...] = ()
        self._durations: list[int] = []

    @property
    def frames(self) -> tuple[Array, ...]:
        """Images of one size and type."""
        return self._frames

    @frames.setter
    def frames(self, value: Sequence[Array]) -> None:
        if not isinstance(value, (Sequence, np.ndarray)):
            self._frames = ()
            raise TypeError("Can't parse 'value'. Input argument doesn't provide sequence protocol")
        self._frames = tuple(value)

    @property
    def durations(self) -> Array | tuple[()]:
        """How long each frame is shown, in milliseconds."""
        return np.array(self._durations, np.int32) if self._durations else ()

    @durations.setter
    def durations(self, value: Sequence[int]) -> None:
        self._durations = []
        try:
            self._durations = _converted("int[]", "value", value)[1:]
        except Mismatch as mismatch:
            raise TypeError(str(mismatch)) from None

    @property
    def bgcolor(self) -> tuple[float, ...]:
        """The background's colour: blue, green, red, alpha."""
        return self.bgcolor_

    @bgcolor.setter
    def bgcolor(self, value: Sequence[float]) -> None:
        try:
            self.bgcolor_ = tuple(_converted("Scalar", "value", tuple(value)))
        except Mismatch as mismatch:
            raise TypeError(str(mismatch)) from None


Animation.__module__ = "cv2"


def _converted(kind: str, name: str, value: Any) -> list[Any]:
    call = Call()
    CONVERTERS[kind](call, Parameter(name, kind, True, False, True, None), value)
    return call.flat
