"""Puts the preprocessing of pictures into the model itself, so that a page feeds the pixels that it has.

``Transpose, Gather, Cast, Mul, Add``, in this order: bytes are moved before they become four times as many.
For 640 x 640 x 3 bytes that takes 0.45 ms natively and 1.6 ms in onnxruntime-web with one thread. With the
arithmetic before the transposition it is 15 to 20 times that, since the channels are then the innermost axis.
A BatchNormalization or a grouped Conv for Mul and Add would save a tenth, and be quantised with the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pyinfer.errors import ModelError

from .graph_values import default_opset, find_value, new_name, real_inputs, rename_value, shape_words
from .model_file import get_metadata, set_metadata
from .preprocessing import ChannelOrder, Layout, Preprocessing

__all__ = ["channel_order_of", "fold_preprocessing", "layout_of", "picks"]

#: Of red, green, blue. What OpenCV's `cvtColor` takes for bytes, of which it rounds the sum; 32-bit floats
#: hold every such sum exactly.
BYTE_LUMINANCE = tuple(weight / 2**15 for weight in (9798, 19235, 3735))
#: And for floats.
LUMINANCE = (0.299, 0.587, 0.114)

_ORDERS: dict[int, ChannelOrder] = {1: "GRAY", 3: "RGB", 4: "RGBA"}
_FLOATS = {TensorProto.FLOAT, TensorProto.FLOAT16}
_TO_NCHW, _TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
_OLDEST_OPSET = 7  # Add and Mul broadcast
_AXES_ARE_AN_INPUT = 13  # of ReduceSum


def layout_of(model: onnx.ModelProto, input_name: str | None = None) -> Layout:
    """How a model takes pictures, as the shape of its input shows.

    Raises
    ------
    ModelError
        The input takes no pictures: it has not four axes, or not 1, 3 or 4 channels.
    """
    value = find_value(real_inputs(model.graph), input_name, "input")
    sizes = [size.dim_value for size in value.type.tensor_type.shape.dim]
    if len(sizes) == 4:
        if sizes[1] in _ORDERS:
            return "NCHW"
        if sizes[3] in _ORDERS:
            return "NHWC"
    raise ModelError(
        f"the input {value.name!r} is {shape_words(value)}: a picture has four axes, and 1, 3 or 4 channels"
    )


def channel_order_of(model: onnx.ModelProto, input_name: str | None = None) -> ChannelOrder:
    """The usual order of as many channels as a model takes: GRAY, RGB or RGBA.

    Raises
    ------
    ModelError
        The input takes no pictures.
    """
    axis = 1 if layout_of(model, input_name) == "NCHW" else 3
    value = find_value(real_inputs(model.graph), input_name, "input")
    return _ORDERS[value.type.tensor_type.shape.dim[axis].dim_value]


def fold_preprocessing(
    model: onnx.ModelProto,
    network: Preprocessing,
    *,
    channel_order: ChannelOrder | None = None,
    layout: Layout | None = None,
    dtype: str = "float32",
    input_name: str | None = None,
) -> Preprocessing:
    """Let a model take pictures as a page has them, and do the rest itself.

    The metadata then says what is left to do (``preprocessing``), and what was folded (``folded``).

    Parameters
    ----------
    model : onnx.ModelProto
        Changed in place. The input keeps its name.
    network : Preprocessing
        What the model needs so far.
    channel_order : {"RGB", "BGR", "RGBA", "BGRA", "GRAY"}, optional
        What the page will feed; by default what the network takes. An alpha channel is dropped, GRAY is
        repeated for a network of colours, and colours become GRAY as OpenCV makes them.
    layout : {"NCHW", "NHWC"}, optional
        Likewise.
    dtype : {"float32", "uint8"}
        Likewise.
    input_name : str, optional
        Which input; the first by default.

    Returns
    -------
    Preprocessing
        What is left to do: no arithmetic.

    Raises
    ------
    ModelError
        The model can't take such pictures, or something was folded into it before.
    """
    remaining = Preprocessing(
        channel_order=channel_order or network.channel_order, layout=layout or network.layout, dtype=dtype
    )
    value = find_value(real_inputs(model.graph), input_name, "input")
    _check(model, value, network, remaining)
    type_needed = value.type.tensor_type.elem_type
    sizes = dict(zip(network.layout, value.type.tensor_type.shape.dim, strict=True))
    shape: list[Any] = [
        remaining.channels if axis == "C" else sizes[axis].dim_param or sizes[axis].dim_value or None
        for axis in remaining.layout
    ]
    _add_operators(_Chain(model, value.name), network, remaining, default_opset(model), type_needed)
    made = TensorProto.UINT8 if dtype == "uint8" else TensorProto.FLOAT
    value.CopyFrom(helper.make_tensor_value_info(value.name, made, shape))
    folded = replace(network, dtype="float16" if type_needed == TensorProto.FLOAT16 else "float32")
    set_metadata(model, preprocessing=remaining.to_json(), folded=folded.to_json())
    return remaining


def picks(fed: ChannelOrder, wanted: ChannelOrder) -> list[int]:
    """Which channels of ``fed`` make ``wanted``; for GRAY of colours: the red, the green and the blue one.

    Raises
    ------
    ModelError
        None do: ``fed`` has no alpha channel.
    """
    if fed == wanted:
        return list(range(1 if fed == "GRAY" else len(fed)))
    if wanted.endswith("A") and not fed.endswith("A"):
        raise ModelError(f"the network takes {wanted}, and {fed} has no alpha channel")
    if fed == "GRAY":
        return [0, 0, 0]
    return [fed.index(channel) for channel in ("RGB" if wanted == "GRAY" else wanted)]


class _Chain:
    """Operators between a model's input and what used it so far."""

    def __init__(self, model: onnx.ModelProto, input_name: str) -> None:
        self._model = model
        self._input = input_name
        self._result = new_name(model, f"{input_name}/preprocessed")
        self._count = 0

    def add(self, operator: str, *constants: np.ndarray[Any, Any], **attributes: Any) -> None:
        """Apply an operator to what the one before gives; ``constants`` are its further inputs."""
        graph = self._model.graph
        name = new_name(self._model, f"{self._input}/{operator}")
        source = self._input
        if self._count:
            before = graph.node[self._count - 1]
            source = before.output[0] = before.name
        else:
            rename_value(graph, self._input, self._result)
        names = []
        for constant in constants:
            names.append(new_name(self._model, f"{name}/constant"))
            graph.initializer.append(numpy_helper.from_array(constant, names[-1]))
        node = helper.make_node(operator, [source, *names], [self._result], name, **attributes)
        graph.node.insert(self._count, node)
        self._count += 1


