"""What must be done with a picture before a model takes it: described in the model's own metadata."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from PIL import Image

from pyinfer.errors import ModelError

__all__ = ["ChannelOrder", "Layout", "Preprocessing"]

ChannelOrder = Literal["RGB", "BGR", "RGBA", "BGRA", "GRAY"]
Layout = Literal["NCHW", "NHWC"]

#: What Pillow calls them; the last two are the same with the channels the other way round.
_MODES = {"RGB": "RGB", "BGR": "RGB", "RGBA": "RGBA", "BGRA": "RGBA", "GRAY": "L"}
_REVERSED = (2, 1, 0, 3)


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """How a picture becomes a model's input: ``(pixels * scale - mean) / std``, pixels from 0 to 255.

    It is the value of the metadata key ``preprocessing``, as a JSON object of these fields. A model into
    which the arithmetic was folded has ``dtype`` uint8 and the defaults for the rest.

    Attributes
    ----------
    channel_order : {"RGB", "BGR", "RGBA", "BGRA", "GRAY"}
        Of what the model takes.
    layout : {"NCHW", "NHWC"}
        Likewise; of one picture a batch of one is made.
    dtype : {"float32", "float16", "uint8"}
        Likewise.
    scale : float
        By which pixels are multiplied first.
    mean, std : tuple of float
        A value per channel, or one for all.

    Raises
    ------
    ModelError
        A field is not what it must be.
    """

    channel_order: ChannelOrder = "RGB"
    layout: Layout = "NCHW"
    dtype: str = "float32"
    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        for field, known in (("channel_order", get_args(ChannelOrder)), ("layout", get_args(Layout))):
            if getattr(self, field) not in known:
                raise ModelError(
                    f"preprocessing: {field} must be one of {', '.join(known)}, not {getattr(self, field)!r}"
                )
        if self.dtype not in ("float32", "float16", "uint8"):
            raise ModelError(f"preprocessing: dtype must be float32, float16 or uint8, not {self.dtype!r}")
        for field in ("mean", "std"):
            count = len(getattr(self, field))
            if count not in (1, self.channels):
                raise ModelError(
                    f"preprocessing: {field} has {count} values for the channels {self.channel_order}"
                )
        if not all(self.std):
            raise ModelError("preprocessing: std holds a zero")

    @property
    def channels(self) -> int:
        """How many the model takes."""
        return 1 if self.channel_order == "GRAY" else len(self.channel_order)

    @property
    def is_arithmetic(self) -> bool:
        """Whether values change, besides their type."""
        return self.scale != 1 or any(self.mean) or any(value != 1 for value in self.std)

    def words(self) -> str:
        """The description as people read it: ``RGB, NCHW, float32: (pixels * 0.00392 - 0.5) / 0.25``."""
        said = f"{self.channel_order}, {self.layout}, {self.dtype}"
        if not self.is_arithmetic:
            return f"{said}: pixels as they are"
        mean, std = (
            f"{values[0]:.5g}" if len(values) == 1 else str([float(f"{value:.5g}") for value in values])
            for values in (self.mean, self.std)
        )
        return f"{said}: (pixels * {self.scale:.5g} - {mean}) / {std}"

    def to_json(self) -> dict[str, Any]:
        """The description as JSON values."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_json(cls, value: object) -> Preprocessing:
        """The opposite of :meth:`to_json`; what is left out has its default.

        Raises
        ------
        ModelError
            It is no such description.
        """
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(value, dict) or not value.keys() <= names:
            raise ModelError(f"preprocessing must be a JSON object with some of {', '.join(sorted(names))}")
        fields: dict[str, Any] = {
            key: tuple(item) if isinstance(item, list) else item for key, item in value.items()
        }
        return cls(**fields)

    def apply(self, picture: Image.Image, size: tuple[int, int] | None = None) -> np.ndarray[Any, Any]:
        """A batch of one picture.

        Parameters
        ----------
        picture : PIL.Image.Image
            Any mode.
        size : tuple of int, optional
            Height and width that the model takes; the picture is resized (bilinear) if it has others.

        Returns
        -------
        numpy.ndarray
            Of `dtype`, (1, channels, height, width) or (1, height, width, channels).
        """
        picture = picture.convert(_MODES[self.channel_order])
        if size is not None and picture.size != (size[1], size[0]):
            picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        return self.of_pixels(np.asarray(picture).reshape(1, picture.height, picture.width, -1))

    def of_pixels(self, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The input that pixels become.

        Parameters
        ----------
        pixels : numpy.ndarray
            (batch, height, width, channels), from 0 to 255, with the channels in Pillow's order.

        Returns
        -------
        numpy.ndarray
            Of `dtype` and in `layout`.
        """
        if self._is_reversed:
            pixels = pixels[..., _REVERSED[: self.channels]]
        if self.is_arithmetic:
            mean, std = (np.array(values, np.float32) for values in (self.mean, self.std))
            pixels = (pixels * np.float32(self.scale) - mean) / std
        if self.layout == "NCHW":
            pixels = pixels.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(pixels, dtype=self.dtype)

    def to_pixels(self, batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The opposite of `of_pixels`; of floats floats, which are not rounded."""
        pixels = batch.transpose(0, 2, 3, 1) if self.layout == "NCHW" else batch
        if self.is_arithmetic:
            mean, std = (np.array(values, np.float32) for values in (self.mean, self.std))
            pixels = (pixels * std + mean) / np.float32(self.scale)
        return pixels[..., _REVERSED[: self.channels]] if self._is_reversed else pixels

    @property
    def _is_reversed(self) -> bool:
        return self.channel_order.startswith("BGR")
