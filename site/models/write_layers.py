"""Write the digit network's numbers as ``digits-layers.npz``, for an engine that does not read ONNX.

Run on the host: ``python site/models/write_layers.py``. Needs onnx, and writes the same bytes every time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

HERE = Path(__file__).resolve().parent


def write_layers(model: Path, target: Path) -> None:
    """Take matrices and biases out of a perceptron.

    Parameters
    ----------
    model : Path
        What ``train_digits.py`` wrote.
    target : Path
        An ``.npz`` of float32 arrays in their order: a matrix (inputs, outputs) and a bias for each layer.
        The first matrix takes the counts as they are: it has the model's division by 16 in it, which is
        exact.
    """
    weights = {each.name: numpy_helper.to_array(each) for each in onnx.load(model).graph.initializer}
    weights["weight_0"] = weights["weight_0"] / weights.pop("most")
    np.savez(target, allow_pickle=False, **weights)


if __name__ == "__main__":
    write_layers(HERE / "digits.onnx", HERE / "digits-layers.npz")
