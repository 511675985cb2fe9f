"""Blobs and non-maximum suppression."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

BOXES = [[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 5, 5]]
SCORES = [0.9, 0.8, 0.7]
ROTATED = [((0, 0), (10, 10), 0), ((1, 1), (10, 10), 30), ((20, 20), (5, 5), 10), ((1, 1), (4, 3), 5)]


def some_boxes(count, seed=0, dtype=np.float64):
    generator = np.random.default_rng(seed)
    boxes = generator.random((count, 4)) * [200, 150, 60, 60]
    return boxes.astype(dtype), generator.random(count).astype(np.float32)


def classes(count):
    return np.random.default_rng(9).integers(0, 3, count)


def rotated(count, seed=3):
    boxes, scores = some_boxes(count, seed)
    angles = (np.random.default_rng(seed).random(count) * 180 - 90).tolist()
    return [((x, y), (w, h), a) for (x, y, w, h), a in zip(boxes.tolist(), angles, strict=True)], scores


def blob(*shape):
    return noise(*shape, dtype=np.float32)


nms, soft = cv2.dnn.NMSBoxes, cv2.dnn.softNMSBoxes
batched, by_angle = cv2.dnn.NMSBoxesBatched, cv2.dnn.NMSBoxesRotated

CASES = {
    "blob": lambda: cv2.dnn.blobFromImage(photo()),
    "blob_all": lambda: cv2.dnn.blobFromImage(photo(), 1 / 255, (32, 24), (104, 117, 123), True, False),
    "blob_crop": lambda: cv2.dnn.blobFromImage(photo(), 0.0078, (40, 40), (127.5,) * 3, crop=True),
    "blob_crop_wide": lambda: cv2.dnn.blobFromImage(photo(40, 90), 1, (64, 20), crop=True),
    "blob_enlarged": lambda: cv2.dnn.blobFromImage(photo(), 1 / 255, (200, 160), swapRB=True),
    "blob_grey": lambda: cv2.dnn.blobFromImage(photo(channels=1), 1 / 255, (28, 28), 33.3),
    "blob_grey_swapped": lambda: cv2.dnn.blobFromImage(photo(channels=1), swapRB=True),
    "blob_4": lambda: cv2.dnn.blobFromImage(photo(channels=4), 0.5, (30, 20), (1, 2, 3, 4), True),
    "blob_8u": lambda: cv2.dnn.blobFromImage(photo(), size=(30, 20), swapRB=True, ddepth=cv2.CV_8U),
    "blob_float": lambda: cv2.dnn.blobFromImage(blob(30, 40, 3), 2, (33, 22), (0.1, 0.2, 0.3)),
    "blob_double": lambda: cv2.dnn.blobFromImage(noise(30, 40, 3, dtype=np.float64), 2, mean=0.25),
    "blob_16u": lambda: cv2.dnn.blobFromImage(noise(30, 40, 3, dtype=np.uint16), 1 / 65535, (20, 10)),
    "blob_int": lambda: cv2.dnn.blobFromImage(noise(30, 40, dtype=np.int32) // 1000),
    "blob_8s": lambda: cv2.dnn.blobFromImage(noise(30, 40, 3, dtype=np.int8), 0.1),
    "blob_strided": lambda: cv2.dnn.blobFromImage(photo()[5:50, 3:70, ::-1], 1 / 255, (20, 20)),
    "blobs": lambda: cv2.dnn.blobFromImages([photo(), photo(40, 50)], 1 / 255, (32, 24), 127, True),
    "blobs_no_size": lambda: cv2.dnn.blobFromImages((photo(), photo(40, 50)), swapRB=True),
    "blobs_crop": lambda: cv2.dnn.blobFromImages([photo(), photo(40, 50)], size=(20, 30), crop=True),
    "blobs_grey": lambda: cv2.dnn.blobFromImages([photo(channels=1)] * 3, ddepth=cv2.CV_8U),
    "blobs_array": lambda: cv2.dnn.blobFromImages(noise(3, 10, 12, 3), 0.5),
    "images": lambda: cv2.dnn.imagesFromBlob(blob(2, 3, 4, 5)),
    "images_single": lambda: cv2.dnn.imagesFromBlob(blob(2, 1, 4, 5)),
    "images_dst": lambda: cv2.dnn.imagesFromBlob(blob(1, 2, 4, 5), [np.empty((4, 5, 2), np.float32)]),
    "images_none": lambda: cv2.dnn.imagesFromBlob(np.empty((0, 2, 4, 5), np.float32)),
    "targets": lambda: [cv2.dnn.getAvailableTargets(backend) for backend in (0, 3)],
    "targets_none": lambda: [cv2.dnn.getAvailableTargets(backend) for backend in (-1, 99)],
    "nms": lambda: nms(BOXES, SCORES, 0.5, 0.4),
    "nms_arrays": lambda: nms(np.array(BOXES, np.float32), np.array(SCORES), 0.5, 0.4),
    "nms_tuples": lambda: nms(tuple(map(tuple, BOXES)), tuple(SCORES), np.float32(0.5), 0.4),
    "nms_rows": lambda: nms([np.array(box) for box in BOXES], np.array(SCORES, np.float32)[::-1], 0.5, 0.4),
    "nms_empty": lambda: (nms([], [], 0.5, 0.4), nms(np.empty((0, 4)), np.empty(0), 0, 0)),
    "nms_nothing": lambda: (nms(None, None, 0.5, 0.4), nms(BOXES, SCORES, 0.95, 0.4)),
    "nms_top_k": lambda: [nms(*some_boxes(100), 0.1, 0.3, top_k=k) for k in (-1, 0, 1, 30)],
    "nms_at_threshold": lambda: nms(BOXES, [0.5, 0.5, 0.75], 0.5, 0.4),
    "nms_ties": lambda: nms(*some_boxes(200)[:1], np.round(some_boxes(200)[1], 1), 0.2, 0.3),
    "nms_eta": lambda: [nms(*some_boxes(300), 0, 0.9, eta) for eta in (0.99, 0.9, 0.5, 1.5)],
    "nms_many": lambda: [nms(*some_boxes(1500, seed), 0.05, 0.02 + 0.2 * seed) for seed in range(5)],
    "nms_integers": lambda: nms(*some_boxes(400, dtype=np.int64), 0.05, 0.25),
    "nms_negative": lambda: nms(some_boxes(400)[0] - [100, 100, 20, 20], some_boxes(400)[1], 0, 0.1),
    "nms_degenerate": lambda: nms([[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 5], [1, 1, 3, 3]], [1] * 4, 0, 0.5),
    "nms_nan": lambda: nms(BOXES, [np.nan, 0.8, 0.9], 0.5, 0.4),
    "nms_nan_boxes": lambda: nms([[np.nan] * 4] * 3, SCORES, 0.5, 0.4),
    "nms_infinite": lambda: nms([[0, 0, np.inf, 1], [0, 0, 3, 1], [9, 0, np.inf, 1]], SCORES, 0.5, 0.4),
    "batched": lambda: batched(BOXES, SCORES, [0, 0, 1], 0.5, 0.3),
    "batched_many": lambda: batched(*some_boxes(500), classes(500), 0.1, 0.2),
    "batched_top_k": lambda: batched(*some_boxes(500), classes(500).astype(np.int32), 0.1, 0.2, 0.95, 50),
    "batched_negative": lambda: batched(*some_boxes(90), -classes(90), -1, 0.2),
    "batched_empty": lambda: batched([], [], [], 0.5, 0.3),
    "rotated": lambda: by_angle(ROTATED, [0.9, 0.8, 0.7, 0.6], 0.5, 0.3),
    "rotated_many": lambda: [by_angle(*rotated(70), 0.1, t) for t in (0.1, 0.4, 0.7)],
    "rotated_eta": lambda: by_angle(*rotated(70, 4), 0.1, 0.8, eta=0.9, top_k=60),
    "rotated_empty": lambda: by_angle([], [], 0.5, 0.3),
    "soft": lambda: soft(BOXES, SCORES, 0.1, 0.3),
    "soft_linear": lambda: soft(BOXES, SCORES, 0.1, 0.3, method=cv2.dnn.SOFT_NMSMETHOD_SOFTNMS_LINEAR),
    "soft_many": lambda: soft(*some_boxes(200, dtype=np.int32), 0.05, 0.3, sigma=0.7),
    "soft_many_linear": lambda: soft(*some_boxes(200, dtype=np.int32), 0.05, 0.3, 40, 0.7, 1),
    "soft_empty": lambda: soft([], [], 0.1, 0.3, method=7),
    "soft_nothing": lambda: soft(BOXES, SCORES, 0.95, 0.3),
    "soft_sigma_0": lambda: soft(BOXES, SCORES, 0.1, 0.3, sigma=0),
    "soft_top_k": lambda: soft(BOXES, SCORES, 0.1, 0.3, 2),
}
ERRORS = {
    "blobs_none": lambda: cv2.dnn.blobFromImages([]),
    "blobs_depths": lambda: cv2.dnn.blobFromImages([photo(), photo().astype(np.float32)]),
    "blobs_channels": lambda: cv2.dnn.blobFromImages([photo(), photo(channels=1)]),
    "blobs_scaled_8u": lambda: cv2.dnn.blobFromImages([photo()], 0.5, ddepth=cv2.CV_8U),
    "blobs_mean_8u": lambda: cv2.dnn.blobFromImages([photo()], mean=1, ddepth=cv2.CV_8U),
    "blobs_2": lambda: cv2.dnn.blobFromImages([noise(5, 6, 2)]),
    "blobs_number": lambda: cv2.dnn.blobFromImages(5),
    "blob_2": lambda: cv2.dnn.blobFromImage(noise(5, 6, 2)),
    "images_double": lambda: cv2.dnn.imagesFromBlob(np.zeros((2, 3, 4, 5))),
    "images_3d": lambda: cv2.dnn.imagesFromBlob(np.zeros((2, 3, 4), np.float32)),
    "images_no_channels": lambda: cv2.dnn.imagesFromBlob(np.zeros((2, 0, 4, 5), np.float32)),
    "images_no_rows": lambda: cv2.dnn.imagesFromBlob(np.zeros((1, 2, 0, 5), np.float32)),
    "targets_float": lambda: cv2.dnn.getAvailableTargets(1.5),
    "nms_sizes": lambda: nms(BOXES, SCORES[:2], 0.5, 0.4),
    "nms_score_threshold": lambda: nms(BOXES, SCORES, -0.5, 0.4),
    "nms_threshold": lambda: nms(BOXES, SCORES, 0.5, -0.4),
    "nms_eta": lambda: nms(BOXES, SCORES, 0.5, 0.4, 0),
    "nms_box": lambda: nms(np.zeros((3, 5)), SCORES, 0.5, 0.4),
    "nms_box_text": lambda: nms([["a", 2, 3, 4]], SCORES, 0.5, 0.4),
    "nms_box_bool": lambda: nms(np.zeros((3, 4), bool), SCORES, 0.5, 0.4),
    "nms_no_boxes": lambda: nms(5, SCORES, 0.5, 0.4),
    "nms_scores_2d": lambda: nms(BOXES, np.zeros((3, 1)), 0.5, 0.4),
    "nms_score_lists": lambda: nms(BOXES, [[0.9], [0.8], [0.7]], 0.5, 0.4),
    "nms_score_text": lambda: nms(BOXES, ["a"], 0.5, 0.4),
    "nms_threshold_text": lambda: nms(BOXES, SCORES, "x", 0.4),
    "nms_missing": lambda: nms(BOXES, SCORES, 0.5),
    "rotated_eta": lambda: by_angle(ROTATED[:3], SCORES, 0.5, 0.3, 0),
    "rotated_short": lambda: by_angle([((0, 0), (1, 1))], [0.3], 0.5, 0.3),
    "batched_classes": lambda: batched(BOXES, SCORES, [0, 1], 0.5, 0.3),
    "batched_float_classes": lambda: batched(BOXES, SCORES, np.array([0, 0, 1.0]), 0.5, 0.3),
    "batched_large_classes": lambda: batched(BOXES, SCORES, [0, 0, 2**40], 0.5, 0.3),
    "soft_sigma": lambda: soft(BOXES, SCORES, 0.1, 0.3, sigma=-1),
    "soft_method": lambda: soft(BOXES, SCORES, 0.1, 0.3, method=7),
    "soft_top_k": lambda: soft(BOXES, SCORES, 0.1, 0.3, top_k=-2),
    "soft_floats": lambda: soft(np.array(BOXES, np.float32), SCORES, 0.1, 0.3),
}


@pytest.mark.parametrize("name", CASES)
def test_dnn(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_dnn_errors(name, parity):
    parity.raised(ERRORS[name])
