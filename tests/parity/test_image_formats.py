"""Image files that only our own build of opencv.js reads and writes: npm's says that it can't."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

BRIGHT = photo() / np.float32(9)


def round_trip(ext, image, *params):
    """The file, byte for byte, and what is read of it."""
    _, data = cv2.imencode(ext, image, params)
    return [data, *(cv2.imdecode(data, flags) for flags in (-1, 0, 1))]


CASES = {
    "radiance": lambda: round_trip(".hdr", BRIGHT),
    "radiance_plain": lambda: round_trip(".pic", BRIGHT, cv2.IMWRITE_HDR_COMPRESSION, 0),
    "radiance_grey": lambda: round_trip(".hdr", BRIGHT[..., 0]),
    # Of an odd width what is between the rows is whatever natively lies in memory.
    "sun_raster": lambda: round_trip(".ras", photo(60, 84)),
    "sun_raster_grey": lambda: round_trip(".sr", photo(60, 84, 1)),
    "pam": lambda: round_trip(".pam", noise(9, 8, 4)),
    "pam_two_colours": lambda: round_trip(
        ".pam", photo(channels=1) // 128, cv2.IMWRITE_PAM_TUPLETYPE, cv2.IMWRITE_PAM_FORMAT_BLACKANDWHITE
    ),
    "tiff_of_jpegs": lambda: round_trip(".tif", photo(), cv2.IMWRITE_TIFF_COMPRESSION, 7),
    "gif_of_eight_colours": lambda: round_trip(".gif", photo(), cv2.IMWRITE_GIF_QUALITY, 3),
}


@pytest.mark.parametrize("case", CASES)
def test_formats(case, parity):
    parity.of_own_build(CASES[case])


@pytest.mark.parametrize("flags", [16, 17, 32, 33, 64, 65])
@pytest.mark.parametrize(
    "image", [photo(), photo(channels=1), noise(50, 70, 3)], ids=["colour", "grey", "noise"]
)
def test_jpeg_at_a_reduced_size(image, flags, parity):
    data = cv2.imencode(".jpg", image)[1]
    parity.of_own_build(lambda: cv2.imdecode(data, flags))


def test_files_of_them(tmp_path, parity):
    """Written and read by their names."""

    def write_and_read():
        names = [str(tmp_path / f"image.{ext}") for ext in ("hdr", "ras", "pam")]
        written = [cv2.imwrite(name, photo()) for name in names]
        return [*written, *(cv2.imread(name) for name in names), *map(cv2.haveImageReader, names)]

    parity.of_own_build(write_and_read)


@pytest.mark.parametrize("ext", [".avif", ".jp2"])
def test_formats_of_neither_build(ext):
    """They are refused in words, not taken for no images."""
    try:
        done, data = cv2.imencode(ext, photo())
    except NotImplementedError as refused:
        assert "can't be written" in str(refused)
        return
    assert done and cv2.imdecode(data, 1) is not None
