"""Which of onnxruntime-web's execution providers have all operators of a model."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
from onnx import defs, inliner

__all__ = ["count_operators", "missing_operators"]

_TABLE = Path(__file__).with_name("provider_operators.json")
#: Constants are no work at run time, wherever they stand.
_NO_WORK = {("", "Constant")}


def missing_operators(model: onnx.ModelProto, path: str) -> dict[str, list[str]]:
    """What each provider lacks, by provider: ``wasm``, ``webgpu``, ``webnn``.

    The CPU's kernels are those of the native onnxruntime, which is asked. Those of the others are listed by
    operator and opset in a table (`pyinfer.host.generate.provider_operators`); what such a provider lacks
    the CPU does, with copies to and fro. A kernel may still refuse a dtype.

    Parameters
    ----------
    model : onnx.ModelProto
    path : str
        Where it was read.

    Returns
    -------
    dict of str to list of str
        Operators; of wasm what the engine says instead, if it does not take the model.
    """
    used = count_operators(model)
    opsets = {each.domain: each.version for each in model.opset_import}
    found = {"wasm": _refusal(path)}
    for provider, covers in (("webgpu", _kernel_covers), ("webnn", _builder_covers)):
        table = _table()[provider]
        found[provider] = [
            f"{domain}.{operator}" if domain else operator
            for domain, operator in sorted(used)
            if (domain, operator) not in _NO_WORK
            and not any(
                covers(each, domain, operator, opsets.get(domain, 1))
                for each in table.get(domain, {}).get(operator, "").split()
            )
        ]
    return found


def count_operators(model: onnx.ModelProto) -> Counter[tuple[str, str]]:
    """How often a model has each operator, by domain and name, those of its own functions included."""
    found: Counter[tuple[str, str]] = Counter()
    _count(inliner.inline_local_functions(model).graph if model.functions else model.graph, found)
    return found


def _count(graph: onnx.GraphProto, found: Counter[tuple[str, str]]) -> None:
    for node in graph.node:
        found["" if node.domain == "ai.onnx" else node.domain, node.op_type] += 1
        for attribute in node.attribute:
            for body in (attribute.g, *attribute.graphs):
                _count(body, found)


def _refusal(path: str) -> list[str]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # a class for each status, all of them just exceptions
        return [str(error).strip().splitlines()[0]]
    return []


@cache
def _table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_TABLE.read_text("utf-8"))
    return content


def _kernel_covers(opsets: str, domain: str, operator: str, opset: int) -> bool:
    """Whether ``6-12``, ``13`` or ``13+`` is for the version of an operator that an opset has.

    A kernel without an end (``13+``) is not taken for versions of the operator that came later.
    """
    try:
        since = defs.get_schema(operator, opset, domain).since_version
    except defs.SchemaError:
        return True  # onnxruntime's own have one version
    first, last = _range(opsets)
    return first == since if last is None else first <= since <= last


def _builder_covers(opsets: str, domain: str, operator: str, opset: int) -> bool:
    """Likewise, of those that are documented by the opset of the model."""
    first, last = _range(opsets)
    return first <= opset and (last is None or opset <= last)


def _range(opsets: str) -> tuple[int, int | None]:
    if opsets.endswith("+"):
        return int(opsets[:-1]), None
    first, _, last = opsets.partition("-")
    return int(first), int(last or first)
