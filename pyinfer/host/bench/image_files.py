"""Bench of image files: those of the loaded opencv.js, if it has codecs, beside Python's."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfer.host.opencv.choice import chosen_engine
from pyinfer.host.progress import note

from .measurement import Machine, Measurement
from .pages import blank_page, evaluate

__all__ = ["measure_image_files"]


def measure_image_files(machine: Machine) -> Iterator[Measurement]:
    """`cv2.imdecode` and `cv2.imencode`; nothing where both are Python's, by npm's opencv.js."""
    if chosen_engine() is None:
        note("npm's opencv.js has no codecs: `pyinfer opencv build` makes one that has; left out")
        return
    with blank_page(machine.browser, machine.url) as page:
        times = evaluate(page, "image_files.js", "benchImageFiles()")
    table = {
        name: {**row, "Python's codecs / cv2": row["Python's codecs"] / row["cv2"]}
        for name, row in times.items()
    }
    yield Measurement("image files, 1920x1080x3 uint8", "ms", table=table)
