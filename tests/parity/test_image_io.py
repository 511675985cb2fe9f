"""Image files: what is read, and what is written and read back."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.parity.images import noise, photo

FLAGS = {
    "unchanged": cv2.IMREAD_UNCHANGED,
    "grey": cv2.IMREAD_GRAYSCALE,
    "colour": cv2.IMREAD_COLOR,
    "any_depth": cv2.IMREAD_ANYDEPTH,
    "any_colour": cv2.IMREAD_ANYCOLOR,
    "any": cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR,
    "rgb": cv2.IMREAD_COLOR_RGB,
    "ignore_orientation": cv2.IMREAD_IGNORE_ORIENTATION | cv2.IMREAD_COLOR,
}


def saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: object) -> np.ndarray:
    image = Image.fromarray(pixels)
    out = io.BytesIO()
    (image.convert(mode) if mode else image).save(out, kind, **options)
    return np.frombuffer(out.getvalue(), np.uint8)


def saved_palette(**options: object) -> np.ndarray:
    out = io.BytesIO()
    palette = Image.frombytes("P", (83, 61), (photo(channels=1) % 16).tobytes())
    palette.putpalette(list(noise(48)))
    palette.save(out, "PNG", **options)
    return np.frombuffer(out.getvalue(), np.uint8)


FILES = {
    "png": lambda: saved(photo(), "PNG"),
    "png_grey": lambda: saved(photo(channels=1), "PNG"),
    "png_alpha": lambda: saved(noise(20, 30, 4), "PNG"),
    "png_grey_alpha": lambda: saved(noise(20, 30, 2), "PNG"),
    "png_palette": saved_palette,
    "png_palette_transparent": lambda: saved_palette(transparency=3),
    "png_bits": lambda: saved(photo(channels=1) > 99, "PNG"),
    "png_16bit": lambda: saved(noise(20, 30, dtype=np.uint16), "PNG"),
    "bmp": lambda: saved(photo(), "BMP"),
    "bmp_grey": lambda: saved(photo(channels=1), "BMP"),
    "tiff": lambda: saved(photo(), "TIFF"),
    "ppm": lambda: saved(photo(), "PPM"),
    "webp": lambda: saved(photo(), "WEBP", lossless=True),
}


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("kind", FILES)
def test_imdecode(kind, flags, parity):
    parity(cv2.imdecode(FILES[kind](), FLAGS[flags]))


def jpeg(data_folder, name):
    return np.frombuffer((data_folder / name).read_bytes(), np.uint8)


@pytest.fixture
def data_folder(request):
    return request.path.parents[1] / "data"


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", ["420.jpg", "444.jpg", "grey.jpg", "progressive.jpg", "turned.jpg"])
def test_jpeg(name, flags, data_folder, parity):
    parity(cv2.imdecode(jpeg(data_folder, name), FLAGS[flags]))


@pytest.mark.parametrize("flags", ["grey", "colour"])
def test_truncated_jpeg(flags, data_folder, tmp_path, parity):
    """imread takes what there is of it; imdecode takes it for no image."""
    data = jpeg(data_folder, "420.jpg")[:-900]
    (tmp_path / "half.jpg").write_bytes(data.tobytes())
    parity([cv2.imread(str(tmp_path / "half.jpg"), FLAGS[flags]), cv2.imdecode(data, FLAGS[flags])])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation, parity):
    exif = Image.Exif()
    exif[0x0112] = orientation
    parity(cv2.imdecode(saved(photo(), "PNG", exif=exif.tobytes()), cv2.IMREAD_COLOR))


def test_imread(tmp_path, data_folder, parity):
    (tmp_path / "a b.png").write_bytes(FILES["png"]().tobytes())
    parity([cv2.imread(str(tmp_path / "a b.png")), cv2.imread(data_folder / "420.jpg", 0)])


def test_reduced(parity):
    data = FILES["png"]()
    parity([cv2.imdecode(data, flag) for flag in (16, 17, 32, 33, 64, 65)])


@pytest.mark.parametrize(
    "image",
    [
        photo(),
        photo(channels=1),
        noise(9, 8, 4),
        noise(9, 8, dtype=np.uint16),
        noise(9, 8, 3, dtype=np.uint16),
    ],
    ids=["colour", "grey", "alpha", "grey_16bit", "colour_16bit"],
)
def test_png_round_trip(image, tmp_path, parity):
    assert cv2.imwrite(str(tmp_path / "x.png"), image)
    done, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    deep_colour = image.dtype == np.uint16 and image.ndim == 3
    flags = cv2.IMREAD_COLOR if deep_colour else cv2.IMREAD_UNCHANGED
    parity(
        [
            done,
            str(data.dtype),
            data.ndim,
            cv2.imdecode(data, flags),
            cv2.imread(str(tmp_path / "x.png"), flags),
        ]
    )


@pytest.mark.parametrize("ext", [".bmp", ".tiff", ".ppm"])
def test_lossless_round_trip(ext, parity):
    parity(cv2.imdecode(cv2.imencode(ext, photo())[1], cv2.IMREAD_COLOR))


def test_float_image_is_rounded(parity):
    parity(cv2.imdecode(cv2.imencode(".png", np.array([[0.5, 1.5, 300, -4]]))[1], cv2.IMREAD_UNCHANGED))


NO_IMAGES = {
    "zeros": lambda: np.zeros(5, np.uint8),
    "text": lambda: np.frombuffer(b"this is no image at all", np.uint8),
    "png_header_only": lambda: FILES["png"]()[:20],
}


@pytest.mark.parametrize("case", NO_IMAGES)
def test_no_image(case, parity):
    parity(cv2.imdecode(NO_IMAGES[case](), cv2.IMREAD_COLOR))


def test_no_such_file(capfd, parity):
    parity([cv2.imread("nowhere.png"), "can't open/read file" in capfd.readouterr().err])


def test_text_file(tmp_path, parity):
    (tmp_path / "text.png").write_text("this is no image")
    parity(cv2.imread(str(tmp_path / "text.png")))


def test_unwritable(tmp_path, parity):
    parity(cv2.imwrite(str(tmp_path / "no" / "such" / "folder.png"), photo()))


REFUSED = {
    "empty": lambda: cv2.imdecode(np.zeros(0, np.uint8), 1),
    "bytes": lambda: cv2.imdecode(b"\x89PNG", 1),
    "number_for_name": lambda: cv2.imread(5),
    "unknown_format": lambda: cv2.imencode(".xyz", photo()),
    "unknown_format_to_file": lambda: cv2.imwrite("a.xyz", photo()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    parity.raised(REFUSED[case])
