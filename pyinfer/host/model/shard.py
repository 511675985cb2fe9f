"""`pyinfer model shard`: a model in pieces that a browser fetches at the same time, each with its hash."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pyinfer.errors import ModelError
from pyinfer.host.progress import note
from pyinfer.manifest import ModelFile, ModelPiece, ModelSpec

from .model_file import read_model
from .weight_files import weight_files

__all__ = ["ByteCount", "command", "shard", "table_of"]

_EXAMPLES = """\
\b
Examples:
  pyinfer model shard net.onnx -o models
  pyinfer model shard net.onnx -o models --size 4MiB --url https://models.example/net/ >> pyproject.toml
"""

_DEFAULT_SIZE = "16MiB"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([KMG])(i?)B?|B)?", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3}
_CHUNK = 1 << 20


class ByteCount(click.ParamType[int]):
    """``16MiB``, ``10MB``, ``65536``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = _SIZE.fullmatch(str(value).strip())
        base = 1024 if match and match[3] else 1000
        count = int(float(match[1]) * base ** _POWERS[(match[2] or "").upper()]) if match else 0
        if count < 1:
            self.fail(f"{value!r} is not a size above 0, such as 16MiB, 10MB or 65536", param, ctx)
        return count


@click.command(epilog=_EXAMPLES)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="FOLDER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the pieces go, and a file NAME.toml with the table.",
)
@click.option(
    "--size",
    metavar="SIZE",
    type=ByteCount(),
    default=_DEFAULT_SIZE,
    show_default=True,
    help="How large a piece is at most.",
)
@click.option(
    "--url",
    metavar="ADDRESS",
    help="Where the folder's files will be: absolute, or from pyinfer.json on; by default its name.",
)
@click.option("--name", metavar="NAME", help="What the app calls the model; by default the file's name.")
def command(*, model: Path, folder: Path, size: int, url: str | None, name: str | None) -> int:
    """Prints the [[tool.pyinfer.models]] table for the app's pyproject.toml.

    A model that is not larger than a piece is copied as it is. Weights in files beside the model are split
    likewise. The file at the model's own url need not be there: only the pieces are fetched.
    """
    spec = shard(model, folder, size, url=url, name=name)
    files = [spec, *spec.external_data]
    pieces = sum(max(1, len(file.shards)) for file in files)
    note(f"{spec.name}: {sum(file.size for file in files):,} bytes in {pieces} files in {folder}")
    click.echo(table_of(spec), nl=False)
    return 0


def shard(
    model: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    size: int,
    *,
    url: str | None = None,
    name: str | None = None,
) -> ModelSpec:
    """Split a model, and the files of weights beside it, into pieces.

    Parameters
    ----------
    model : str or os.PathLike
        An ONNX file.
    folder : str or os.PathLike
        Where the pieces and the table (``NAME.toml``) go; made if it is not there.
    size : int
        Bytes of a piece, at most.
    url : str, optional
        What the folder's address will be; by default its name, beside pyinfer.json.
    name : str, optional
        What the app calls the model; by default the file's name without its ending.

    Returns
    -------
    ModelSpec
        As the app's manifest has it.

    Raises
    ------
    ModelError
        There is no such model, or files of its weights are missing.
    ManifestError
        The name is no plain file name.
    """
    path, target = Path(model), Path(folder)
    weights = weight_files(read_model(path, with_weights=False), path)
    base = f"{target.absolute().name}/" if url is None else url
    base += "" if not base or base.endswith("/") else "/"
    chosen = path.stem if name is None else name
    ModelSpec(name=chosen, url="-", sha256="0" * 64, size=0)  # before a large file is read for a bad name
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".new-") as new:
        made = Path(new)
        external = [
            ModelFile.from_json({"path": where, **_split(file, made, where.replace("/", "-"), base, size)})
            for where, file in weights.items()
        ]
        spec = ModelSpec.from_json(
            {
                "name": chosen,
                **_split(path, made, path.name, base, size),
                "external_data": [file.to_json() for file in external],
            }
        )
        (made / f"{chosen}.toml").write_text(table_of(spec), "utf-8")
        for file in made.iterdir():
            file.replace(target / file.name)
    return spec


def _split(source: Path, folder: Path, name: str, base: str, size: int) -> dict[str, Any]:
    """Write the pieces of one file; gives its fields of the manifest."""
    total = source.stat().st_size
    count = max(1, -(-total // size))
    names = [name] if count == 1 else [f"{name}-{number}of{count}.bin" for number in range(1, count + 1)]
    whole = hashlib.sha256()
    pieces = []
    with source.open("rb") as file:
        for piece in names:
            digest, written = hashlib.sha256(), 0
            with (folder / piece).open("xb") as output:
                while chunk := file.read(min(_CHUNK, size - written)):
                    output.write(chunk)
                    digest.update(chunk)
                    whole.update(chunk)
                    written += len(chunk)
            pieces.append(ModelPiece(url=base + piece, sha256=digest.hexdigest(), size=written).to_json())
    fields: dict[str, Any] = {"url": base + name, "sha256": whole.hexdigest(), "size": total}
    if sum(piece["size"] for piece in pieces) != total:
        raise ModelError(f"{source} changed while it was read")
    return fields if count == 1 else {**fields, "shards": pieces}


def table_of(spec: ModelSpec) -> str:
    """A model as the TOML table that an app's pyproject.toml takes."""
    return "\n".join(["[[tool.pyinfer.models]]", *_lines(spec.to_json()), ""])


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    for key, value in fields.items():
        if isinstance(value, list):
            yield f"{key} = ["
            yield from (f"  {_inline(item)}," for item in value)
            yield "]"
        else:
            yield f"{key} = {_inline(value)}"


def _inline(value: str | int | Sequence[Any] | Mapping[str, Any]) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_inline(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
