"""`pyinfer model convert SOURCE -o FILE`: a trained network as ONNX, its preprocessing and labels inside.

The result is run beside the original before it gets its name; if the two differ, no file is left.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import click

from pyinfer.host.model.activation import Activation, read_labels
from pyinfer.host.model.operators import NEWEST_OPSET
from pyinfer.host.model.preprocessing import ChannelOrder, Layout

from .conversion import Conversion, Pictures, convert
from .inputs import InputSpec, parse_input
from .original import Wanted

__all__ = ["Conversion", "InputSpec", "Pictures", "Wanted", "command", "convert", "parse_input"]

_EXAMPLES = """\
\b
Examples:
  pyinfer model convert net:build --input 1x3x224x224 -o net.onnx
  pyinfer model convert net.py:build --weights net.pt --input image=batchx3x224x224
      --activation softmax --labels labels.txt --scale 1/255
      --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225
      --input-dtype uint8 --input-layout NHWC --channel-order BGR -o net.onnx
  pyinfer model convert net.pt2 --labels cat,dog,other -o net.onnx
  pyinfer model convert other.onnx --input-dtype uint8 --channel-order RGBA -o net.onnx
"""


def _numbers(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(Fraction(part.strip())) for part in text.split(","))
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(f"{text!r} is no number, fraction such as 1/255, or list of such") from None


def _number(context: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    numbers = _numbers(context, parameter, text)
    if numbers and len(numbers) > 1:
        raise click.BadParameter("one number is for all channels")
    return numbers[0] if numbers else None


def _sizes(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, int]:
    pairs = [text.partition("=") for text in texts]
    if not all(size.isdecimal() for _, _, size in pairs):
        raise click.BadParameter("write it as height=256")
    return {name: int(size) for name, _, size in pairs}


def _activation(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> tuple[str | None, Activation | None]:
    if text is None:
        return None, None
    name, _, activation = text.rpartition("=")
    for known in get_args(Activation):
        if activation == known:
            return name or None, known
    raise click.BadParameter(f"{activation!r} is neither sigmoid nor softmax")


_ORDER: dict[str, Any] = {
    "type": click.Choice(get_args(ChannelOrder), case_sensitive=False),
    "metavar": "|".join(get_args(ChannelOrder)),
}


@click.command(epilog=_EXAMPLES)
@click.argument("source")
@click.option("-o", "--output", "target", metavar="FILE", required=True, help="The ONNX file to write.")
@click.option(
    "--input",
    "inputs",
    metavar="[NAME=]SIZES[:DTYPE]",
    multiple=True,
    help="What the network takes, such as 1x3x224x224 or tokens=batchxlength:int64; once for each input. "
    "A word is an axis of any size (with commas between the sizes if it contains an x).",
)
@click.option(
    "--size",
    "sizes",
    metavar="AXIS=N",
    multiple=True,
    callback=_sizes,
    help="A size to try for such an axis.",
)
@click.option(
    "--output-name", "outputs", metavar="NAME", multiple=True, help="Name an output; once for each."
)
@click.option("--weights", metavar="FILE", help="Load this state_dict into the network.")
@click.option(
    "--opset", metavar="N", type=click.IntRange(7, NEWEST_OPSET), help="The version of ONNX's operators."
)
@click.option(
    "--activation",
    metavar="[OUTPUT=]sigmoid|softmax",
    callback=_activation,
    help="Append this to the first output, or to the one named; softmax is over axis 1.",
)
@click.option(
    "--labels", metavar="FILE|A,B,...", help="Names of the classes, axis 1 of the same output; a line each."
)
@click.option("--scale", metavar="X", callback=_number, help="Pixels are multiplied by this, such as 1/255.")
@click.option("--mean", metavar="X,Y,Z", callback=_numbers, help="Then this is subtracted.")
@click.option("--std", metavar="X,Y,Z", callback=_numbers, help="And then it is divided by this.")
@click.option(
    "--network-channel-order", **_ORDER, help="What the network was trained on; by default RGB or GRAY."
)
@click.option("--channel-order", **_ORDER, help="What the page feeds: cv2 has BGR, a canvas RGBA.")
@click.option(
    "--input-dtype", "dtype", type=click.Choice(["uint8", "float32"]), help="Likewise: raw pixels are uint8."
)
@click.option(
    "--input-layout",
    "layout",
    type=click.Choice(get_args(Layout), case_sensitive=False),
    metavar="|".join(get_args(Layout)),
    help="Likewise: cv2 and canvas have NHWC.",
)
@click.option("--picture", "input_name", metavar="NAME", help="Which input that is; the first by default.")
def command(
    *,
    source: str,
    target: str,
    inputs: tuple[str, ...],
    sizes: dict[str, int],
    outputs: tuple[str, ...],
    weights: str | None,
    opset: int | None,
    activation: tuple[str | None, Activation | None],
    labels: str | None,
    **pictures: Any,
) -> int:
    """SOURCE is module:function or file.py:function, whose function gives a torch.nn.Module; a .pt2 file of
    torch.export.save (like code, only from whom you trust); or an .onnx file, to which preprocessing,
    activation and labels are added.

    Preprocessing is put into the model, so that a page feeds the pixels that it has. The result is compared
    with the original on random input; it is written only if the two agree.
    """
    given = {name: value for name, value in pictures.items() if value is not None}
    convert(
        source,
        target,
        Wanted(
            inputs=tuple(map(parse_input, inputs)),
            outputs=outputs,
            sizes=sizes,
            weights=weights,
            opset=opset,
        ),
        activation=activation[1],
        scores=activation[0],
        labels=read_labels(labels) if labels else None,
        pictures=Pictures(**given) if given else None,
    )
    return 0
