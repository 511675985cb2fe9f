"""A series on its way through the page: opened, ordered, searched, shown and cut out, a few slices a call."""

from __future__ import annotations

import inspect
import io
import time
import zipfile
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from . import heart
from .heart_dicom import read_dicom
from .heart_order import Series, put_in_order
from .heart_phantom import PIXEL, make_slice, thickness
from .heart_slice import Slice, Unreadable, read_picture

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*", b"RIFF")

_session: ort.InferenceSession | None = None
_opened: list[Slice] = []
_series = Series([])
_window = heart.SOFT_TISSUE
_parts: list[heart.Part | None] = []
_box: heart.Box | None = None


def load(path: str) -> None:
    """Open the network."""
    global _session
    _session = heart.load(path)


def begin() -> None:
    """Forget the series before."""
    global _series, _box
    _opened.clear()
    _parts.clear()
    _series, _box = Series([]), None


def add_phantom(count: int, start: int, stop: int) -> float:
    """Make some of the slices of a phantom of ``count``; the milliseconds that took."""
    started = time.perf_counter()
    for k in range(start, min(stop, count)):
        _opened.append(
            Slice(
                f"phantom {k + 1}",
                make_slice(k, count),
                modality="CT",
                number=k,
                place=np.array([0.0, 0.0, -k * thickness(count)]),
                axes=np.eye(3)[:2],
                pixel=(PIXEL, PIXEL),
                thickness=thickness(count),
            )
        )
    return _since(started)


def add_files(names: list[str], contents: list[bytes]) -> dict[str, Any]:
    """Open some files.

    Returns
    -------
    dict
        ``refused``, for each file that is no slice its ``name`` and ``reason``, and ``milliseconds``.
    """
    started = time.perf_counter()
    refused = []
    for name, content in zip(names, contents, strict=True):
        try:
            _opened.extend(_read(name, content))
        except Unreadable as error:
            refused.append({"name": name, "reason": str(error)})
    return {"refused": refused, "milliseconds": _since(started)}


def _read(name: str, content: bytes) -> list[Slice]:
    if content.startswith(_PICTURES):
        return [read_picture(name, content)]
    return read_dicom(name, content)


