"""Image files at their worst: what native makes of them, the shim does too."""

from __future__ import annotations

import io
import struct
import zlib

import cv2 as native
import numpy as np
import pytest
from PIL import Image

import pyinfer.browser.cv2 as cv2
from pyinfer.browser.cv2._image_files import refusing_formats
from pyinfer.browser.cv2._images.jpeg_entropy import HuffmanTable
from pyinfer.errors import UnsupportedInBrowser


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(exif: bytes) -> np.ndarray:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), (1, 2, 3)).save(out, "PNG")
    head, body = out.getvalue()[:33], out.getvalue()[33:]
    return np.frombuffer(head + chunk(b"eXIf", exif) + body, np.uint8)


def grey_png(width: int, height: int) -> np.ndarray:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row_size = 1 + (width + 7) // 8
    data = zlib.compress(bytes(row_size * height) if width * height < 1 << 29 else b"", 1)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return np.frombuffer(b"\x89PNG\r\n\x1a\n" + chunks, np.uint8)


def bmp_header(width: int, height: int) -> np.ndarray:
    head = struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54)
    return np.frombuffer(head + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6), np.uint8)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "exif",
    [
        b"junkjunk",
        b"II*\0",
        b"",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x02a\0\0\0\0\0\0\0",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    ],
    ids=["junk", "cut_off", "empty", "a_letter", "turned"],
)
def test_metadata_that_is_junk_costs_no_image(exif):
    expected = native.imdecode(png(exif), native.IMREAD_COLOR)
    np.testing.assert_array_equal(cv2.imdecode(png(exif), cv2.IMREAD_COLOR), expected)


def test_image_that_pillow_takes_for_a_bomb_is_read(tmp_path):
    data = grey_png(20_000, 9_000)  # 180 megapixels
    path = tmp_path / "scan.png"
    path.write_bytes(data.tobytes())
    assert cv2.haveImageReader(str(path)) and native.haveImageReader(str(path))
    most = Image.MAX_IMAGE_PIXELS
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert image.shape == native.imread(str(path), native.IMREAD_UNCHANGED).shape == (9_000, 20_000)
    assert most == Image.MAX_IMAGE_PIXELS, "Pillow's own limit must stand for whoever uses Pillow"


@pytest.mark.parametrize(
    "data",
    [
        grey_png((1 << 16) + 1, 1 << 14),
        bmp_header((1 << 16) + 1, 1 << 14),
        bmp_header((1 << 20) + 1, 4),
        bmp_header(4, (1 << 20) + 1),
    ],
    ids=["png", "bmp", "wide", "high"],
)
def test_image_larger_than_native_takes_is_its_error(data):
    with pytest.raises(native.error) as expected:
        native.imdecode(data, native.IMREAD_COLOR)
    with pytest.raises(cv2.error) as caught:
        cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert str(caught.value) == str(expected.value)
    assert caught.value.code == expected.value.code


def test_wider_than_libpng_takes_is_no_image():
    assert native.imdecode(grey_png(1_000_001, 1), native.IMREAD_COLOR) is None
    assert cv2.imdecode(grey_png(1_000_001, 1), cv2.IMREAD_COLOR) is None


def photo() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)


OUT_OF_REACH = {
    "read_reduced_jpeg": lambda: cv2.imdecode(cv2.imencode(".jpg", photo())[1], cv2.IMREAD_REDUCED_COLOR_2),
    "read_avif": lambda: cv2.imdecode(np.frombuffer(b"\0\0\0\x20ftypavif" + bytes(40), np.uint8), 1),
    "read_jpeg_2000": lambda: cv2.imdecode(native.imencode(".jp2", photo())[1], 1),
    "read_radiance": lambda: cv2.imdecode(native.imencode(".hdr", photo() / np.float32(9))[1], 1),
    "read_sun_raster": lambda: cv2.imdecode(native.imencode(".ras", photo())[1], 1),
    "read_tiff_of_jpegs": lambda: cv2.imdecode(native.imencode(".tif", photo(), [259, 7])[1], 1),
    "write_tiff_of_jpegs": lambda: cv2.imencode(".tif", photo(), [cv2.IMWRITE_TIFF_COMPRESSION, 7]),
    "write_jpeg_2000": lambda: cv2.imencode(".jp2", photo()),
    "write_avif": lambda: cv2.imencode(".avif", photo()),
    "write_pam": lambda: cv2.imwrite("a.pam", photo()),
    "write_gif_of_chosen_colours": lambda: cv2.imencode(".gif", photo(), [cv2.IMWRITE_GIF_QUALITY, 8]),
}


