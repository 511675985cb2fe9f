"""Bring the slices of a series into order, from the head down and the front up; and say what is odd."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

import numpy as np

from .heart_slice import Slice

_WIDEST = 1.5  # times the usual distance; what is farther is a gap
_NAMES = {"MR": "magnetic resonance (MR)", "PT": "a PET", "US": "ultrasound", "?": "of an unnamed kind"}

_UNKNOWN = "The network knows CT across the body only: do not rely on what it finds here."


@dataclass(frozen=True)
class Series:
    """Slices in order.

    Attributes
    ----------
    slices : list of Slice
        From the head down; rows run to the patient's left, columns to the back.
    distance : float or None
        From one to the next, in mm.
    notices : list of str
        What a reader should know of them, in words.
    """

    slices: list[Slice]
    distance: float | None = None
    notices: list[str] = field(default_factory=list)


def put_in_order(slices: list[Slice]) -> Series:
    """Choose what belongs together, and order it.

    Parameters
    ----------
    slices : list of Slice
        At least one, in any order.
    """
    notices: list[str] = []
    slices = _without_copies(slices, notices)
    if any(one.modality == "CT" for one in slices):
        slices = _kept(slices, lambda one: one.modality == "CT", "no CT", notices)
    slices = _most(slices, lambda one: (one.modality, one.series), "of another series or time", notices)
    slices = _most(slices, lambda one: one.pixels.shape, "of another size", notices)
    slices = _most(slices, _direction, "turned another way", notices)
    if slices[0].modality not in ("", "CT"):
        kind = _NAMES.get(slices[0].modality, slices[0].modality)
        notices.append(f"This is {kind}, no CT. {_UNKNOWN}")
    distance = None
    if all(one.place is not None and one.axes is not None for one in slices):
        slices, distance = _by_place(slices, notices)
        slices = [_upright(one) for one in slices]
    elif all(one.number is not None for one in slices):
        slices = sorted(slices, key=lambda one: one.number)
        notices.append("The files do not say where the slices lie: they are in the order of their numbers.")
    else:
        slices = sorted(slices, key=lambda one: _natural(one.name))
    if len(slices) == 1:
        notices.append("This is one slice only, so the box has no depth.")
    return Series(slices, distance or slices[0].thickness, notices)


def _without_copies(slices: list[Slice], notices: list[str]) -> list[Slice]:
    seen: set[str] = set()

    def is_new(one: Slice) -> bool:
        known = one.identity in seen
        if one.identity:
            seen.add(one.identity)
        return not known

    return _kept(slices, is_new, "there twice", notices)


def _most(
    slices: list[Slice], key: Callable[[Slice], Hashable], words: str, notices: list[str]
) -> list[Slice]:
    """The largest group of those that have the same key."""
    ((common, _),) = Counter(map(key, slices)).most_common(1)
    return _kept(slices, lambda one: key(one) == common, words, notices)


def _kept(
    slices: list[Slice], belongs: Callable[[Slice], bool], words: str, notices: list[str]
) -> list[Slice]:
    kept = [one for one in slices if belongs(one)]
    if count := len(slices) - len(kept):
        are, were = ("slice is", "was") if count == 1 else ("slices are", "were")
        notices.append(f"{count} {are} {words} and {were} left out.")
    return kept


def _direction(one: Slice) -> Hashable:
    return None if one.axes is None else tuple(np.round(one.axes.ravel(), 2))


def _by_place(slices: list[Slice], notices: list[str]) -> tuple[list[Slice], float | None]:
    """Ordered along the normal of their plane, and the distance of neighbours."""
    normal = np.cross(*slices[0].axes)
    upright = int(np.abs(normal).argmax())
    if upright != 2:
        way = ("from the side", "from the front")[upright]
        notices.append(f"The slices show the patient {way}, not across. {_UNKNOWN}")
    # From the head down; else from the right to the left, from the front to the back.
    normal = normal * np.sign(normal[upright]) * (-1 if upright == 2 else 1)
    heights = np.array([one.place @ normal for one in slices])
    order = np.argsort(heights, kind="stable")
    slices, steps = [slices[k] for k in order], np.diff(heights[order])
    steps_apart = steps[steps > 1e-3]
    if not len(steps_apart):
        if len(slices) > 1:
            notices.append("All slices lie at the same place: they are in the order in which they came.")
        return slices, None
    distance = float(np.median(steps_apart))
    far = [(k, step / distance) for k, step in enumerate(steps.tolist()) if step > _WIDEST * distance]
    if far:
        notices.append(_gaps_in_words([(k, max(1, round(times) - 1)) for k, times in far]))
    return slices, distance


def _gaps_in_words(gaps: list[tuple[int, int]]) -> str:
    missing = sum(count for _, count in gaps)
    slices = "1 slice is" if missing == 1 else f"{missing} slices are"
    places = ", ".join(f"after slice {k + 1}" for k, _ in gaps[:3])
    more = f" and at {len(gaps) - 3} more places" if len(gaps) > 3 else ""
    return f"{slices} missing: {places}{more}. The box goes on across the gap."


def _upright(one: Slice) -> Slice:
    """Turned and mirrored until rows run to the patient's left, and columns to the back."""
    along, down = one.axes
    if abs(np.cross(along, down)).argmax() != 2:
        return one
    pixels, place, pixel = one.pixels, one.place, one.pixel
    if abs(along[1]) > abs(along[0]):
        pixels, along, down = pixels.T, down, along
        pixel = pixel and pixel[::-1]
    if along[0] < 0:
        place = None if pixel is None else place + along * pixel[1] * (pixels.shape[1] - 1)
        pixels, along = pixels[:, ::-1], -along
    if down[1] < 0:
        place = None if pixel is None or place is None else place + down * pixel[0] * (pixels.shape[0] - 1)
        pixels, down = pixels[::-1], -down
    return replace(
        one, pixels=np.ascontiguousarray(pixels), place=place, axes=np.stack([along, down]), pixel=pixel
    )


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that puts slice 2 before slice 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name.lower())]
