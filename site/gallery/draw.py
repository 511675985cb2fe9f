"""Draw the gallery's pictures with the pages' own networks, pictures and Python.

Run on the host: ``python site/gallery/draw.py``; needs OpenCV, ONNX Runtime and Pillow. Writes six WebP
files beside itself.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
SITE = HERE.parent
sys.path[:0] = [str(SITE), str(SITE / "models")]

import heart_score  # noqa: E402
from chest_phantom import Patient  # noqa: E402
from pictures.household import OBJECTS  # noqa: E402
from pictures.scene import render  # noqa: E402
from pyinfer_demo import contours, digits  # noqa: E402

SIZE = (640, 400)
PATIENT, SLICE, SLICES = 7, 112, 200
PAPER, INK, LINE, GREEN = (250, 252, 251), (24, 26, 22), (221, 225, 221), (11, 107, 82)  # red first
MONO = cv2.FONT_HERSHEY_DUPLEX


def main() -> None:
    """Draw them all."""
    pictures = {
        "heart": heart(),
        "speed": speed(),
        "digits": digit(),
        "camera": camera(),
        "contours": pebbles(),
        "script": script(),
    }
    for name, picture in pictures.items():
        path = HERE / f"{name}.webp"
        Image.fromarray(picture).save(path, quality=82, method=6)
        print(f"{path.name}: {path.stat().st_size} bytes")


def sheet(colour: tuple[int, int, int] = PAPER) -> np.ndarray:
    """An empty picture, red first."""
    return np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)


def heart() -> np.ndarray:
    """A phantom's slice, with the rectangle that the network finds."""
    values = Patient(PATIENT).slice(SLICE, SLICES, 512).hounsfield
    grey = np.clip((values + 160) / 400 * 255, 0, 255).astype(np.uint8)
    seen = cv2.resize(np.clip((values + 1000) / 2000 * 255, 0, 255).astype(np.uint8), (64, 64))
    network = heart_score.load(SITE / "models" / "heart.onnx")
    found = heart_score.rectangle(network(seen[None, None].astype(np.float32))[0, 0] > 0)
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    if found is None:
        raise RuntimeError("the network finds no heart in this slice: choose another")
    x, y, width, height = (8 * each for each in found)
    cv2.rectangle(picture, (x, y), (x + width, y + height), (98, 208, 172), 3, cv2.LINE_AA)
    return cv2.resize(picture[56 : 376 + 56], SIZE, interpolation=cv2.INTER_AREA)


def speed() -> np.ndarray:
    """Lines of a chart, the way such lines run; they are no measurement."""
    picture = sheet()
    left, top, right, bottom = 70, 50, 590, 340
    for y in np.linspace(top, bottom, 6).round().astype(int):
        cv2.line(picture, (left, y), (right, y), LINE, 1, cv2.LINE_AA)
    batches = np.linspace(0, 1, 10)
    curves = [(0.85, 0.30, (139, 147, 143)), (0.72, 0.22, (154, 77, 0)), (0.55, 0.12, GREEN)]
    for start, end, colour in curves:
        share = end + (start - end) * np.exp(-3.2 * batches)
        points = np.stack([left + batches * (right - left), bottom - share * (bottom - top)], 1)
        cv2.polylines(picture, [points.round().astype(np.int32)], False, colour, 3, cv2.LINE_AA)
        for x, y in points.round().astype(int).tolist():
            cv2.circle(picture, (x, y), 6, colour, cv2.FILLED, cv2.LINE_AA)
    for number, x in enumerate(np.linspace(left, right, 10).round().astype(int).tolist(), 1):
        text = str(2**number)
        (width, _), _ = cv2.getTextSize(text, MONO, 0.45, 1)
        cv2.putText(picture, text, (x - width // 2, bottom + 28), MONO, 0.45, (90, 98, 94), 1, cv2.LINE_AA)
    return picture


def digit() -> np.ndarray:
    """A drawn digit, and the steps that bring it to the network."""
    strokes = next(
        each["strokes"] for each in json.loads((SITE / "strokes.json").read_text()) if each["digit"] == 5
    )
    drawn = np.full((280, 280, 4), 255, np.uint8)
    for stroke in strokes:
        points = (np.array(stroke) * 280 * 8).round().astype(np.int32)
        cv2.polylines(drawn, [points], False, (*INK, 255), 18, cv2.LINE_AA, 3)
    steps = {each["name"]: each["pixels"] for each in digits.prepare(drawn)["steps"]}
    picture = sheet()
    picture[40:360, 40:360] = cv2.resize(drawn[..., :3], (320, 320), interpolation=cv2.INTER_LINEAR)
    cv2.rectangle(picture, (40, 40), (360, 360), LINE, 1)
    for name, (x, y) in {"ink": (390, 40), "found": (508, 40)}.items():
        picture[y : y + 92, x : x + 92] = rgb(cv2.resize(steps[name], (92, 92), interpolation=cv2.INTER_AREA))
    picture[150:360, 390:600] = rgb(cv2.resize(steps["counted"], (210, 210), interpolation=cv2.INTER_NEAREST))
    return picture


def rgb(picture: np.ndarray) -> np.ndarray:
    """A picture in colour, also if it is grey."""
    return picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)


def camera() -> np.ndarray:
    """Six of the objects that the camera's network knows."""
    picture = sheet((16, 19, 18))
    for place, name in enumerate(sorted(OBJECTS)[:6]):
        row, column = divmod(place, 3)
        drawn = render(OBJECTS[name], np.random.default_rng(place + 3), 224)
        top, left = row * 200, column * 213
        picture[top : top + 200, left : left + 214] = drawn[12:212, 5:219]
    return picture


def pebbles() -> np.ndarray:
    """The page's pebbles with their contours."""
    contours.open_photo((SITE / "sample.jpg").read_bytes())
    found = contours.find("edges", 120)["pixels"][..., :3]
    return cv2.resize(found[20:620], SIZE, interpolation=cv2.INTER_AREA)


def script() -> np.ndarray:
    """A few lines in an editor, and what they print."""
    picture = sheet()
    lines = [
        [("import", (138, 44, 111)), (" cv2", INK)],
        [("import", (138, 44, 111)), (" onnxruntime ", INK), ("as", (138, 44, 111)), (" ort", INK)],
        [],
        [("image = cv2.imread(", INK), ('"scan.png"', GREEN), (")", INK)],
        [("session = ort.InferenceSession(", INK), ('"net.onnx"', GREEN), (")", INK)],
        [("(answer,) = session.run(", INK), ("None", (154, 77, 0)), (", inputs)", INK)],
        [("answer.argmax()", INK)],
    ]
    for number, pieces in enumerate(lines):
        x, y = 96, 62 + 34 * number
        cv2.putText(picture, str(number + 1), (48, y), MONO, 0.55, (139, 147, 143), 1, cv2.LINE_AA)
        for text, colour in pieces:
            cv2.putText(picture, text, (x, y), MONO, 0.62, colour, 1, cv2.LINE_AA)
            x += cv2.getTextSize(text, MONO, 0.62, 1)[0][0]
    picture[310:] = (242, 244, 241)
    cv2.line(picture, (0, 310), (SIZE[0], 310), LINE, 1)
    cv2.putText(picture, "7", (48, 362), MONO, 0.7, GREEN, 1, cv2.LINE_AA)
    return picture


if __name__ == "__main__":
    main()
