"""Since which opset ONNX has an operator."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import onnx
from onnx import defs

__all__ = ["NEWEST_OPSET", "first_opsets", "missing_at", "operator_like"]

NEWEST_OPSET = defs.onnx_opset_version()


@cache
def first_opsets() -> Mapping[str, int]:
    """The opset that brought each of ONNX's own operators."""
    found: dict[str, int] = {}
    for schema in defs.get_all_schemas_with_history():
        if schema.domain == "":
            found[schema.name] = min(found.get(schema.name, schema.since_version), schema.since_version)
    return found


def missing_at(model: onnx.ModelProto, opset: int) -> dict[str, int]:
    """The model's operators that an opset does not have, and which one brought them."""
    first = first_opsets()
    used = {node.op_type for node in model.graph.node if node.domain == ""}
    return {name: first[name] for name in sorted(used) if first.get(name, 0) > opset}


def operator_like(function: str) -> tuple[str, int] | None:
    """ONNX's operator of the same name as one of PyTorch's (``cumprod``: CumProd), and its first opset."""
    plain = function.replace("_", "").lower()
    return next((item for item in first_opsets().items() if item[0].lower() == plain), None)
