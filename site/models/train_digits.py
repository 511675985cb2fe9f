"""Train the digit network of the demo page and write it as ONNX.

Run on the host: ``python site/models/train_digits.py``. Needs scikit-learn, OpenCV and onnx, and
writes ``digits.onnx`` beside itself, the same bytes every time on the same machine.

The data are the 1797 real digits that come with scikit-learn (8 x 8, values 0..16, written by 13
people, in the order of the writers). The last quarter is held out, so it is by hands that the
network has not seen. What it trains on is varied the way people and pens vary (slant, width,
turn, thickness, wobble) and brought back to 8 x 8 by the very steps that the page uses.

None of the 13 writes a 1 with both a flag and a foot, or an open 4 without a crossing, so the
strokes of ``strokes.json``, which the page offers as samples, join the training too.
"""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from pyinfer_demo.digits import (  # noqa: E402
    centre,
    count_blocks,
    on_paper,
    outline,
    pen_width,
    thicken,
    to_ink,
)
from write_layers import write_layers  # noqa: E402
from write_tflite import write_tflite  # noqa: E402

from pyinfer.host.model.quantize import quantize  # noqa: E402

SEED = 20240229
TRAINING = 1347  # of the 1797, in the writers' order
VARIANTS = 24  # of each real digit
DRAWN_VARIANTS = 200  # of each entry of strokes.json
LAYERS = (200, 100)
EPOCHS = 15
CANVAS = 96  # pixels of the picture in which a digit is written anew; the digit takes 64 of them
SCALE = 2  # of those, for one of the page's 32 x 32 bitmap


