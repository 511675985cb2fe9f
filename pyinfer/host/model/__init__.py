"""`pyinfer model`: from a trained network to a small, labelled, verified model for the page."""

from __future__ import annotations

from typing import Any

import click

from pyinfer.errors import SetupError
from pyinfer.host.verbs import Verb, Verbs

__all__ = ["VERBS", "command"]

VERBS = {
    "convert": Verb("convert", "write a PyTorch network as ONNX, with its preprocessing and labels inside"),
    "quantize": Verb("quantize", "make the weights of a model small"),
    "verify": Verb("verify", "compare a model with what it was made from, natively and in a browser"),
    "shard": Verb("shard", "split a model into files that a browser fetches at the same time"),
    "info": Verb("info", "describe a model: inputs, outputs, operators, and what can run it"),
}

_EPILOG = """\
\b
Examples:
  pyinfer model convert net:build --input 1x3x224x224 --labels labels.txt -o net.onnx
  pyinfer model quantize net.onnx -o net-8bit.onnx
  pyinfer model verify net:build net-8bit.onnx --inputs pictures
  pyinfer model info net-8bit.onnx
"""

#: What the extra `models` brings.
_LIBRARIES = {"onnx", "onnxruntime", "onnxscript", "torch"}


class _ModelVerbs(Verbs):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            raise _lacking(error, cmd_name) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:  # PyTorch is imported only for a network of it
            raise _lacking(error, ctx.invoked_subcommand or "") from None


def _lacking(error: ModuleNotFoundError, verb: str) -> SetupError:
    library = (error.name or "").partition(".")[0]
    if library not in _LIBRARIES:
        raise error
    return SetupError(
        f"`pyinfer model {verb}` needs {library}: `pip install 'pyinfer-web[models]'` brings it"
    )


command = _ModelVerbs(verbs=VERBS, package="pyinfer.host.model", epilog=_EPILOG)
