"""Train the heart locator of the demonstration, and write it as ONNX.

``train_all.py`` runs this, some minutes on one core; it needs ``pip install 'pyinfer-web[models]'`` and
OpenCV.

It learns from phantoms alone. Its scores are those on phantoms of other patients and, where they are at
hand, its agreement with another network on twelve slices of real scans. The phantoms were drawn after
looking at those slices; no setting was chosen by the agreement.

A demonstration of running a network in a page. Not for clinical use.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from heart_network import build  # noqa: E402
from heart_pictures import SIZE, pictures  # noqa: E402
from heart_score import HELD_OUT_PICTURES, score  # noqa: E402
from training import fit, make_deterministic  # noqa: E402

from pyinfer.host.model.convert import Pictures, Wanted, convert, parse_input  # noqa: E402
from pyinfer.host.model.model_file import read_model, set_metadata, write_model  # noqa: E402
from pyinfer.host.model.quantize import quantize  # noqa: E402

SEED = 20240301
PICTURES = 5000
EPOCHS = 16
RATE = 6e-3
DESCRIPTION = (
    "Where the heart is in a slice of a chest CT: above 0 is heart. Trained on synthetic phantoms only."
)
INTENDED_USE = "Demonstration of inference in a browser. Not for clinical use."


def loss(logits: Tensor, hearts: Tensor) -> Tensor:
    """Cross entropy of the pixels, and what the batch lacks of a Dice score of 1."""
    wanted = hearts.float()
    shares = torch.sigmoid(logits)
    dice = 2 * (shares * wanted).sum() / (shares.sum() + wanted.sum() + 1)
    return binary_cross_entropy_with_logits(logits, wanted) + 1 - dice


def train(made: Iterable[tuple[np.ndarray, np.ndarray]], epochs: int) -> nn.Module:
    """A network that has learnt.

    Parameters
    ----------
    made : iterable of tuple of numpy.ndarray
        Grey values, uint8, and where the heart is, bool; both (64, 64).
    epochs : int
        How often it sees each.

    Returns
    -------
    torch.nn.Module
        In its state for inference.
    """
    make_deterministic(SEED)
    greys, hearts = (torch.from_numpy(np.stack(part)[:, None]) for part in zip(*made, strict=True))
    network = build()

    def loss_of(chosen: Tensor) -> Tensor:
        batch = greys[chosen].float().contiguous(memory_format=torch.channels_last)
        return loss(network(batch), hearts[chosen])

    orders = (torch.randperm(len(greys)) for _ in range(epochs))
    return fit(network, orders, loss_of, count=len(greys), epochs=epochs, rate=RATE, weight_decay=0.01)


def main(
    folder: Path, count: int = PICTURES, epochs: int = EPOCHS, held_out: int = HELD_OUT_PICTURES
) -> dict[str, float]:
    """Train on so many pictures, and write ``heart.pt``, ``heart.onnx`` and ``heart-8bit.onnx``.

    Returns
    -------
    dict of str to float
        What `score` says on so many held-out pictures, of the 8-bit file with ``8bit_`` before the names.
    """
    network = train(pictures(0, count), epochs)
    weights, target = folder / "heart.pt", folder / "heart.onnx"
    torch.save(network.state_dict(), weights)
    convert(
        f"{HERE / 'heart_network.py'}:build",
        target,
        Wanted(
            inputs=[parse_input(f"input=batchx1x{SIZE}x{SIZE}")], outputs=["output"], weights=str(weights)
        ),
        pictures=Pictures(network_channel_order="GRAY"),
    )
    model = read_model(target)
    set_metadata(model, description=DESCRIPTION, intended_use=INTENDED_USE)
    write_model(model, target)
    small = folder / "heart-8bit.onnx"
    small.unlink(missing_ok=True)
    quantize(target, small, mode="linear")
    of_8bit = score(small, held_out)
    return {**score(target, held_out), **{f"8bit_{name}": of for name, of in of_8bit.items()}}