@pytest.mark.parametrize("case", OUT_OF_REACH)
def test_out_of_reach_names_an_alternative(case):
    with pytest.raises(UnsupportedInBrowser, match="Instead: "):
        OUT_OF_REACH[case]()


def test_huffman_codes_have_at_most_16_bits():
    fibonacci = [1, 1]
    while len(fibonacci) < 30:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    table = HuffmanTable.optimal(np.array(fibonacci))
    lengths = table.codes() & 31
    used = lengths[lengths > 0]
    assert len(used) == 30
    assert used.max() == 16
    assert (0.5**used).sum() < 1, "the code of all ones must stay free"


@pytest.mark.parametrize("size", [(2, 3), (17, 70), (300, 200)])
@pytest.mark.parametrize("optimise", [False, True])
def test_jpeg_with_restart_intervals_of_any_length(size, optimise):
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    for interval in (1, 2, 5, 1000):
        params = [cv2.IMWRITE_JPEG_RST_INTERVAL, interval, cv2.IMWRITE_JPEG_OPTIMIZE, int(optimise)]
        expected = native.imencode(".jpg", image, params)[1]
        np.testing.assert_array_equal(cv2.imencode(".jpg", image, params)[1], expected)


def test_what_a_writer_refuses_leaves_no_file(tmp_path):
    assert not cv2.imwrite(tmp_path / "a.pgm", photo())
    assert not cv2.imwrite(tmp_path / "a.gif", photo()[..., 0])
    assert list(tmp_path.iterdir()) == []


AVIF = np.frombuffer(b"\0\0\0\x20ftypavif" + bytes(40), np.uint8)


@pytest.mark.parametrize("nothing", [None, 0, (False, ()), (None, (), ())], ids=str)
def test_own_build_tells_of_images_that_it_takes_for_none(nothing, tmp_path):
    (tmp_path / "a.avif").write_bytes(AVIF.tobytes())
    (tmp_path / "a.txt").write_text("no image")
    read = refusing_formats("imread", lambda *args, **kwargs: nothing)
    for source in (AVIF, AVIF.reshape(1, -1), tmp_path / "a.avif", str(tmp_path / "a.avif")):
        with pytest.raises(UnsupportedInBrowser, match="AVIF files are not read"):
            read(source, 1)
    for source in (AVIF[:9], tmp_path / "a.txt", tmp_path / "nowhere", tmp_path, "a\0b", None):
        assert read(source, 1) == nothing


def test_own_build_that_leaves_the_given_array_alone_has_read_nothing(tmp_path):
    (tmp_path / "a.jp2").write_bytes(b"\xff\x4f\xff\x51" + bytes(40))
    target = photo()
    read = refusing_formats("imread", lambda filename, dst=None: photo() if dst is None else dst)
    for call in (lambda: read(tmp_path / "a.jp2", target), lambda: read(tmp_path / "a.jp2", dst=target)):
        with pytest.raises(UnsupportedInBrowser, match="JPEG 2000"):
            call()
    assert read(tmp_path / "a.jp2").shape == target.shape


def test_own_build_tells_of_formats_that_it_has_no_encoder_of():
    def refuse(*args, **kwargs):
        raise cv2.error("could not find an encoder")

    write = refusing_formats("imencode", refuse)
    with pytest.raises(UnsupportedInBrowser, match="AVIF files can't be written"):
        write(".AVIF", photo())
    with pytest.raises(UnsupportedInBrowser, match="JPEG 2000"):
        refusing_formats("imwrite", refuse)(filename=b"a.jp2", img=photo())
    for ext in (".xyz", "", 5):
        with pytest.raises(cv2.error, match="could not find"):
            write(ext, photo())
