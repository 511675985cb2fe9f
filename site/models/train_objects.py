"""Train the classifier of household objects, and write it as ONNX with its preprocessing inside.

Run on the host: ``python site/models/train_objects.py``, some minutes on two cores. Writes ``objects.onnx``
and ``objects-8bit.onnx`` beside itself. Needs ``pip install 'pyinfer-web[models]'`` and scikit-learn.

It learns from drawn pictures of eight kinds of object, and to have no opinion of drawings of nothing known
(Hendrycks, Mazeika, Dietterich, "Deep anomaly detection with outlier exposure", 2019). Whether a picture
shows something known is then told by the largest probability: the threshold is the one that 95 % of held-out
pictures of known objects pass. What it rejects is measured on kinds of drawing that it has not learnt from,
and on photographs.

A demonstration: it knows drawings. What it makes of real cups, nobody has measured.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from sklearn.datasets import load_sample_images
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from objects_network import build  # noqa: E402
from pictures.household import OBJECTS  # noqa: E402
from pictures.scene import render  # noqa: E402
from pictures.strangers import HELD_OUT, LEARNT  # noqa: E402

from pyinfer.host.model.convert import Pictures, Wanted, convert, parse_input  # noqa: E402
from pyinfer.host.model.model_file import read_model, set_metadata, write_model  # noqa: E402
from pyinfer.host.model.quantize import quantize  # noqa: E402

SEED = 20261122
SIDE = 224
MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
PICTURES = 500  # of each kind that it learns from
HELD_OUT_PICTURES = 100  # of each kind, to choose the threshold; as many others to measure what comes of it
EPOCHS = 10
BATCH = 64
RATE = 4e-3
KNOWN_PASS = 0.95
UNKNOWN = "unknown"

Drawings = dict[str, Callable[..., None]]


def draw(kinds: Drawings, count: int, seed: int) -> np.ndarray:
    """Pictures of each kind: uint8, (kinds, count, SIDE, SIDE, 3)."""
    rng = np.random.default_rng(seed)
    return np.stack([[render(kind, rng, SIDE) for _ in range(count)] for kind in kinds.values()])


def photographs(count: int, seed: int) -> np.ndarray:
    """Cuttings of the photographs that come with scikit-learn: uint8, (count, SIDE, SIDE, 3)."""
    rng = np.random.default_rng(seed)
    cuttings = []
    for index in range(count):
        photograph = load_sample_images().images[index % 2]
        size = int(rng.integers(SIDE, photograph.shape[0]))
        top, left = (int(rng.integers(0, edge - size + 1)) for edge in photograph.shape[:2])
        cutting = Image.fromarray(photograph[top : top + size, left : left + size])
        cuttings.append(np.asarray(cutting.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
    return np.stack(cuttings)


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
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    network = build()
    network.train()
    classes, count = known.shape[:2]
    pictures = np.concatenate([known.reshape(-1, *known.shape[2:]), strangers])
    no_opinion = np.full((len(strangers), classes), 1 / classes)
    answers = torch.from_numpy(np.concatenate([np.repeat(np.eye(classes), count, 0), no_opinion])).float()
    steps = epochs * (len(pictures) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    rng = np.random.default_rng(SEED)
    for epoch in range(epochs):
        order = rng.permutation(len(pictures))
        losses = []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            batch = pictures[chosen]
            flipped = rng.random(BATCH) < 0.5
            batch[flipped] = batch[flipped, :, ::-1]
            scores = network(_normalised(batch))
            loss = nn.functional.cross_entropy(scores, answers[chosen], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.4f}", flush=True)
    return network.eval()


def _normalised(pictures: np.ndarray) -> torch.Tensor:
    floats = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255
    return (floats - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def export(network: nn.Module, folder: Path) -> Path:
    """Write the network as ``objects.onnx``; it takes the bytes of RGB pictures and gives probabilities."""
    target = folder / "objects.onnx"
    with tempfile.TemporaryDirectory() as temporary:
        weights = Path(temporary) / "objects.pt"
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


def probabilities(model: Path, pictures: np.ndarray) -> np.ndarray:
    """What ONNX Runtime gives for pictures, (..., SIDE, SIDE, 3): float32, (count, classes)."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    flat = pictures.reshape(-1, *pictures.shape[-3:])
    parts = [flat[start : start + BATCH] for start in range(0, len(flat), BATCH)]
    return np.concatenate([session.run(None, {"image": part})[0] for part in parts])


