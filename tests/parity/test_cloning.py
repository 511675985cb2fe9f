"""Changes without a seam."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

WHY = "fractions are cut off, and whole numbers come out of a float32 Fourier transform a last bit apart"

PATCH = photo(60, 70)
SCENE = photo(100, 120, seed=7)
DISC = cv2.circle(np.zeros((60, 70), np.uint8), (33, 29), 20, 255, -1)
SOFT = cv2.GaussianBlur(DISC, (0, 0), 3)


def clone(flags=cv2.NORMAL_CLONE, src=PATCH, dst=SCENE, mask=DISC, at=(60, 50)):
    """Also the mask, which native leaves changed."""
    mask = None if mask is None else mask.copy()
    return cv2.seamlessClone(src, dst, mask, at, flags), mask


def box(width, height):
    mask = np.zeros((60, 70), np.uint8)
    mask[20 : 20 + height, 20 : 20 + width] = 255
    return mask


def into():
    blend = np.zeros_like(SCENE)
    result = cv2.seamlessClone(PATCH, SCENE, DISC.copy(), (60, 50), cv2.MIXED_CLONE, blend)
    return result, result is blend


def with_mask(function, mask, *args):
    return function(PATCH, mask, None, *args), mask


FLAGS = ("NORMAL_CLONE", "MIXED_CLONE", "MONOCHROME_TRANSFER")

CASES = {
    **{name: lambda name=name: clone(getattr(cv2, name)) for name in FLAGS},
    **{f"{name}_WIDE": lambda name=name: clone(getattr(cv2, f"{name}_WIDE")) for name in FLAGS},
    "no_kind": lambda: clone(0),
    "no_mask": lambda: clone(mask=None),
    "soft_mask": lambda: clone(mask=SOFT),
    "colour_mask": lambda: clone(mask=np.dstack([DISC] * 3)),
    "empty_mask": lambda: clone(mask=np.zeros_like(DISC)),
    "small_mask": lambda: clone(mask=DISC[:40, :50].copy()),
    "three_by_three": lambda: clone(mask=box(3, 3)),
    "at_the_border": lambda: clone(at=(20, 21), mask=box(40, 40)),
    "grey_patch": lambda: clone(src=PATCH[..., 0].copy()),
    "float_patch": lambda: clone(src=PATCH.astype(np.float32) * 1.5),
    "noise": lambda: clone(cv2.MIXED_CLONE, noise(60, 70, 3), noise(80, 90, 3, seed=3), at=(40, 41)),
    "dst": into,
    "color": lambda: with_mask(cv2.colorChange, DISC.copy(), 1.5, 0.5, 0.75),
    "color_defaults": lambda: cv2.colorChange(PATCH, None),
    "color_keywords": lambda: cv2.colorChange(PATCH, np.dstack([DISC] * 3), red_mul=2, blue_mul=0.1),
    "color_view_of_a_mask": lambda: with_mask(cv2.colorChange, np.repeat(DISC, 2, axis=1)[:, ::2], 2, 1, 1),
    "illumination": lambda: with_mask(cv2.illuminationChange, DISC.copy(), 0.3, 0.5),
    "illumination_defaults": lambda: cv2.illuminationChange(PATCH, SOFT.copy()),
    "texture": lambda: with_mask(cv2.textureFlattening, DISC.copy(), 30, 45, 3),
    "texture_defaults": lambda: cv2.textureFlattening(PATCH, SOFT.copy()),
}
ERRORS = {
    "none": lambda: cv2.seamlessClone(None, photo(), None, (5, 5), cv2.NORMAL_CLONE),
    "row": lambda: clone(src=PATCH.ravel()),
    "into_none": lambda: cv2.seamlessClone(photo(), None, None, (5, 5), cv2.NORMAL_CLONE),
    "outside": lambda: clone(at=(5, 50)),
    "large_mask": lambda: clone(mask=np.full((80, 90), 255, np.uint8)),
    "tiny_mask": lambda: clone(mask=np.full((1, 1), 255, np.uint8)),
    "float_mask": lambda: clone(mask=DISC.astype(np.float32)),
    "no_patch": lambda: clone(src=np.zeros((0, 0, 3), np.uint8)),
    "no_scene": lambda: clone(dst=np.zeros((0, 0, 3), np.uint8)),
    "two_by_two": lambda: clone(mask=box(2, 2)),
    "two_by_nine": lambda: clone(mask=box(2, 9)),
    "color_grey": lambda: cv2.colorChange(PATCH[..., 0].copy(), DISC.copy()),
    "color_mask_size": lambda: cv2.colorChange(PATCH, DISC[1:].copy()),
    "color_mask_depth": lambda: cv2.colorChange(PATCH, DISC.astype(np.float32)),
    "color_bool_mask": lambda: cv2.colorChange(PATCH, DISC > 0),
    "texture_aperture": lambda: cv2.textureFlattening(PATCH, DISC.copy(), None, 30, 45, 4),
}


@pytest.mark.parametrize("name", CASES)
def test_cloning(name, parity):
    parity(CASES[name](), levels=1, because=WHY)


@pytest.mark.parametrize("name", ERRORS)
def test_cloning_errors(name, parity):
    parity.raised(ERRORS[name])


@pytest.mark.parametrize("size", [(1, 1), (9, 1)])
def test_mask_of_one_row(size, parity):
    # What is no error of OpenCV's own has the code of the last one that was.
    with pytest.raises(cv2.error) as caught:
        clone(mask=box(*size))
    parity(str(caught.value))
