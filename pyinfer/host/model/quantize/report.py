"""What `pyinfer model quantize` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .measure import Accuracy, Difference

__all__ = ["Quantized", "render_text"]


@dataclass(frozen=True)
class Quantized:
    """What became of a model.

    Attributes
    ----------
    mode : str
    weights : int
        How many tensors had values enough to be quantised.
    size_before, size_after : int
        Bytes.
    difference : Difference or None
        Between the outputs; None if there was nothing that the model could compute.
    inputs : str
        What they were given.
    accuracy : Accuracy or None
        On labelled samples, if there are any.
    """

    mode: str
    weights: int
    size_before: int
    size_after: int
    difference: Difference | None
    inputs: str
    accuracy: Accuracy | None

    @property
    def ratio(self) -> float:
        """Of the sizes."""
        return self.size_after / self.size_before


def render_text(quantized: Quantized) -> str:
    """A small table, and a line on the outputs."""
    rows = [
        ("", "before", "after", "ratio"),
        ("bytes", f"{quantized.size_before:,}", f"{quantized.size_after:,}", f"{quantized.ratio:.3f}"),
    ]
    notes = []
    accuracy = quantized.accuracy
    if accuracy:
        before, after = accuracy.before / accuracy.samples, accuracy.after / accuracy.samples
        rows.append(("top-1", f"{before:.2%}", f"{after:.2%}", f"{after - before:+.2%}"))
        notes.append(f"{accuracy.same} of {accuracy.samples} labelled samples are told the same as before")
    difference = quantized.difference
    if difference:
        notes.append(
            f"outputs differ by at most {difference.largest:.3g}, on average {difference.mean:.3g}, "
            f"within a range of {difference.range:.3g} ({quantized.inputs})"
        )
    return "\n".join([*_table(rows), *notes])


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