def _check(
    model: onnx.ModelProto, value: onnx.ValueInfoProto, network: Preprocessing, remaining: Preprocessing
) -> None:
    if "folded" in get_metadata(model):
        raise ModelError("preprocessing was folded into this model before")
    shape = value.type.tensor_type.shape.dim
    channels = shape[network.layout.index("C")].dim_value if len(shape) == 4 else 0
    if channels != network.channels:
        raise ModelError(
            f"the input {value.name!r} is {shape_words(value)}, which is not {network.layout} "
            f"with the channels {network.channel_order}"
        )
    if value.type.tensor_type.elem_type not in _FLOATS:
        raise ModelError(f"the input {value.name!r} takes no floats: nothing can be folded before it")
    if remaining.dtype == "float16":
        raise ModelError("a page feeds uint8 or float32, not float16")
    if default_opset(model) < _OLDEST_OPSET:
        raise ModelError(
            f"the model is of opset {default_opset(model)}; folding needs {_OLDEST_OPSET} or later"
        )
    picks(remaining.channel_order, network.channel_order)


def _add_operators(
    chain: _Chain, network: Preprocessing, fed: Preprocessing, opset: int, type_needed: int
) -> None:
    if fed.layout != network.layout:
        chain.add("Transpose", perm=_TO_NCHW if fed.layout == "NHWC" else _TO_NHWC)
    axis = network.layout.index("C")
    chosen = picks(fed.channel_order, network.channel_order)
    if chosen != list(range(fed.channels)):
        chain.add("Gather", np.array(chosen, np.int64), axis=axis)
    if fed.dtype == "uint8":
        chain.add("Cast", to=TensorProto.FLOAT)
    if len(chosen) > network.channels:
        is_bytes = fed.dtype == "uint8"
        chain.add("Mul", _by_channel(BYTE_LUMINANCE if is_bytes else LUMINANCE, axis))
        if opset < _AXES_ARE_AN_INPUT:
            chain.add("ReduceSum", axes=[axis], keepdims=1)
        else:
            chain.add("ReduceSum", np.array([axis], np.int64), keepdims=1)
        if is_bytes:
            chain.add("Add", np.array(0.5, np.float32))
            chain.add("Floor")
    std = np.array(network.std)
    factors, offsets = network.scale / std, -np.array(network.mean) / std
    if (factors != 1).any():
        chain.add("Mul", _by_channel(factors, axis))
    if offsets.any():
        chain.add("Add", _by_channel(offsets, axis))
    if type_needed == TensorProto.FLOAT16:
        chain.add("Cast", to=TensorProto.FLOAT16)


def _by_channel(values: Sequence[float] | np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    """A number for each channel, or one for all where they are the same."""
    numbers = np.array(values, np.float32)
    if (numbers == numbers[0]).all():
        numbers = numbers[:1].reshape(())
    else:
        numbers = numbers.reshape(-1, *[1] * (3 - axis))
    return numbers