def threshold_of(model: Path, count: int = HELD_OUT_PICTURES) -> float:
    """What 95 % of the held-out pictures of known objects pass."""
    sure = probabilities(model, draw(OBJECTS, count, SEED + 1)).max(1)
    return round(float(np.quantile(sure, 1 - KNOWN_PASS)), 3)


def score(models: Iterable[Path], threshold: float, count: int = HELD_OUT_PICTURES) -> list[dict[str, float]]:
    """How well models do on pictures that neither they nor the threshold have seen.

    Returns
    -------
    list of dict of str to float
        Of each: ``accuracy`` on known objects, threshold aside; ``known_passed``, the share of them above it;
        ``accuracy_of_passed``; ``drawings_rejected`` and ``photographs_rejected``, shares of what is none.
    """
    known, drawings = draw(OBJECTS, count, SEED + 2), draw(HELD_OUT, count, SEED + 3)
    photographed = photographs(2 * count, SEED + 4)
    answers = np.repeat(np.arange(len(OBJECTS)), count)
    scores = []
    for model in models:
        found = probabilities(model, known)
        right, passed = found.argmax(1) == answers, found.max(1) >= threshold
        figures = {
            "accuracy": right.mean(),
            "known_passed": passed.mean(),
            "accuracy_of_passed": (right & passed).sum() / max(1, passed.sum()),
            "drawings_rejected": (probabilities(model, drawings).max(1) < threshold).mean(),
            "photographs_rejected": (probabilities(model, photographed).max(1) < threshold).mean(),
        }
        scores.append({name: round(float(value), 4) for name, value in figures.items()})
    return scores


def write_samples(folder: Path, count: int = 10) -> None:
    """Write held-out pictures as PNG files, in a folder for each class and one for what is none."""
    kinds: Iterable[tuple[str, Drawings]] = [(name, {name: kind}) for name, kind in OBJECTS.items()]
    for index, (name, drawings) in enumerate([*kinds, (UNKNOWN, HELD_OUT)]):
        (folder / name).mkdir(parents=True, exist_ok=True)
        each = count if len(drawings) == 1 else -(-count // len(drawings))
        for number, picture in enumerate(draw(drawings, each, SEED + 100 + index).reshape(-1, SIDE, SIDE, 3)):
            Image.fromarray(picture).save(folder / name / f"{number:03}.png")


def main(folder: Path = HERE, pictures: int = PICTURES, epochs: int = EPOCHS) -> dict[str, float]:
    """Train, write both files, and say how well they do.

    Returns
    -------
    dict of str to float
        The scores, those of the 8-bit file with ``8bit_`` before their names.
    """
    torch.set_num_threads(2)
    known = draw(OBJECTS, pictures, SEED)
    strangers = draw(LEARNT, pictures // 2, SEED + 5)
    network = train(known, strangers.reshape(-1, *strangers.shape[2:]), epochs)
    target = export(network, folder)
    threshold = threshold_of(target)
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
    of_float, of_8bit = score([target, small], threshold)
    scores = {"threshold": threshold, **of_float, **{f"8bit_{name}": of for name, of in of_8bit.items()}}
    print(json.dumps(scores, indent=1))
    print(f"{target.name}: {target.stat().st_size} bytes; {small.name}: {small.stat().st_size} bytes")
    return scores


if __name__ == "__main__":
    main()