def vary(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write an 8 x 8 digit anew as another hand and pen might, and bring it back to 8 x 8.

    Parameters
    ----------
    image : numpy.ndarray
        float, (8, 8), values 0..16.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    numpy.ndarray
        float32, (8, 8), values 0..16.
    """
    large = cv2.resize(image.astype(np.float32), (64, 64), interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, 16, 16, 16, 16, cv2.BORDER_CONSTANT, value=0)
    turn = np.deg2rad(rng.normal(0, 7))
    shear = rng.normal(0, 0.15)
    wide = np.exp(rng.normal(0, 0.2))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[wide, shear], [0, 1]])
    rows, columns = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32)
    middle = (CANVAS - 1) / 2
    inverse = np.linalg.inv(matrix)
    x = inverse[0, 0] * (columns - middle) + inverse[0, 1] * (rows - middle) + middle
    y = inverse[1, 0] * (columns - middle) + inverse[1, 1] * (rows - middle) + middle
    wobble = rng.normal(0, 1, (2, 5, 5)).astype(np.float32) * rng.uniform(0, 4)
    x += cv2.resize(wobble[0], (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    y += cv2.resize(wobble[1], (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    written = cv2.remap(large, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    bitmap = np.where(written > rng.uniform(4.5, 11.5), 255, 0).astype(np.uint8)
    too_wide = round(pen_width(bitmap) - SCALE * rng.uniform(3.5, 8))
    if too_wide > 0:
        bitmap = cv2.erode(bitmap, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (too_wide + 1, too_wide + 1)))
    contours, _ = cv2.findContours(bitmap, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return image.astype(np.float32)
    left, top, width, height = cv2.boundingRect(np.concatenate(contours))
    centred = centre(thicken(bitmap[top : top + height, left : left + width]))
    return count_blocks(np.roll(centred, rng.integers(-2, 3), axis=1))


def draw(strokes: list[list[list[float]]], matrix: np.ndarray, pen: int, side: int = 280) -> np.ndarray:
    """Draw strokes as the page's canvas shows them: dark, round and smooth on white.

    Parameters
    ----------
    strokes : list
        Polylines of (x, y) in the unit square; their corners are rounded by Chaikin's rule.
    matrix : numpy.ndarray
        float, (2, 3): an affine map about the middle of the square.
    pen : int
        Width of the pen in pixels.
    side : int
        Width and height of the picture in pixels.

    Returns
    -------
    numpy.ndarray
        uint8, (side, side, 4).
    """
    image = np.full((side, side, 4), 255, np.uint8)
    for stroke in strokes:
        points = np.array(stroke) - 0.5
        for _ in range(2):
            near = 0.75 * points[:-1] + 0.25 * points[1:]
            far = 0.25 * points[:-1] + 0.75 * points[1:]
            points = np.concatenate([points[:1], np.stack([near, far], 1).reshape(-1, 2), points[-1:]])
        points = (points @ matrix[:, :2].T + matrix[:, 2] + 0.5) * side
        cv2.polylines(
            image, [np.round(points * 8).astype(np.int32)], False, (20, 24, 26, 255), pen, cv2.LINE_AA, 3
        )
    return image


def draw_varied(strokes: list[list[list[float]]], rng: np.random.Generator) -> np.ndarray:
    """Draw strokes in some size, place, slant and thickness, and read them to 8 x 8 as the page does."""
    turn = np.deg2rad(rng.normal(0, 6))
    size = rng.uniform(0.45, 1.05)
    matrix = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.12)], [0, 1]])
    place = rng.uniform(-0.12, 0.12, (2, 1)) * (1.1 - size)
    wobbly = [(np.array(stroke) + rng.normal(0, 0.02, (len(stroke), 2))).tolist() for stroke in strokes]
    image = draw(wobbly, np.hstack([matrix, place]), int(rng.integers(8, 26)))
    found, (x, y, width, height) = outline(to_ink(cv2.cvtColor(on_paper(image), cv2.COLOR_RGB2GRAY)))
    return count_blocks(centre(thicken(found[y : y + height, x : x + width])))


def to_onnx(network: MLPClassifier) -> onnx.ModelProto:
    """Write a trained perceptron as an ONNX model: counts in, ten probabilities out."""
    steps = [
        helper.make_node("Flatten", ["counts"], ["flat"], axis=1),
        helper.make_node("Div", ["flat", "most"], ["layer_0"]),
    ]
    weights = [numpy_helper.from_array(np.float32(16), "most")]
    last = len(network.coefs_) - 1
    for i, (coefficients, intercepts) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        weights.append(numpy_helper.from_array(coefficients.astype(np.float32), f"weight_{i}"))
        weights.append(numpy_helper.from_array(intercepts.astype(np.float32), f"bias_{i}"))
        steps.append(helper.make_node("Gemm", [f"layer_{i}", f"weight_{i}", f"bias_{i}"], [f"sum_{i}"]))
        if i < last:
            steps.append(helper.make_node("Relu", [f"sum_{i}"], [f"layer_{i + 1}"]))
    steps.append(helper.make_node("Softmax", [f"sum_{last}"], ["probabilities"], axis=1))
    graph = helper.make_graph(
        steps,
        "digits",
        [helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 10])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="pyinfer")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def main(folder: Path = HERE) -> dict[str, float]:
    """Train, write the network in its three forms, and give how well they read unseen hands."""
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    rng = np.random.default_rng(SEED)
    written = [vary(image, rng) for image in images[:TRAINING] for _ in range(VARIANTS)]
    styles = json.loads((HERE.parent / "strokes.json").read_text(encoding="utf-8"))
    drawn = [draw_varied(style["strokes"], rng) for style in styles for _ in range(DRAWN_VARIANTS)]
    inputs = np.stack(written + drawn * 2).reshape(-1, 64) / 16
    drawn_labels = np.repeat([style["digit"] for style in styles], DRAWN_VARIANTS)
    answers = np.concatenate([np.repeat(labels[:TRAINING], VARIANTS), drawn_labels, drawn_labels])
    network = MLPClassifier(
        LAYERS, batch_size=256, max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=SEED
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops by number of epochs
        network.fit(inputs, answers)
    accuracy = network.score(images[TRAINING:].reshape(-1, 64) / 16, labels[TRAINING:])
    data = to_onnx(network).SerializeToString()
    target = folder / "digits.onnx"
    target.write_bytes(data)
    print(f"held-out accuracy: {accuracy:.4f} of {len(labels) - TRAINING} digits by unseen hands")
    print(f"{target.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    write_layers(target, folder / "digits-layers.npz")
    write_tflite(folder / "digits-layers.npz", folder / "digits.tflite")
    small = folder / "digits-8bit.onnx"
    small.unlink(missing_ok=True)
    quantize(target, small, mode="linear")
    session = onnxruntime.InferenceSession(small, providers=["CPUExecutionProvider"])
    (read,) = session.run(None, {"counts": images[TRAINING:, None].astype(np.float32)})
    of_8bit = np.mean(read.argmax(1) == labels[TRAINING:])
    return {"accuracy": round(float(accuracy), 4), "8bit_accuracy": round(float(of_8bit), 4)}


if __name__ == "__main__":
    main()
