"""Six pipelines that inference scripts are made of, as they write them; pipelines.js has them by hand."""

from __future__ import annotations

import time
from types import ModuleType

import cv2
import numpy as np


def make_inputs(width, height):
    """What the pipelines start from; pipelines.js reads the same arrays out of Python."""
    generator = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width]
    image = np.stack([(x * (c + 2) // 3 + y) % 256 for c in range(3)], axis=-1).astype(np.uint8)
    image ^= generator.integers(0, 24, image.shape, np.uint8)
    for _ in range(60):
        left, top = int(generator.integers(0, width - 80)), int(generator.integers(0, height - 60))
        image[top : top + 40, left : left + 60] = generator.integers(0, 256, 3)
    my, mx = np.mgrid[:160, :160]
    mask = np.zeros((160, 160), np.float32)
    for cx, cy, radius in ((40, 50, 25), (110, 60, 30), (80, 120, 28)):
        mask += np.clip(1.5 - np.hypot(mx - cx, my - cy) / radius, 0, 1).astype(np.float32)
    detections = generator.random((84, 8400), np.float32)
    detections[:4] *= np.float32([[width], [height], [width / 5], [height / 5]])
    detections[4:] = detections[4:] ** 2800  # some two hundred are sure of a class
    boxes = generator.integers(0, [width - 90, height - 90, width // 8, height // 8], (100, 4)).astype(
        np.int32
    )
    return {"image": image, "mask": mask, "detections": detections, "boxes": boxes}


def letterbox_and_blob(image, mask, detections, boxes):
    """To 640 x 640 with the aspect kept, and to a planar float32 blob."""
    height, width = image.shape[:2]
    scale = 640 / max(height, width)
    size = round(width * scale), round(height * scale)
    resized = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    top, left = (640 - size[1]) // 2, (640 - size[0]) // 2
    padded = cv2.copyMakeBorder(
        *(resized, top, 640 - size[1] - top, left, 640 - size[0] - left),
        cv2.BORDER_CONSTANT,
        value=(114, 114, 114),
    )
    return cv2.dnn.blobFromImage(padded, 1 / 255, (640, 640), swapRB=True)


def detection_postprocessing(image, mask, detections, boxes):
    """The output of a detector to boxes that don't overlap: (n, 4) of the kept ones, as whole numbers."""
    scores = detections[4:].max(axis=0)
    chosen = np.flatnonzero(scores > 0.5)
    classes = detections[4:, chosen].argmax(axis=0)
    cx, cy, width, height = detections[:4, chosen]
    corners = np.stack([cx - width / 2, cy - height / 2, width, height], axis=1)
    kept = cv2.dnn.NMSBoxes(corners.tolist(), scores[chosen].tolist(), 0.5, 0.45)
    found = np.column_stack([corners[kept], classes[kept]])
    return found.astype(np.int32)


def segmentation_contours(image, mask, detections, boxes):
    """A network's mask to polygons: for each its box and the number of its corners."""
    height, width = image.shape[:2]
    large = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    binary = (large > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        if cv2.contourArea(contour) >= 100:
            polygon = cv2.approxPolyDP(contour, 0.005 * cv2.arcLength(contour, True), True)
            found.append([*cv2.boundingRect(contour), len(polygon)])
    return np.array(found, np.int32)


def perspective_warp(image, mask, detections, boxes):
    """A quadrangle of the image, straightened to its full size."""
    height, width = image.shape[:2]
    source = np.float32([[40, 30], [width - 60, 20], [width - 10, height - 40], [25, height - 15]])
    target = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return cv2.warpPerspective(image, cv2.getPerspectiveTransform(source, target), (width, height))


def draw_boxes(image, mask, detections, boxes):
    """A hundred boxes drawn into a copy of the image."""
    drawn = image.copy()
    for x, y, width, height in boxes.tolist():
        cv2.rectangle(drawn, (x, y), (x + width, y + height), (0, 200, 255), 2)
    return drawn


def orb_match(image, mask, detections, boxes):
    """Two views of a scene matched: the distances of the matches, best first."""
    orb = cv2.ORB_create(500)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    _, first = orb.detectAndCompute(grey, None)
    _, second = orb.detectAndCompute(cv2.flip(grey, 1), None)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first, second)
    return np.array(sorted(int(match.distance) for match in matches), np.int32)


PIPELINES = {
    "letterbox and blob": letterbox_and_blob,
    "detections and NMS": detection_postprocessing,
    "segmentation contours": segmentation_contours,
    "perspective warp": perspective_warp,
    "draw 100 boxes": draw_boxes,
    "ORB match": orb_match,
}


def milliseconds(name, inputs, calls):
    """What one call takes."""
    pipeline = PIPELINES[name]
    start = time.perf_counter()
    for _ in range(calls):
        pipeline(**inputs)
    return (time.perf_counter() - start) * 1000 / calls


class Stopwatch:
    """Stands for cv2, or for an object of it, and adds up how long its functions take."""

    seconds = 0.0

    def __init__(self, timed):
        self._timed = timed

    def __getattr__(self, name):
        value = getattr(self._timed, name)
        if isinstance(value, ModuleType):
            value = Stopwatch(value)
        elif callable(value):
            value = self._measured(value)
        setattr(self, name, value)
        return value

    def _measured(self, function):
        def call(*args, **kwargs):
            start = time.perf_counter()
            result = function(*args, **kwargs)
            Stopwatch.seconds += time.perf_counter() - start
            return Stopwatch(result) if isinstance(result, REAL_CV2.Algorithm) else result

        return call


REAL_CV2 = cv2


def milliseconds_outside(name, inputs, calls):
    """What one call takes of the interpreter and NumPy, which no implementation of cv2 can change."""
    global cv2
    Stopwatch.seconds = 0.0
    cv2 = Stopwatch(REAL_CV2)
    try:
        whole = milliseconds(name, inputs, calls)
    finally:
        cv2 = REAL_CV2
    return whole - Stopwatch.seconds * 1000 / calls
