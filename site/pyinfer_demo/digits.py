"""Read one handwritten digit from a picture.

The network was trained on the digits that come with scikit-learn, so a picture is brought to
their form first: a 32 x 32 bitmap in which the digit fills the height, cut into 4 x 4 blocks, and
the ink counted in each. That leaves 8 x 8 numbers from 0 to 16.
"""

from __future__ import annotations

import inspect
import io
import sys
import time
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

SHOWN_SIDE = 1024  # longest side of a picture that was opened
WORKING_SIDE = 256  # longest side of the picture while contours are sought
BITMAP_SIDE = 32
BLOCK = 4
WIDEST = 28  # columns of the bitmap that a wide digit may fill
PEN = 5.0  # columns of the bitmap that a stroke is wide at least
LEAST_CONTRAST = 24  # grey levels between ink and paper

_session: ort.InferenceSession | None = None


class NothingToRead(ValueError):
    """The picture shows no digit; the message says what was seen instead."""


def load(path: str) -> dict[str, Any]:
    """Open the network; later calls of `read` use it.

    Parameters
    ----------
    path : str
        The ONNX file: input float32 (batch, 1, 8, 8) with values 0..16, output float32 (batch, 10).

    Returns
    -------
    dict
        ``input`` and ``output``: name, type and shape of each, as ONNX Runtime reports them.
    """
    global _session
    _session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    first, last = _session.get_inputs()[0], _session.get_outputs()[0]
    return {
        "input": {"name": first.name, "type": first.type, "shape": first.shape},
        "output": {"name": last.name, "type": last.type, "shape": last.shape},
    }


def weights(path: str) -> list[np.ndarray]:
    """The network's numbers, for an engine that does not read ONNX.

    Parameters
    ----------
    path : str
        The file that ``site/models/write_layers.py`` made.

    Returns
    -------
    list of numpy.ndarray
        float32: a matrix (inputs, outputs) and a bias (outputs,) for each layer.
    """
    with np.load(path) as layers:
        return [layers[name] for name in layers.files]


def open_picture(data: bytes) -> np.ndarray:
    """Open an encoded picture (anything Pillow opens), turned as its EXIF data says, shrunk if it is large.

    Returns
    -------
    numpy.ndarray
        uint8, (height, width, 4), longest side at most `SHOWN_SIDE`.

    Raises
    ------
    PIL.UnidentifiedImageError
        The bytes are no picture.
    """
    picture = Image.open(io.BytesIO(data))
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGBA")  # mixed colours are none of the palette
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX, reducing_gap=2)
    return np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))


def read(image: np.ndarray) -> dict[str, Any]:
    """Read the digit in a picture with ONNX Runtime.

    Parameters
    ----------
    image : numpy.ndarray
        uint8, (height, width, 4): red, green, blue, alpha.

    Returns
    -------
    dict
        What `prepare` gives, and what `decide` gives.

    Raises
    ------
    NothingToRead
        The picture shows no digit.
    """
    if _session is None:
        raise RuntimeError("call load(path) before read(image)")
    prepared = prepare(image)
    started = time.perf_counter()
    decided = decide(classify(_session, prepared["counts"][np.newaxis])[0])
    milliseconds = prepared["milliseconds"] + (time.perf_counter() - started) * 1000
    return {**prepared, **decided, "milliseconds": milliseconds}


def prepare(image: np.ndarray) -> dict[str, Any]:
    """Bring a picture to the form that the network knows.

    Parameters
    ----------
    image : numpy.ndarray
        uint8, (height, width, 4): red, green, blue, alpha.

    Returns
    -------
    dict
        ``counts``, float32 (8, 8), ``steps`` (list of ``{"name", "pixels"}``, uint8 pictures in the
        order in which they were made) and ``milliseconds`` spent.

    Raises
    ------
    NothingToRead
        The picture shows no digit.
    """
    started = time.perf_counter()
    page = on_paper(image)
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    ink = to_ink(grey)
    found, box = outline(ink)
    x, y, width, height = box
    crop = found[y : y + height, x : x + width]
    bitmap = centre(thicken(crop))
    counts = count_blocks(bitmap)
    milliseconds = (time.perf_counter() - started) * 1000
    boxed = cv2.cvtColor(ink, cv2.COLOR_GRAY2RGB)
    cv2.rectangle(boxed, (x, y), (x + width - 1, y + height - 1), (64, 200, 150), 2)
    return {
        "counts": counts,
        "steps": [
            {"name": "original", "pixels": page},
            {"name": "grey", "pixels": grey},
            {"name": "ink", "pixels": ink},
            {"name": "found", "pixels": boxed},
            {"name": "cropped", "pixels": crop},
            {"name": "centred", "pixels": bitmap},
            {"name": "counted", "pixels": (counts * (255 / BLOCK**2)).astype(np.uint8)},
        ],
        "milliseconds": milliseconds,
    }


def decide(probabilities: np.ndarray) -> dict[str, Any]:
    """Say what ten probabilities mean: ``digit`` (int) and ``probabilities`` (ten floats)."""
    return {"digit": int(probabilities.argmax()), "probabilities": [float(p) for p in probabilities]}


def classify(session: ort.InferenceSession, counts: np.ndarray) -> np.ndarray:
    """Ask the network: float32 (batch, 8, 8) in, probabilities (batch, 10) out."""
    name = session.get_inputs()[0].name
    return session.run(None, {name: counts[:, np.newaxis].astype(np.float32)})[0]


