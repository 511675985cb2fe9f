"""cv2.dnn.Image2BlobParams, and blobs made by it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

NHWC = 4
SIXTEENTH = (1 / 16,) * 4
PHOTO = photo()
GREY = photo(channels=1)
ALPHA = noise(40, 50, 4)
NAMES = ("scalefactor", "size", "mean", "swapRB", "ddepth", "datalayout", "paddingmode", "borderValue")


def parameters(*args, **kwargs):
    return cv2.dnn.Image2BlobParams(*args, **kwargs)


def values(made):
    return [getattr(made, name) for name in NAMES]


def assigned(**settings):
    made = parameters()
    for name, value in settings.items():
        setattr(made, name, value)
    return values(made)


def blob(image, *args, **kwargs):
    return cv2.dnn.blobFromImageWithParams(image, parameters(*args, **kwargs))


def written(width):
    target = np.zeros((1, 3, 61, width), np.float32)
    result = cv2.dnn.blobFromImageWithParams(PHOTO, target, parameters(SIXTEENTH))
    return result, result is target


def rectangle(mode, image, box=(10, 11, 20, 7)):
    return cv2.dnn.Image2BlobParams(1.0, (64, 48), mode=mode).blobRectToImageRect(box, image)


def rectangles(boxes, image=(200, 100), mode=cv2.dnn.DNN_PMODE_LETTERBOX):
    return cv2.dnn.Image2BlobParams(1.0, (64, 48), mode=mode).blobRectsToImageRects(boxes, size=image)


def of_all_modes():
    generator = np.random.default_rng(3)
    boxes = generator.integers(-30, 300, (50, 4)).astype(np.int32)
    sizes = [(200, 100), (100, 200), (63, 47), (1920, 1080), (1, 1)]
    return [rectangles(boxes, size, mode) for size in sizes for mode in range(3)]


CASES = {
    "made": lambda: values(parameters()),
    "made_scalar": lambda: values(parameters(1 / 255.0, (3, 4), 1)),
    "made_keywords": lambda: values(
        parameters((1, 2, 3, 4), mode=2, borderValue=114, swapRB=True, ddepth=0, datalayout=NHWC)
    ),
    "made_none": lambda: values(parameters(None, None, None, None, None, None, None, None)),
    "assigned": lambda: assigned(
        scalefactor=2, size=[7, 8], mean=np.array([1.0, 2, 3]), swapRB=1, ddepth=np.int64(0)
    ),
    "assigned_modes": lambda: assigned(paddingmode=2, datalayout=4, borderValue=(1, 2), size=None),
    "plain": lambda: cv2.dnn.blobFromImageWithParams(PHOTO),
    "no_parameters": lambda: cv2.dnn.blobFromImageWithParams(PHOTO, None),
    "no_factors": lambda: blob(PHOTO, 0.5),
    "letterbox": lambda: blob(PHOTO, SIXTEENTH, (64, 64), 3, True, mode=2, borderValue=114),
    "letterbox_high": lambda: blob(photo(90, 31), SIXTEENTH, (64, 48), mode=2, borderValue=(1, 2, 3)),
    "letterbox_larger": lambda: blob(PHOTO, SIXTEENTH, (301, 299), mode=2),
    "letterbox_grey": lambda: blob(GREY, SIXTEENTH, (32, 32), mode=2, borderValue=7),
    "letterbox_NHWC": lambda: blob(
        PHOTO, (0.5, 0.25, 0.125), (64, 48), (3, 2, 1), True, datalayout=NHWC, mode=2
    ),
    "crop": lambda: blob(PHOTO, SIXTEENTH, (32, 40), (5, 6, 7), mode=1),
    "crop_larger": lambda: blob(PHOTO, SIXTEENTH, (101, 200), mode=1, ddepth=5),
    "resized": lambda: blob(PHOTO, (0.1, 0.2, 0.3), (32, 40), (5, 6, 7), True),
    "four_channels": lambda: blob(ALPHA, (0.5, 0.25, 2, 1), (0, 0), (1, 2, 3, 4), True),
    "two_channels_NHWC": lambda: blob(noise(9, 8, 2), (0.5, 0.25), (0, 0), (1, 2), datalayout=NHWC),
    "two_channels_swapped": lambda: blob(noise(9, 8, 2), SIXTEENTH, swapRB=True, datalayout=NHWC),
    "four_channels_NHWC": lambda: blob(ALPHA, (0.5, 0.25, 2, 1), (0, 0), (1, 2, 3, 4), datalayout=NHWC),
    "grey_NHWC": lambda: blob(GREY, 0.5, (0, 0), 3, datalayout=NHWC),
    "bytes": lambda: blob(PHOTO, (1,) * 4, (40, 40), ddepth=0, swapRB=True, mode=2, borderValue=114),
    "bytes_NHWC": lambda: blob(PHOTO, (1,) * 4, (40, 40), ddepth=0, swapRB=True, datalayout=NHWC),
    "bytes_of_floats": lambda: blob(GREY.astype(np.float32) * 2 - 10, (1,) * 4, ddepth=0),
    "view": lambda: blob(PHOTO[::2, 1::3], SIXTEENTH),
    "empty": lambda: blob(np.zeros((0, 3), np.uint8), SIXTEENTH),
    "written": lambda: written(83),
    "written_elsewhere": lambda: written(82),
    "several": lambda: cv2.dnn.blobFromImagesWithParams(
        [PHOTO, PHOTO[:9], photo(90, 31)], parameters(SIXTEENTH, (32, 24), mode=2)
    ),
    "several_NHWC": lambda: cv2.dnn.blobFromImagesWithParams(
        [PHOTO, PHOTO[:, ::-1]], parameters(SIXTEENTH, swapRB=True, datalayout=NHWC)
    ),
    "several_first_size": lambda: cv2.dnn.blobFromImagesWithParams([PHOTO, PHOTO[:9]]),
    "several_rows_of_one": lambda: cv2.dnn.blobFromImagesWithParams(PHOTO, param=parameters(SIXTEENTH)),
    **{
        f"depth_{code}": lambda code=code: blob(noise(9, 8, 3, dtype=code), SIXTEENTH, mean=5)
        for code in ("int8", "uint16", "int16", "int32", "float32", "float64")
    },
    "floats_NHWC": lambda: blob(
        noise(9, 8, 3, dtype=np.float32), (0.3, 0.7, 3), (0, 0), (0.1, 0.2, 0.3), True, datalayout=NHWC
    ),
    "rectangles_of_all_modes": of_all_modes,
    "rectangle": lambda: rectangle(2, (200, 100)),
    "rectangle_same_size": lambda: rectangle(2, (64, 48)),
    "rectangles_list": lambda: rectangles([(10, 11, 20, 7), (0, 0, 3, 4)]),
    "rectangles_none": lambda: rectangles([]),
    "rectangles_no_size": lambda: parameters().blobRectsToImageRects([(1, 2, 3, 4)], (100, 200)),
}
ERRORS = {
    "size": lambda: parameters(1, 2),
    "keyword": lambda: parameters(1, paddingmode=2),
    "no_factor": lambda: parameters(size=(1, 2)),
    "too_many": lambda: parameters(*range(10)),
    "factor": lambda: parameters("x"),
    "assigned_size": lambda: assigned(size=(1,)),
    "assigned_scalar": lambda: assigned(mean=(1, 2, 3, 4, 5)),
    "assigned_bool": lambda: assigned(swapRB="a"),
    "assigned_large": lambda: assigned(ddepth=2**40),
    "assigned_unknown": lambda: assigned(crop=True),
    "deleted": lambda: delattr(parameters(), "size"),
    "depth": lambda: blob(PHOTO, (1,) * 4, ddepth=3),
    "depth_none": lambda: blob(PHOTO, (1,) * 4, ddepth=-1),
    "bytes_scaled": lambda: blob(PHOTO, 2.0, ddepth=0),
    "bytes_less": lambda: blob(PHOTO, (1,) * 4, mean=3, ddepth=0),
    "layout": lambda: blob(PHOTO, (1,) * 4, datalayout=0),
    "rectangles_size": lambda: rectangles([], "x"),
    "two_channels": lambda: blob(noise(9, 8, 2), 1),
    "dtype": lambda: blob(noise(9, 8, 3, dtype=np.uint32), SIXTEENTH),
    "dtype_NHWC": lambda: blob(noise(9, 8, 3, dtype=np.int16), SIXTEENTH, datalayout=NHWC),
    "dimensions": lambda: blob(np.zeros((2, 3, 4, 5), np.uint8), 1),
    "one_dimension": lambda: blob(np.zeros(7, np.uint8), 1),
    "nothing": lambda: blob(None, 1),
    "nothing_resized": lambda: blob(None, 1, (8, 8)),
    "empty_NHWC": lambda: blob(np.zeros((0, 3), np.uint8), (1,) * 4, datalayout=NHWC),
    "no_image": lambda: cv2.dnn.blobFromImageWithParams(),
    "no_images": lambda: cv2.dnn.blobFromImagesWithParams([], parameters()),
    "not_parameters": lambda: cv2.dnn.blobFromImageWithParams(PHOTO, None, 3),
    "blob": lambda: cv2.dnn.blobFromImageWithParams(PHOTO, parameters(), parameters()),
    "channels": lambda: cv2.dnn.blobFromImagesWithParams([PHOTO, GREY], parameters()),
    "channels_NHWC": lambda: cv2.dnn.blobFromImagesWithParams([PHOTO, GREY], parameters(1, datalayout=NHWC)),
    "depths": lambda: cv2.dnn.blobFromImagesWithParams([PHOTO, PHOTO.astype("f")], parameters()),
    "rectangle_no_image": lambda: rectangle(2, (0, 100)),
    "rectangle_mode": lambda: rectangles([(1, 2, 3, 4)], mode=7),
    "rectangle_three": lambda: rectangle(2, (200, 100), (1, 2, 3)),
    "rectangle_no_size": lambda: parameters().blobRectToImageRect((1, 2, 3, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_blob_parameters(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_blob_parameters_errors(name, parity):
    parity.raised(ERRORS[name])
