"""Non-local means."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

COLOUR = photo(45, 60)
GREY = COLOUR[:, :, 0].copy()
FRAMES = [photo(30, 40, seed=seed) for seed in range(1, 6)]
DEEP = (COLOUR.astype(np.uint16) * 250) + 7


def into(dst):
    result = cv2.fastNlMeansDenoising(GREY, dst, 9, 5, 9)
    return result, result is dst


CASES = {
    "grey": lambda: cv2.fastNlMeansDenoising(GREY),
    "grey_strong": lambda: cv2.fastNlMeansDenoising(GREY, h=30, templateWindowSize=5, searchWindowSize=11),
    "grey_even_windows": lambda: cv2.fastNlMeansDenoising(GREY, None, 10, 4, 8),
    "grey_point_window": lambda: cv2.fastNlMeansDenoising(GREY, None, 10, 1, 7),
    "grey_no_search": lambda: cv2.fastNlMeansDenoising(GREY, None, 10, 3, 1),
    "no_strength": lambda: cv2.fastNlMeansDenoising(GREY, None, 0, 3, 5),
    "dst": lambda: into(np.empty_like(GREY)),
    "dst_of_other_size": lambda: into(np.zeros((2, 3), np.uint8)),
    "noise": lambda: cv2.fastNlMeansDenoising(noise(33, 47), None, 60, 3, 9),
    "small": lambda: cv2.fastNlMeansDenoising(noise(2, 3), None, 60, 7, 21),
    "one_pixel": lambda: cv2.fastNlMeansDenoising(noise(1, 1), None, 60, 3, 5),
    "row": lambda: cv2.fastNlMeansDenoising(noise(1, 30), None, 60, 3, 5),
    "more_than_a_strip": lambda: cv2.fastNlMeansDenoising(noise(9, 9000), None, 60, 3, 3),
    **{
        f"channels_{count}": lambda count=count: cv2.fastNlMeansDenoising(
            noise(20, 30, count), None, 40, 3, 7
        )
        for count in (1, 2, 3, 4)
    },
    "strength_each": lambda: cv2.fastNlMeansDenoising(COLOUR, h=[5, 20, 10], searchWindowSize=7),
    "strength_list": lambda: cv2.fastNlMeansDenoising(COLOUR, [15], None, 3, 7, cv2.NORM_L2),
    "l1": lambda: cv2.fastNlMeansDenoising(GREY, h=[12], searchWindowSize=9, normType=cv2.NORM_L1),
    "l1_colour": lambda: cv2.fastNlMeansDenoising(COLOUR, [12, 3, 9], None, 3, 5, cv2.NORM_L1),
    "l1_deep": lambda: cv2.fastNlMeansDenoising(DEEP[..., 0].copy(), [2000], None, 5, 9, cv2.NORM_L1),
    "l1_deep_colour": lambda: cv2.fastNlMeansDenoising(DEEP, [2000, 900, 0], None, 3, 5, cv2.NORM_L1),
    "colour": lambda: cv2.fastNlMeansDenoisingColored(COLOUR, None, 10, 10, 7, 21),
    "colour_defaults": lambda: cv2.fastNlMeansDenoisingColored(COLOUR),
    "colour_alpha": lambda: cv2.fastNlMeansDenoisingColored(noise(20, 30, 4), None, 20, 40, 3, 5),
    "series": lambda: cv2.fastNlMeansDenoisingMulti(FRAMES, 2, 3, None, 12, 5, 9),
    "series_grey": lambda: cv2.fastNlMeansDenoisingMulti([frame[..., 1] for frame in FRAMES], 1, 3, h=9),
    "series_l1": lambda: cv2.fastNlMeansDenoisingMulti(FRAMES, 2, 5, [9, 3, 7], None, 3, 5, cv2.NORM_L1),
    "series_colour": lambda: cv2.fastNlMeansDenoisingColoredMulti(FRAMES, 2, 5, None, 7, 10, 5, 7),
}
ERRORS = {
    "no_image": lambda: cv2.fastNlMeansDenoising(None),
    "no_image_coloured": lambda: cv2.fastNlMeansDenoisingColored(None),
    "empty": lambda: cv2.fastNlMeansDenoising(np.zeros((0, 3), np.uint8)),
    "depth": lambda: cv2.fastNlMeansDenoising(GREY.astype(np.float32)),
    "depth_l2": lambda: cv2.fastNlMeansDenoising(DEEP),
    "depth_l1": lambda: cv2.fastNlMeansDenoising(GREY.astype(np.int16), [3], normType=cv2.NORM_L1),
    "norm": lambda: cv2.fastNlMeansDenoising(GREY, [3], normType=cv2.NORM_INF),
    "strengths": lambda: cv2.fastNlMeansDenoising(COLOUR, [3, 4]),
    "channels": lambda: cv2.fastNlMeansDenoising(noise(9, 9, 5)),
    "colour_grey": lambda: cv2.fastNlMeansDenoisingColored(GREY),
    "colour_depth": lambda: cv2.fastNlMeansDenoisingColored(DEEP),
    "series_none": lambda: cv2.fastNlMeansDenoisingMulti([], 0, 1),
    "series_even": lambda: cv2.fastNlMeansDenoisingMulti(FRAMES, 2, 2),
    "series_index": lambda: cv2.fastNlMeansDenoisingMulti(FRAMES, 4, 3),
    "series_sizes": lambda: cv2.fastNlMeansDenoisingMulti([FRAMES[0], FRAMES[1][1:], FRAMES[2]], 1, 3),
    "series_depth": lambda: cv2.fastNlMeansDenoisingMulti([DEEP] * 3, 1, 3),
    "series_colour_grey": lambda: cv2.fastNlMeansDenoisingColoredMulti([GREY] * 3, 1, 3),
}


@pytest.mark.parametrize("name", CASES)
def test_denoising(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_denoising_errors(name, parity):
    parity.raised(ERRORS[name])