def on_paper(image: np.ndarray) -> np.ndarray:
    """Lay a picture on white and shrink it to the working size.

    Parameters
    ----------
    image : numpy.ndarray
        uint8, (height, width, 4).

    Returns
    -------
    numpy.ndarray
        uint8, (height, width, 3), longest side at most `WORKING_SIDE`.
    """
    opacity = image[..., 3:].astype(np.uint16)
    rgb = ((image[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    scale = WORKING_SIDE / max(rgb.shape[:2])
    if scale < 1:
        size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return rgb


def to_ink(grey: np.ndarray) -> np.ndarray:
    """Make ink bright and paper black, whatever they were, and take the light's fall-off away.

    The rim of the picture is taken for paper: where it is bright, the picture is inverted.
    """
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(rim) > (int(grey.min()) + int(grey.max())) / 2:
        grey = cv2.bitwise_not(grey)
    # The light is what an opening leaves of the paper: strokes are narrower than its kernel, shadows
    # are not. It changes slowly, so a quarter of the pixels each way shows it.
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    side = max(3, min(small.shape) // 2) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    light = cv2.resize(cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel), (width, height))
    ink = cv2.subtract(cv2.GaussianBlur(grey, (3, 3), 0), light)
    brightest = int(ink.max())
    if brightest < LEAST_CONTRAST:
        raise NothingToRead("There is nothing to read: the picture shows no ink that differs from its paper.")
    return cv2.convertScaleAbs(ink, alpha=255 / brightest)


def outline(ink: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Find the digit's strokes by their contours and leave specks and edges of the page out.

    Parameters
    ----------
    ink : numpy.ndarray
        uint8, (height, width), bright where there is ink.

    Returns
    -------
    found : numpy.ndarray
        uint8, the same size: 255 on the digit's strokes, else 0.
    box : tuple of int
        x, y, width, height around them.
    """
    _, binary = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(contour) for contour in contours]
    height, width = ink.shape
    inside = [
        i for i, (x, y, w, h) in enumerate(boxes) if x > 0 and y > 0 and x + w < width and y + h < height
    ]
    candidates = inside or list(range(len(boxes)))
    largest = max(max(boxes[i][2:]) for i in candidates)
    if largest < 6:
        raise NothingToRead("There is nothing to read: only specks were found.")
    kept = [i for i in candidates if max(boxes[i][2:]) >= largest / 6]
    mask = np.zeros_like(binary)
    cv2.drawContours(mask, [contours[i] for i in kept], -1, 255, cv2.FILLED)
    found = cv2.bitwise_and(binary, mask)
    left = min(boxes[i][0] for i in kept)
    top = min(boxes[i][1] for i in kept)
    right = max(boxes[i][0] + boxes[i][2] for i in kept)
    bottom = max(boxes[i][1] + boxes[i][3] for i in kept)
    return found, (left, top, right - left, bottom - top)


def pen_width(bitmap: np.ndarray) -> float:
    """Estimate how wide the strokes of a bitmap are, in pixels.

    A stroke of width w and length l has an area of w * l and a rim of about 2 * l.
    """
    contours, _ = cv2.findContours(bitmap, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rim = sum(cv2.arcLength(contour, True) for contour in contours)
    return 2 * cv2.countNonZero(bitmap) / max(rim, 1.0)


def thicken(crop: np.ndarray) -> np.ndarray:
    """Draw a thin pen's strokes as thick as those of the digits that the network knows.

    Parameters
    ----------
    crop : numpy.ndarray
        uint8, (height, width), 255 on ink, touching all four sides.

    Returns
    -------
    numpy.ndarray
        The same, twice the bitmap's height or a little more, with strokes of at least `PEN`.
    """
    height, width = crop.shape
    tall = 2 * BITMAP_SIDE
    wide = min(2 * WIDEST, max(1, round(width * tall / height)))
    large = cv2.resize(crop, (wide, tall), interpolation=cv2.INTER_AREA)
    large = cv2.copyMakeBorder(large, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=0)
    _, large = cv2.threshold(large, 95, 255, cv2.THRESH_BINARY)
    missing = round(2 * PEN - pen_width(large))
    if missing < 1:
        return crop
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    large = cv2.dilate(large, kernel)
    outer, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    left, top, width, height = cv2.boundingRect(np.concatenate(outer))
    return large[top : top + height, left : left + width]


def centre(crop: np.ndarray) -> np.ndarray:
    """Scale a cropped digit to the bitmap's height and put its centre of mass in the middle column.

    Parameters
    ----------
    crop : numpy.ndarray
        uint8, (height, width), 255 on ink, touching all four sides.

    Returns
    -------
    numpy.ndarray
        uint8, (32, 32), 255 on ink, else 0.
    """
    height, width = crop.shape
    columns = min(WIDEST, max(1, round(width * BITMAP_SIDE / height)))
    small = cv2.resize(crop, (columns, BITMAP_SIDE), interpolation=cv2.INTER_AREA)
    _, small = cv2.threshold(small, 95, 255, cv2.THRESH_BINARY)
    moments = cv2.moments(small, binaryImage=True)
    middle = moments["m10"] / moments["m00"] if moments["m00"] else (columns - 1) / 2
    left = round((BITMAP_SIDE - 1) / 2 - middle)
    left = min(max(left, 0), BITMAP_SIDE - columns)
    return cv2.copyMakeBorder(small, 0, 0, left, BITMAP_SIDE - columns - left, cv2.BORDER_CONSTANT, value=0)


def count_blocks(bitmap: np.ndarray) -> np.ndarray:
    """Count the ink in each 4 x 4 block of a bitmap.

    Returns
    -------
    numpy.ndarray
        float32, (8, 8), values 0..16.
    """
    blocks = (bitmap > 0).reshape(BITMAP_SIDE // BLOCK, BLOCK, BITMAP_SIDE // BLOCK, BLOCK)
    return blocks.sum(axis=(1, 3)).astype(np.float32)


def source() -> str:
    """This file's own text: what the page shows is what ran."""
    return inspect.getsource(sys.modules[__name__])
