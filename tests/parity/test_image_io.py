"""Image files, read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.parity.image_files import COLOURS, FILES, PALETTE, chunk, raw_bmp, raw_png, raw_tiff, saved
from tests.parity.images import noise, photo

FLAGS = {
    "unchanged": cv2.IMREAD_UNCHANGED,
    "grey": cv2.IMREAD_GRAYSCALE,
    "colour": cv2.IMREAD_COLOR,
    "any_depth": cv2.IMREAD_ANYDEPTH,
    "any_colour": cv2.IMREAD_ANYCOLOR,
    "any": cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR,
    "everything": cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_ANYCOLOR,
    "deep_colour": cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR,
    "rgb": cv2.IMREAD_COLOR_RGB,
    "as_it_is": cv2.IMREAD_LOAD_GDAL,
    "ignore_orientation": cv2.IMREAD_IGNORE_ORIENTATION | cv2.IMREAD_COLOR,
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


@pytest.mark.parametrize("kind", ["tiff_tiled", "tiff_tiled_colour"])
def test_tiles_in_a_file(kind, tmp_path, parity):
    """Of some tiled files libtiff reads a file, but no buffer."""
    (tmp_path / "tiled.tiff").write_bytes(FILES[kind]().tobytes())
    parity([cv2.imread(str(tmp_path / "tiled.tiff"), flags) for flags in (-1, 0, 1)])


@pytest.mark.parametrize("kind", FILES)
def test_pixels_are_the_callers(kind, parity):
    """What is read can be drawn on."""
    images = [cv2.imdecode(FILES[kind](), flags) for flags in (-1, 0, 1)]
    images += cv2.imdecodemulti(FILES[kind](), -1)[1]
    parity([image.flags.writeable for image in images if image is not None])


@pytest.mark.parametrize(
    "bits, kind, samples, colour", [(4, 3, 1, b"\1"), (8, 0, 1, b"\0\7"), (8, 2, 3, bytes(6))]
)
def test_background(bits, kind, samples, colour, parity):
    before = PALETTE + chunk(b"bKGD", colour) if kind == 3 else chunk(b"bKGD", colour)
    parity(cv2.imdecodeanimation(raw_png(bits, kind, samples, before))[1].bgcolor)


def test_reduced(parity):
    data = FILES["png"]()
    parity([cv2.imdecode(data, flag) for flag in (16, 17, 32, 33, 64, 65)])


def test_dst(tmp_path, parity):
    cv2.imwrite(str(tmp_path / "x.png"), photo())
    dst = np.zeros((61, 83, 3), np.uint8)
    result = cv2.imread(str(tmp_path / "x.png"), dst)
    parity([result is dst, dst, cv2.imread(str(tmp_path / "nowhere.png"), dst)])


@pytest.mark.parametrize("shape", [(1, -1), (-1, 1), (-1,)])
def test_buffer_forms(shape, parity):
    data = FILES["png"]().reshape(shape)
    parity(
        [
            cv2.imdecode(data, 1),
            cv2.imdecode(data.view(np.int8), 1),
            cv2.imdecode(np.repeat(data.ravel(), 2)[::2], 1),
        ]
    )


NO_IMAGES = {
    "zeros": lambda: np.zeros(5, np.uint8),
    "text": lambda: np.frombuffer(b"this is no image at all", np.uint8),
    "png_header_only": lambda: FILES["png"]()[:20],
    "png_breaks_off": lambda: FILES["png"]()[:-300],
    "png_without_end": lambda: FILES["png"]()[:-12],
    "png_wrong_checksum": lambda: np.concatenate(
        (FILES["png"]()[:-13], np.zeros(1, np.uint8), FILES["png"]()[-12:])
    ),
    "jpeg_header_only": lambda: cv2.imencode(".jpg", photo())[1][:300],
    "tiff_breaks_off": lambda: raw_tiff(photo())[:-40],
    "bmp_breaks_off": lambda: FILES["bmp"]()[:-100],
    "pgm_breaks_off": lambda: FILES["pgm_16bit"]()[:-10],
    "bmp_runs_break_off": lambda: FILES["bmp_runs_8bit"]()[:-2],
    "bmp_runs_too_long": lambda: raw_bmp(8, bytes((14, 1, 0, 1)), compression=1, palette=COLOURS),
    "pgm_text_without_end": lambda: np.frombuffer(b"P2\n3 1\n7\n0 3 7", np.uint8),
    "pgm_negative": lambda: np.frombuffer(b"P2\n3 1\n7\n0 -3 7 7\n", np.uint8),
    "pgm_endless_width": lambda: np.frombuffer(b"P5\n99999999999 1\n255\n0", np.uint8),
    "gif_breaks_off": lambda: FILES["gif"]()[:-300],
    "webp_breaks_off": lambda: FILES["webp"]()[:-300],
    "tga": lambda: saved(photo(32, 32), "TGA"),
    "number": lambda: 5,
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
    "both_colours": lambda: cv2.imdecode(FILES["png"](), 257),
    "table": lambda: cv2.imdecode(np.zeros((2, 3), np.uint8), 1),
    "objects": lambda: cv2.imdecode(np.zeros(4, object), 1),
    "no_flags": lambda: cv2.imdecode(np.zeros(4, np.uint8)),
    "letter_for_flags": lambda: cv2.imread("a.png", "x"),
    "nothing": lambda: cv2.imread(),
    "keyword": lambda: cv2.imread("a.png", foo=3),
    "count_of_number": lambda: cv2.imcount(5),
    "negative_start": lambda: cv2.imreadmulti("a.tiff", -1, 1),
    "negative_range": lambda: cv2.imdecodemulti(FILES["tiff"](), 1, None, (-1, 2)),
    "empty_range": lambda: cv2.imdecodemulti(FILES["tiff"](), 1, None, (1, 1)),
    "empty_image": lambda: cv2.imencode(".jpg", np.zeros((0, 3), np.uint8)),
    "empty_image_to_file": lambda: cv2.imwrite("a.jpg", np.zeros((0, 3), np.uint8)),
    "two_channels": lambda: cv2.imencode(".jpg", noise(3, 3, 2)),
    "five_channels": lambda: cv2.imwrite("a.jpg", noise(3, 3, 5)),
    "object_image": lambda: cv2.imencode(".jpg", np.zeros((3, 3), object)),
    "odd_parameters": lambda: cv2.imencode(".jpg", photo(), [1]),
    "odd_parameters_to_file": lambda: cv2.imwrite("a.jpg", photo(), [1]),
    "many_parameters": lambda: cv2.imencode(".jpg", photo(), [1] * 102),
    "letter_for_parameter": lambda: cv2.imencode(".jpg", photo(), [1, "a"]),
    "number_for_parameters": lambda: cv2.imencode(".jpg", photo(), 5),
    "number_for_extension": lambda: cv2.imencode(5, photo()),
    "list_of_images": lambda: cv2.imwrite("a.jpg", [photo()]),
    "no_pages": lambda: cv2.imencodemulti(".tiff", []),
    "no_frames": lambda: cv2.imencodeanimation(".gif", cv2.Animation()),
    "no_animation": lambda: cv2.imencodeanimation(".gif", 5),
    "letter_for_loops": lambda: cv2.Animation("x"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    parity.raised(REFUSED[case])
