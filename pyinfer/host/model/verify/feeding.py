"""What the original and the result are fed with: the same sample, as each of them wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnx

from pyinfer.errors import ModelError
from pyinfer.host.model.folding import BYTE_LUMINANCE, LUMINANCE
from pyinfer.host.model.model_file import get_metadata
from pyinfer.host.model.preprocessing import Preprocessing
from pyinfer.host.model.samples import ModelInput, Sample, inputs_of

from .side import Arrays

__all__ = ["Feeding"]

Array = np.ndarray[Any, Any]


class Feeding:
    """Makes the inputs of both sides from a sample.

    Into a result arithmetic may be folded that its original expects to be done before: what that is stands
    in the result's metadata, under ``folded``. Such an original is fed with the pixels that the result gets,
    after that arithmetic.

    Parameters
    ----------
    original : onnx.ModelProto or None
        None if it is a PyTorch network, which says nothing about its inputs.
    result : onnx.ModelProto
    """

    def __init__(self, original: onnx.ModelProto | None, result: onnx.ModelProto) -> None:
        self._result_inputs, self._result = inputs_of(result)
        self._original_inputs, own = (self._result_inputs, None) if original is None else inputs_of(original)
        if len(self._original_inputs) != len(self._result_inputs):
            counts = len(self._original_inputs), len(self._result_inputs)
            raise ModelError("the original takes {} inputs, the result {}".format(*counts))
        described = get_metadata(result).get("folded")
        folded = None if described is None else Preprocessing.from_json(described)
        self._original = own or folded or self._result
        if self._original == self._result:
            pairs = zip(self._original_inputs, self._result_inputs, strict=True)
            self._original_inputs = [_sized(each, like) for each, like in pairs]

    def of(self, sample: Sample) -> tuple[Arrays, Arrays]:
        """Inputs by name, of the original and of the result.

        Raises
        ------
        ModelError
            The sample can't be read, or is not for such a model.
        """
        to_result = sample.feeds(self._result_inputs, self._result)
        if self._original is None or self._result is None or self._original == self._result:
            return sample.feeds(self._original_inputs, self._original), to_result
        (array,) = to_result.values()  # of a picture
        pixels = _with_channels(self._result.to_pixels(array), self._original.channels)
        return {self._original_inputs[0].name: self._original.of_pixels(pixels)}, to_result


def _sized(wanted: ModelInput, like: ModelInput) -> ModelInput:
    """Where the one leaves a size open, the other's is meant."""
    if len(wanted.shape) != len(like.shape):
        return wanted
    sizes = zip(wanted.shape, like.shape, strict=True)
    return replace(wanted, shape=tuple(size or other for size, other in sizes))


def _with_channels(pixels: Array, channels: int) -> Array:
    if pixels.shape[-1] == channels:
        return pixels
    if channels > 1:
        return np.repeat(pixels, channels, axis=-1) if pixels.shape[-1] == 1 else pixels[..., :channels]
    is_bytes = pixels.dtype == np.uint8
    grey = pixels[..., :3] @ np.array(BYTE_LUMINANCE if is_bytes else LUMINANCE, np.float32)[:, None]
    return np.asarray(np.floor(grey + np.float32(0.5)) if is_bytes else grey)
