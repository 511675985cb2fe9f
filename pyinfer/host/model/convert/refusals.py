"""Says in a line why PyTorch could not write a network as ONNX. Needs PyTorch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import onnx
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode
from torch.onnx._internal.exporter._errors import TorchExportError

from pyinfer.errors import ModelError
from pyinfer.host.model.graph_values import default_opset
from pyinfer.host.model.network import first_line, is_own, layer_of, place_of, words_of_place
from pyinfer.host.model.operators import missing_at, operator_like

__all__ = ["explained", "out_of_reach"]

_DATA_DEPENDENT = (GuardOnDataDependentSymNode, DataDependentOutputException, DynamicOutputShapeException)
_FIXED_AXIS = re.compile(r"static shape of (\d+) for dimension inputs\['(\w+)'\]\.shape\[(\d+)\]")
_NO_FUNCTION = re.compile(r"No ONNX function found for <OpOverload\(op='([^']+)'")
_PLACE = re.compile(r'File "([^"]+)", line (\d+), in [^\n]*\n\s*([^\n]*)')


def explained(error: Exception, source: str) -> ModelError:
    """Why `torch.onnx.export` failed.

    Parameters
    ----------
    error : Exception
        What it raised, with its causes.
    source : str
        What the user calls the network.

    Returns
    -------
    ModelError
        It names the line of the network's own source, or the operator.
    """
    chain = list(_chain(error))
    captured = [each.__cause__ for each in chain if isinstance(each, TorchExportError)]
    if captured and captured[0] is not None:
        return _not_captured(captured[0], source)
    return _not_translated(chain, source)


def _not_captured(error: BaseException, source: str) -> ModelError:
    """`torch.export` does not see what the network computes."""
    if isinstance(error, _DATA_DEPENDENT):
        place = place_of(error) + layer_of(error)
        return ModelError(
            f"{source}: which way it goes depends on values that it computes{place}; a graph has one way "
            "only: write torch.where to choose between values, torch.cond between computations"
        )
    fixed = _FIXED_AXIS.search(str(error))
    if fixed:
        size, name, axis = fixed.groups()
        return ModelError(
            f"{source}: axis {axis} of {name} can't have any size, the network itself fixes it at {size}: "
            f"write {size} in --input, or let the network take the size from {name}.shape"
        )
    return ModelError(f"{source}: torch.export can't capture it: {first_line(error)}{place_of(error)}")


def _not_translated(chain: Sequence[BaseException], source: str) -> ModelError:
    """The exporter does not know an operator."""
    found = next((match for each in chain if (match := _NO_FUNCTION.search(str(each)))), None)
    if found is None:
        return ModelError(f"{source}: PyTorch's exporter failed: {first_line(chain[-1])}")
    operator, place = found[1], ""
    if node := _node_of(chain):
        # What the user wrote, before it was taken apart into simpler operators.
        operator = str(node.meta.get("original_aten") or operator).removesuffix(".default")
        frames = [frame for frame in _PLACE.findall(node.meta.get("stack_trace") or "") if is_own(frame[0])]
        if frames:
            place = words_of_place(*frames[-1])
    alike = operator_like(operator.partition(".")[2].partition(".")[0])
    has = (
        f"; ONNX itself has {alike[0]} since opset {alike[1]}, but PyTorch's exporter does not write it"
        if alike
        else "; no opset of ONNX has it"
    )
    return ModelError(f"{source}: the operator {operator}{place} can't be written as ONNX{has}")


def out_of_reach(model: onnx.ModelProto, opset: int, source: str) -> ModelError:
    """Why a model is not of the opset that was asked for."""
    missing = missing_at(model, opset)
    if missing:
        named = ", ".join(f"{name} is in ONNX since opset {since}" for name, since in missing.items())
        return ModelError(f"{source}: opset {opset} is not enough: {named}")
    written = default_opset(model)
    return ModelError(
        f"{source}: its operators can't be written in opset {opset}, but in {written}: give --opset {written}"
    )


def _node_of(chain: Sequence[BaseException]) -> torch.fx.Node | None:
    """The node that the exporter was at: its exceptions don't tell, but their frames do."""
    for error in chain:
        trace = error.__traceback__
        while trace is not None:
            node = trace.tb_frame.f_locals.get("node")
            if isinstance(node, torch.fx.Node):
                return node
            trace = trace.tb_next
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
