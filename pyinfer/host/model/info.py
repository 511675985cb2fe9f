"""`pyinfer model info`: what a model takes and gives, what it is made of, and what can run it."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import click
import onnx
from onnx import TensorProto, inliner

from .memory_estimate import MemoryEstimate, bytes_of, estimate_memory, with_sizes
from .model_file import get_metadata, read_model
from .preprocessing import Preprocessing
from .providers import count_operators, missing_operators
from .weight_files import tensors_of, weight_files

__all__ = ["ModelInfo", "Value", "command", "info", "render_json", "render_text"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1

_EXAMPLES = """\
\b
Examples:
  pyinfer model info net.onnx
  pyinfer model info net.onnx --input 8x3x224x224
  pyinfer model info net.onnx --json
"""

#: What sizes, axes and indices are made of.
_INDICES = {TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL, TensorProto.STRING}
_PROVIDERS = {"wasm": "wasm (CPU)", "webgpu": "webgpu", "webnn": "webnn"}
_SHOWN = 8


@dataclass(frozen=True)
class Value:
    """An input or output.

    Attributes
    ----------
    name, dtype : str
    shape : list of int, str or None
        A word is the name of an axis of any size, None an axis without a name.
    """

    name: str
    dtype: str
    shape: list[int | str | None]

    def words(self) -> str:
        """``float32 batch x 3 x 224 x 224``."""
        return f"{self.dtype} {' x '.join('?' if size is None else str(size) for size in self.shape)}".strip()


@dataclass(frozen=True)
class ModelInfo:
    """What there is to say of a model.

    Attributes
    ----------
    path : str
    size : int
        Bytes of its files.
    weight_files : list of str
        Those of them that lie beside it.
    inputs, outputs : list of Value
    metadata : dict
        As `pyinfer.host.model.model_file.get_metadata` gives it.
    opsets : dict of str to int
        By domain.
    producer : str
    parameters : int
        Numbers among the weights that were learned: all that are not integers of 32 and 64 bits.
    weights : dict of str to int
        Their bytes, by dtype.
    operators : dict of str to int
        How often it has each.
    missing : dict of str to list of str
        By provider of onnxruntime-web, the operators that it lacks.
    memory : MemoryEstimate
    assumed : dict of str to str
        The inputs' shapes of which that holds, where the model leaves some open.
    """

    path: str
    size: int
    weight_files: list[str]
    inputs: list[Value]
    outputs: list[Value]
    metadata: dict[str, Any]
    opsets: dict[str, int]
    producer: str
    parameters: int
    weights: dict[str, int]
    operators: dict[str, int]
    missing: dict[str, list[str]]
    memory: MemoryEstimate
    assumed: dict[str, str]


def _sizes(
    context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, _, shape = text.rpartition("=")
        sizes = shape.replace(",", "x").split("x")
        if not all(size.strip().isdecimal() and int(size) for size in sizes):
            raise click.BadParameter(f"{text!r} is no shape such as 1x3x224x224 or image=1x3x224x224")
        found[name] = tuple(map(int, sizes))
    return found


@click.command(epilog=_EXAMPLES)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--input",
    "sizes",
    metavar="[NAME=]SHAPE",
    multiple=True,
    callback=_sizes,
    help="Estimate the memory for an input of this shape. Sizes that the model leaves open are 1 otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(*, model: Path, sizes: dict[str, tuple[int, ...]], as_json: bool) -> int:
    """MODEL is an ONNX file.

    wasm has the operators of the native onnxruntime's CPU, which is asked; webgpu and webnn those that
    onnxruntime-web documents, webgpu some more. What these lack, wasm does for them.
    """
    found = info(model, sizes)
    print(render_json(found) if as_json else render_text(found))
    return 0


def info(path: str | os.PathLike[str], sizes: Mapping[str, tuple[int, ...]] | None = None) -> ModelInfo:
    """Describe a model.

    Parameters
    ----------
    path : str or os.PathLike
        An ONNX file.
    sizes : mapping of str to tuple of int, optional
        Shapes by input, for the estimate of memory; an empty name is the first input's.

    Raises
    ------
    ModelError
        It can't be read, or does not take such a shape.
    """
    model = read_model(path, with_weights=False)
    files = weight_files(model, path)
    weights = list(tensors_of(model.graph))
    names = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in names]
    wanted = {name or (inputs[0].name if inputs else ""): shape for name, shape in (sizes or {}).items()}
    sized = with_sizes(inliner.inline_local_functions(model) if model.functions else model, wanted)
    fixed = {value.name: _value(value) for value in sized.graph.input}
    return ModelInfo(
        path=os.fspath(path),
        size=sum(file.stat().st_size for file in (Path(path), *files.values())),
        weight_files=list(files),
        inputs=[_value(value) for value in inputs],
        outputs=[_value(value) for value in model.graph.output],
        metadata=get_metadata(model),
        opsets={each.domain or "ai.onnx": each.version for each in model.opset_import},
        producer=f"{model.producer_name} {model.producer_version}".strip(),
        parameters=sum(prod(tensor.dims) for tensor in weights if tensor.data_type not in _INDICES),
        weights=_bytes_by_dtype(weights),
        operators={
            f"{domain}.{name}" if domain else name: count
            for (domain, name), count in count_operators(model).most_common()
        },
        missing=missing_operators(model, os.fspath(path)),
        memory=estimate_memory(sized),
        assumed={
            value.name: fixed[value.name].words() for value in inputs if fixed[value.name] != _value(value)
        },
    )


def _value(value: onnx.ValueInfoProto) -> Value:
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return Value(value.name, (kind or "any").removesuffix("_type"), [])
    tensor = value.type.tensor_type
    shape = [
        size.dim_value if size.HasField("dim_value") else size.dim_param or None for size in tensor.shape.dim
    ]
    return Value(value.name, _dtype(tensor.elem_type), shape)


def _dtype(elem_type: int) -> str:
    name: str = TensorProto.DataType.Name(elem_type).lower()
    return {"float": "float32", "double": "float64"}.get(name, name)


def _bytes_by_dtype(weights: Iterable[onnx.TensorProto]) -> dict[str, int]:
    found: dict[str, int] = {}
    for tensor in weights:
        name = _dtype(tensor.data_type)
        found[name] = found.get(name, 0) + bytes_of(tensor.data_type, tensor.dims)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def render_text(found: ModelInfo) -> str:
    """The description for people."""
    return "\n".join(_lines(found))


def _lines(found: ModelInfo) -> Iterator[str]:
    yield click.style(found.path, bold=True)
    beside = f", with {', '.join(found.weight_files)}" if found.weight_files else ""
    yield _line("size", f"{found.size:,} bytes{beside}")
    opsets = ", ".join(f"{domain} {version}" for domain, version in found.opsets.items())
    yield _line("opset", f"{opsets}{f'; made by {found.producer}' if found.producer else ''}")
    for title, values in (("input", found.inputs), ("output", found.outputs)):
        yield from (_line(title, f"{value.name}: {value.words()}") for value in values)
    yield from (_line(key, words) for key, words in _metadata_words(found.metadata))
    dtypes = ", ".join(f"{name} {size:,} bytes" for name, size in found.weights.items() if size)
    yield _line("parameters", f"{found.parameters:,}; weights: {dtypes or 'none'}")
    operators = [f"{name} {count}" for name, count in found.operators.items()]
    yield _line("operators", f"{sum(found.operators.values())}: {', '.join(operators)}")
    for provider, title in _PROVIDERS.items():
        yield _line(title, _verdict(provider, found.missing[provider]))
    yield _line("memory", _memory_words(found))


def _line(title: str, words: str) -> str:
    return textwrap.fill(f"  {title:<13} {words}", 110, subsequent_indent=" " * 16, break_on_hyphens=False)


def _metadata_words(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in metadata.items():
        if key == "labels" and isinstance(value, list):
            shown = ", ".join(map(str, value[:_SHOWN]))
            yield key, f"{len(value)}: {shown}{', ...' if len(value) > _SHOWN else ''}"
        elif key in ("preprocessing", "folded"):
            yield key, Preprocessing.from_json(value).words()
        else:
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _verdict(provider: str, missing: Sequence[str]) -> str:
    if not missing:
        return "has all operators"
    if provider == "wasm":
        return click.style(f"does not take it: {missing[0]}", fg="red")
    return f"lacks {', '.join(missing)}: wasm does these"


def _memory_words(found: ModelInfo) -> str:
    memory = found.memory
    assumed = ", ".join(f"{name} {words}" for name, words in found.assumed.items())
    return (
        f"about {_megabytes(memory.weights + memory.activations)}: weights {_megabytes(memory.weights)}, "
        f"and at most {_megabytes(memory.activations)} of other values at a time"
        + (f", with {assumed}" if assumed else "")
        + (f"; {memory.unknown} values of unknown shape not counted" if memory.unknown else "")
    )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.3g} MB" if count < 100e6 else f"{count / 1e6:,.0f} MB"


def render_json(found: ModelInfo) -> str:
    """The description as JSON: ``schema`` (1) and the attributes of `ModelInfo`."""
    return json.dumps({"schema": SCHEMA, **asdict(found)}, indent=1, ensure_ascii=False)
