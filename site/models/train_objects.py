"""Train the classifier of household objects, and write it as ONNX with its preprocessing inside.

``train_all.py`` runs this, some minutes on two cores; it needs ``pip install 'pyinfer-web[models]'``.

It learns from drawn pictures of eight kinds of object, and to have no opinion of drawings of nothing known
(Hendrycks, Mazeika, Dietterich, "Deep anomaly detection with outlier exposure", 2019). Whether a picture
shows something known is then told by the largest probability: the threshold is the one that 95 % of held-out
pictures of known objects pass. What it rejects is measured on kinds of drawing that it has not learnt from,
and on photographs.

A demonstration: it knows drawings. What it makes of real cups, nobody has measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from objects_network import build  # noqa: E402
from objects_score import SEED, SIDE, draw, score, threshold_of  # noqa: E402
from pictures.household import OBJECTS  # noqa: E402
from pictures.strangers import LEARNT  # noqa: E402
from training import fit, make_deterministic  # noqa: E402

from pyinfer.host.model.convert import Pictures, Wanted, convert, parse_input  # noqa: E402
from pyinfer.host.model.model_file import read_model, set_metadata, write_model  # noqa: E402
from pyinfer.host.model.quantize import quantize  # noqa: E402

MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
PICTURES = 500  # of each kind that it learns from
EPOCHS = 12
RATE = 4e-3


def train(known: np.ndarray, strangers: np.ndarray, epochs: int) -> nn.Module:
    """A network that has learnt.

    Parameters
    ----------
    known : numpy.ndarray
        uint8, (classes, count, SIDE, SIDE, 3): pictures of each known object.
    strangers : numpy.ndarray
        uint8, (count, SIDE, SIDE, 3): pictures of none.
    epochs : int
        How often it sees each.

    Returns
    -------
    torch.nn.Module
        In its state for inference.
    """
    make_deterministic(SEED)
    network = build()
    classes, count = known.shape[:2]
    pictures = np.concatenate([known.reshape(-1, *known.shape[2:]), strangers])
    no_opinion = np.full((len(strangers), classes), 1 / classes)
    answers = torch.from_numpy(np.concatenate([np.repeat(np.eye(classes), count, 0), no_opinion])).float()
    rng = np.random.default_rng(SEED)

    def loss_of(chosen: Tensor) -> Tensor:
        batch = pictures[chosen.numpy()]
        flipped = rng.random(len(batch)) < 0.5
        batch[flipped] = batch[flipped, :, ::-1]
        return nn.functional.cross_entropy(network(_normalised(batch)), answers[chosen], label_smoothing=0.02)

    orders = (torch.from_numpy(rng.permutation(len(pictures))) for _ in range(epochs))
    return fit(network, orders, loss_of, count=len(pictures), epochs=epochs, rate=RATE, weight_decay=0.02)


def _normalised(pictures: np.ndarray) -> torch.Tensor:
    floats = torch.from_numpy(np.ascontiguousarray(pictures)).float() / 255
    return ((floats - torch.tensor(MEAN)) / torch.tensor(STD)).permute(0, 3, 1, 2)


def export(network: nn.Module, folder: Path) -> Path:
    """Write the network as ``objects.pt`` and as ``objects.onnx``, which takes the bytes of RGB pictures."""
    weights, target = folder / "objects.pt", folder / "objects.onnx"
    torch.save(network.state_dict(), weights)
    convert(
        f"{HERE / 'objects_network.py'}:build",
        target,
        Wanted(
            inputs=[parse_input(f"image=batchx3x{SIDE}x{SIDE}")],
            outputs=["probabilities"],
            weights=str(weights),
        ),
        activation="softmax",
        labels=list(OBJECTS),
        pictures=Pictures(
            scale=1 / 255, mean=MEAN, std=STD, channel_order="RGB", layout="NHWC", dtype="uint8"
        ),
    )
    return target


def main(
    folder: Path, pictures: int = PICTURES, epochs: int = EPOCHS, held_out: int = 100
) -> dict[str, float]:
    """Train, and write ``objects.pt``, ``objects.onnx`` and ``objects-8bit.onnx``.

    Returns
    -------
    dict of str to float
        What `score` says, of the 8-bit file with ``8bit_`` before the names; the ``threshold``.
    """
    known = draw(OBJECTS, pictures, SEED)
    strangers = draw(LEARNT, pictures // 2, SEED + 5)
    network = train(known, strangers.reshape(-1, *strangers.shape[2:]), epochs)
    target = export(network, folder)
    threshold = threshold_of(target, held_out)
    model = read_model(target)
    set_metadata(
        model,
        unknown_threshold=threshold,
        description="Tells drawn household objects apart. A demonstration: it has seen no photographs.",
    )
    write_model(model, target)
    small = folder / "objects-8bit.onnx"
    small.unlink(missing_ok=True)
    quantize(target, small, mode="linear")
    of_float, of_8bit = score([target, small], threshold, held_out)
    return {"threshold": threshold, **of_float, **{f"8bit_{name}": of for name, of in of_8bit.items()}}
