"""By how much two outputs may differ, as a part of the largest value that the original gave."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Tolerance", "tolerance_of"]


@dataclass(frozen=True)
class Tolerance:
    """What is allowed, and why.

    Attributes
    ----------
    result : float
        Between the original and the result.
    browser : float
        Between the result natively and in the browser.
    reason : str
    """

    result: float
    browser: float
    reason: str


_EXACT = 1e-4
_BY_QUANTIZATION = {
    "": Tolerance(_EXACT, _EXACT, "the model's weights are those of the original"),
    "float16": Tolerance(1e-2, 1e-2, "the model's weights are float16"),
    **{
        kind: Tolerance(0.1, _EXACT, f"the model's weights have 8 bits ({kind})")
        for kind in ("linear", "linear_symmetric", "kmeans")
    },
}


def tolerance_of(wanted: float | None, quantization: str) -> Tolerance:
    """What the user wants, or what suits the way in which the model is quantized.

    Parameters
    ----------
    wanted : float or None
    quantization : str
        As in the model's metadata; empty if it is not quantized.
    """
    if wanted is not None:
        return Tolerance(wanted, wanted, "as asked for")
    # Where activations have 8 bits, too, a last digit that differs can become a whole step.
    steps = Tolerance(0.25, 0.05, f"the model computes with 8 bits ({quantization})")
    return _BY_QUANTIZATION.get(quantization, steps)
