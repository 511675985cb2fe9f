"""`pyinfer model verify ORIGINAL RESULT`: a model beside what it was made from, natively and in the browser.

Exit status: 0 within the tolerance, 1 past it, 2 for a wrong command line, 3 if one side can't be run.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import onnx
import onnxruntime

from pyinfer.errors import PyinferError
from pyinfer.host.model.model_file import get_metadata, read_model
from pyinfer.host.model.samples import Sample, find_samples
from pyinfer.host.opencv.choice import opencv_option
from pyinfer.host.progress import note
from pyinfer.host.report_output import give_report
from pyinfer.host.run_browser import Stopped
from pyinfer.host.verify.browser import browser_versions

from .answers import Labels, activated
from .browser import with_browser
from .comparison import BROWSER, NATIVE, ORIGINAL, Comparison
from .feeding import Feeding
from .page import render_page
from .report import Report, render_json, render_text
from .side import Arrays, Run, open_onnx
from .tolerance import tolerance_of
from .torch_side import open_torch, torch_version

__all__ = ["command", "verify"]

_EXIT_NOT_RUN = 3

_EXAMPLES = """\
\b
Examples:
  pyinfer model verify net:build net.onnx --inputs pictures
  pyinfer model verify net.onnx net-8bit.onnx --inputs pictures --html report.html
  pyinfer model verify net.pt2 net.onnx --inputs arrays --tolerance 0.001

\b
Exit statuses:
  0  within the tolerance    1  past it    2  wrong command line
  3  one side could not be run; standard error says which
"""


@click.command(epilog=_EXAMPLES)
@click.argument("original")
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--inputs",
    metavar="FOLDER",
    required=True,
    type=click.Path(path_type=Path),
    help="Pictures, or arrays (.npy, .npz); in folders by class, accuracies are compared, too.",
)
@click.option(
    "--tolerance",
    metavar="X",
    type=click.FloatRange(0),
    help="By how much an output may differ, as a part of its largest value. By default 0.0001; for 8-bit "
    "weights 0.1, and 0.0001 between native and browser.",
)
@click.option(
    "--weights",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A state_dict for the network that a function gives, as `pyinfer model convert` takes it.",
)
@opencv_option
@click.option("--native-only", is_flag=True, help="Leave out the browser.")
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False), help="Write a page with the worst samples."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(
    *,
    original: str,
    result: Path,
    inputs: Path,
    tolerance: float | None,
    weights: str | None,
    native_only: bool,
    html: str | None,
    as_json: bool,
) -> int:
    """ORIGINAL is a PyTorch network (module:function, or an exported program .pt2) or an ONNX file; RESULT
    is an ONNX file that was made from it.

    Each sample runs through the original, through the result natively and through the result in a headless
    browser. Arithmetic that was folded into the result, and an activation that was appended, are done for the
    original outside of it.
    """
    try:
        report = verify(
            original, result, inputs, tolerance=tolerance, weights=weights, native_only=native_only
        )
    except PyinferError as error:
        print(f"pyinfer: {error}", file=sys.stderr)
        return _EXIT_NOT_RUN
    except Stopped as stopped:
        return stopped.status
    json = render_json if as_json else None
    give_report(report, text=render_text, json=json, page=render_page, html=html)
    return 1 if report.is_past else 0


def verify(
    original: str,
    result: Path,
    inputs: Path,
    *,
    tolerance: float | None = None,
    weights: str | None = None,
    native_only: bool = False,
) -> Report:
    """Compare a model with what it was made from, on a folder of samples.

    Parameters
    ----------
    original : str
        ``module:function``, ``file.py:function``, an exported program (``.pt2``) or an ONNX file.
    result : Path
        An ONNX file.
    inputs : Path
        A folder, as `pyinfer.host.model.samples` reads it.
    tolerance : float, optional
        By how much outputs may differ, as a part of the largest value; by default what suits the model's
        quantization.
    weights : str, optional
        A file with the weights of the network that a function gives.
    native_only : bool
        Whether to leave out the browser.

    Raises
    ------
    ModelError
        A model or a sample can't be read, one side (`SideError`) can't be run, or the outputs can't be
        compared.
    """
    samples = find_samples(inputs)
    model = read_model(result)
    source = read_model(original) if original.endswith(".onnx") else None
    feeding = Feeding(source, model)
    metadata = get_metadata(model)
    allowed = tolerance_of(tolerance, str(metadata.get("quantization", "")))
    labels = _labels(metadata, samples)
    comparison = Comparison(
        allowed,
        len(metadata.get("labels", ())),
        str(metadata.get("activation", "")),
        Labels(labels, metadata.get("unknown_threshold")),
    )
    if source is None:
        run_original = open_torch(original, weights)
    else:
        run_original = open_onnx(Path(original), f"the {ORIGINAL}")
    if "activation" in metadata and not (source and "activation" in get_metadata(source)):
        run_original = _with_activation(run_original, metadata["activation"], _activated_output(model))
    versions = {"ONNX Runtime natively": onnxruntime.__version__, "Python": platform.python_version()}
    if source is None:
        versions = {"PyTorch": torch_version(), **versions}
    if not native_only:
        versions["ONNX Runtime in the browser"] = browser_versions()["ONNX Runtime"]
    names = [each.name for each in model.graph.output]
    del model, source  # their weights are in the sessions now
    run_result = open_onnx(result, f"the {NATIVE}")

    def compare(run_in_browser: Run | None) -> None:
        for sample in samples:
            to_original, to_result = feeding.of(sample)
            outputs = {ORIGINAL: run_original(to_original), NATIVE: run_result(to_result)}
            if run_in_browser:
                outputs[BROWSER] = run_in_browser(to_result)
            comparison.add(sample, outputs)

    where = "natively" if native_only else "natively and in the browser"
    note(f"comparing on {len(samples)} samples, {where}")
    if native_only:
        compare(None)
    else:
        with_browser(result, names, compare)
    return Report(original, str(result), str(inputs), comparison, allowed, labels, versions)


def _labels(metadata: dict[str, Any], samples: Sequence[Sample]) -> list[str]:
    """The model's labels, or the folders of the samples in their order."""
    known = metadata.get("labels")
    if known is not None:
        return [str(label) for label in known]
    return sorted({sample.label for sample in samples if sample.label is not None})


def _activated_output(model: onnx.ModelProto) -> int:
    """Which output an activation was appended to: the first that comes from one, or else the first."""
    makers = {name: node.op_type for node in model.graph.node for name in node.output}
    for number, output in enumerate(model.graph.output):
        if makers.get(output.name) in ("Sigmoid", "Softmax"):
            return number
    return 0


def _with_activation(run: Run, activation: str, number: int) -> Run:
    def run_and_activate(feeds: Arrays) -> Arrays:
        outputs = dict(run(feeds))
        name = list(outputs)[number]
        outputs[name] = activated(outputs[name], activation)
        return outputs

    return run_and_activate