def put_together() -> dict[str, Any]:
    """Bring what was opened into order.

    Returns
    -------
    dict
        ``count``, ``width`` and ``height`` of the slices, ``modality``, ``pixel`` (height and width) and
        ``distance`` in mm or None, the values ``darkest`` and ``brightest``, ``notices`` in words.
    """
    global _series, _window
    _series = put_in_order(_opened)
    _opened.clear()
    slices = _series.slices
    samples = np.stack([one.pixels[::8, ::8] for one in slices[:: max(1, len(slices) // 20)]])
    darkest, brightest = (float(value) for value in np.percentile(samples, (0.5, 99.5)))
    is_ct, is_picture = slices[0].modality == "CT", slices[0].pixels.dtype == np.uint8
    _window = heart.SOFT_TISSUE if is_ct else (0.0, 255.0) if is_picture else (darkest, brightest + 1)
    height, width = slices[0].pixels.shape
    return {
        "count": len(slices),
        "width": width,
        "height": height,
        "modality": slices[0].modality,
        "pixel": None if slices[0].pixel is None else list(slices[0].pixel),
        "distance": _series.distance,
        "darkest": darkest,
        "brightest": max(brightest, darkest + 1),
        "notices": _series.notices,
    }


def find(start: int, stop: int) -> dict[str, Any]:
    """Look for the heart in some of the slices, which come in order.

    Returns
    -------
    dict
        ``rectangles``, for each slice x, y, width, height or None, and the ``milliseconds`` of each stage.
    """
    if _session is None:
        raise RuntimeError("call load(path) first")
    began = time.perf_counter()
    slices = [one.pixels for one in _series.slices[start:stop]]
    small = heart.prepare(slices, _window)
    prepared = time.perf_counter()
    hearts = heart.see(_session, small)
    seen = time.perf_counter()
    parts = heart.outline(hearts, slices[0].shape)
    _parts[start:] = parts
    return {
        "rectangles": _rectangles([part if part and part.area >= heart.SMALLEST else None for part in parts]),
        "milliseconds": {
            "prepare": (prepared - began) * 1000,
            "see": (seen - prepared) * 1000,
            "outline": _since(seen),
        },
    }


def enclose() -> dict[str, Any]:
    """Put the box around what was found.

    Returns
    -------
    dict
        ``box`` (None, or first and last slice from 0, x, y, width and height), ``millimetres`` of its
        width, height and depth if known, the ``rectangles`` of all slices, and ``milliseconds``.
    """
    global _box
    started = time.perf_counter()
    _box = heart.enclose(_parts)
    rectangles = _rectangles(heart.shown(_parts, _box))
    pixel, distance = _series.slices[0].pixel, _series.distance
    millimetres = None
    if _box and pixel and distance:
        depth = (_box.last - _box.first + 1) * distance
        millimetres = [_box.width * pixel[1], _box.height * pixel[0], depth]
    return {
        "box": None if _box is None else vars(_box),
        "millimetres": millimetres,
        "rectangles": rectangles,
        "milliseconds": _since(started),
    }


def picture(k: int, low: float, high: float) -> np.ndarray:
    """Slice ``k`` as greys from ``low`` (black) to ``high`` (white): uint8, (height, width)."""
    pixels = _series.slices[k].pixels
    scale = 255 / max(high - low, 1e-6)
    return cv2.convertScaleAbs(cv2.max(pixels.astype(np.float32), low), alpha=scale, beta=-low * scale)


def save() -> bytes:
    """What is in the box, as NumPy's ``.npz``.

    It holds ``values`` (slices from the head down, rows to the back, columns to the patient's left; of a CT
    in Hounsfield units), ``box`` (first and last slice, x, y, width, height in the series), and, where they
    are known, ``spacing`` (mm from slice to slice, row to row, column to column) and ``origin`` (mm to the
    patient's left, back and head of the middle of the first voxel).
    """
    box = _found_box()
    rows, columns = _sides(box)
    slices = _series.slices[box.first : box.last + 1]
    content: dict[str, Any] = {
        "values": np.stack([one.pixels[rows, columns] for one in slices]),
        "box": np.array([box.first, box.last, box.x, box.y, box.width, box.height]),
    }
    first = slices[0]
    if first.pixel and _series.distance:
        content["spacing"] = np.array([_series.distance, *first.pixel])
    if first.pixel and first.place is not None and first.axes is not None:
        offset = np.array([box.x * first.pixel[1], box.y * first.pixel[0]])
        content["origin"] = first.place + offset @ first.axes
    file = io.BytesIO()
    np.savez_compressed(file, **content)
    return file.getvalue()


def save_pictures(low: float, high: float) -> bytes:
    """What is in the box, as a ``.zip`` of PNGs with the greys of `picture`, named by their places."""
    box = _found_box()
    rows, columns = _sides(box)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pictures:
        for k in range(box.first, box.last + 1):
            _, encoded = cv2.imencode(".png", picture(k, low, high)[rows, columns])
            pictures.writestr(f"slice-{k + 1:04}.png", encoded.tobytes())
    return file.getvalue()


def source() -> str:
    """The text of what finds the heart: what the page shows is what ran."""
    return inspect.getsource(heart)


def _found_box() -> heart.Box:
    if _box is None:
        raise RuntimeError("there is no box")
    return _box


def _sides(box: heart.Box) -> tuple[slice, slice]:
    """Its rows and columns."""
    return slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)


def _rectangles(parts: list[heart.Part | None]) -> list[list[int] | None]:
    return [None if part is None else list(part[:4]) for part in parts]


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
