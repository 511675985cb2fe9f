"""Image files, written and read back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo


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
    flags = cv2.IMREAD_UNCHANGED
    read = cv2.imread(str(tmp_path / "x.png"), flags)
    parity([done, str(data.dtype), data.ndim, cv2.imdecode(data, flags), read])


IMAGES = {
    "colour": lambda: photo(),
    "grey": lambda: photo(channels=1),
    "alpha": lambda: noise(20, 31, 4),
    "16bit": lambda: noise(20, 31, 3, dtype=np.uint16),
    "signed": lambda: noise(20, 31, dtype=np.int16),
    "float": lambda: noise(20, 31, 3, dtype=np.float32) * 300 - 20,
    "double": lambda: noise(20, 31) / 3,
    "bool": lambda: noise(20, 31) > 99,
    "view": lambda: photo()[::-1, ::2],
    "one_pixel": lambda: noise(1, 1, 3),
    "vector": lambda: noise(20),
}


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize(
    "ext", [".bmp", ".tiff", ".ppm", ".pgm", ".pnm", ".pbm", ".pfm", ".webp", ".gif", ".apng"]
)
def test_lossless(ext, image, parity):
    done, data = cv2.imencode(ext, IMAGES[image]())
    parity([done, cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if done else None])


@pytest.mark.parametrize("compression", [1, 5, 8, 32773, 32946])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64"])
def test_tiff_compression(compression, dtype, parity):
    predictors = (1, 2, 3) if dtype == "float32" else (1, 2)
    results = []
    for predictor in predictors:
        params = [cv2.IMWRITE_TIFF_COMPRESSION, compression, cv2.IMWRITE_TIFF_PREDICTOR, predictor]
        results.append(cv2.imdecode(cv2.imencode(".tiff", noise(30, 23, 3, dtype=dtype), params)[1], -1))
    parity(results)


@pytest.mark.parametrize(
    "params",
    [(16, 0), (16, 9), (17, 2), (17, 9), (18, 1), (19, 8), (19, 64), (19, 128), (19, 248), (16, 3, 19, 32)],
    ids=str,
)
def test_png_parameters(params, parity):
    """Pixels, not bytes: builds of zlib differ."""
    parity(cv2.imdecode(cv2.imencode(".png", photo(channels=1), params)[1], -1))


@pytest.mark.parametrize(
    "params",
    [
        (),
        (1, 50),
        (1, 0),
        (1, 100),
        (1, 300),
        (3, 1),
        (4, 3),
        (4, 1, 3, 1),
        (5, 90, 6, 20),
        (5, 60),
        (6, 30),
        (7, 0x411111),
        (7, 0x211111),
        (7, 0x121111),
        (7, 0x111111),
        (7, 5),
        (2, 1),
        (2, 1, 1, 30, 4, 7),
        (2, 1, 7, 0x211111),
    ],
    ids=str,
)
@pytest.mark.parametrize("image", IMAGES)
def test_jpeg_bytes(image, params, parity):
    """The same file, byte for byte."""
    parity(cv2.imencode(".jpg", IMAGES[image](), params)[1])


def test_large_jpeg_bytes(parity):
    """Long runs of empty blocks, and many correction bits at once."""
    flat = np.zeros((2100, 2000), np.uint8)
    flat[1000:1100] = 200
    images = [flat, photo(600, 800)]
    parity([cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1] for image in images])


@pytest.mark.parametrize("params", [(), (3, 1), (4, 7, 7, 0x211111), (1, 100), (1, 5)], ids=str)
def test_jpeg_bytes_of_many_strips(params, parity):
    """Images that are transformed a part at a time."""
    images = [photo(333, 901), noise(333, 901), photo(40, 3000)]
    parity([cv2.imencode(".jpg", image, params)[1] for image in images])


@pytest.mark.parametrize("compression", [1, 5, 8, 32773])
def test_tiff_of_many_strips(compression, parity):
    data = cv2.imencode(".tiff", photo(90, 401), [cv2.IMWRITE_TIFF_COMPRESSION, compression])[1]
    parity(cv2.imdecode(data, -1))


@pytest.mark.parametrize("ext", [".bmp", ".ppm", ".pgm", ".pbm", ".pfm"])
@pytest.mark.parametrize("binary", [0, 1])
def test_plain_bytes(ext, binary, parity):
    image = photo() if ext in (".bmp", ".ppm", ".pfm") else photo(channels=1)
    parity(cv2.imencode(ext, image, [] if ext in (".bmp", ".pfm") else [cv2.IMWRITE_PXM_BINARY, binary])[1])


def test_gif_without_dithering(parity):
    data = cv2.imencode(".gif", noise(20, 31, 4), [cv2.IMWRITE_GIF_QUALITY, cv2.IMWRITE_GIF_FAST_NO_DITHER])[
        1
    ]
    parity(cv2.imdecode(data, cv2.IMREAD_UNCHANGED))


PAGES = {
    "colour": lambda: [photo(seed=seed) for seed in range(3)],
    "alpha": lambda: [noise(9, 11, 4, seed=seed) for seed in range(3)],
    "same": lambda: [photo()] * 3,
    "different": lambda: [photo(), noise(9, 8, dtype=np.uint16)],
}


@pytest.mark.parametrize("pages", ["colour", "different"])
def test_tiff_pages(pages, tmp_path, parity):
    path = str(tmp_path / "pages.tiff")
    images = PAGES[pages]()
    written = cv2.imwritemulti(path, images)
    done, data = cv2.imencodemulti(".tiff", images)
    parity(
        [
            *(written, done, cv2.imcount(path), cv2.imreadmulti(path), cv2.imreadmulti(path, flags=-1)),
            *(cv2.imreadmulti(path, 1, 1), cv2.imreadmulti(path, 5, 1), cv2.imdecodemulti(data, -1)),
            *(cv2.imdecodemulti(data, 0, None, (1, 3)), cv2.imread(path)),
        ]
    )


def described(result: tuple[bool, cv2.Animation]) -> list[object]:
    done, animation = result
    return [
        *(done, animation.frames, animation.durations, animation.bgcolor),
        *(animation.loop_count, animation.still_image),
    ]


@pytest.mark.parametrize("pages", ["colour", "alpha", "same"])
@pytest.mark.parametrize("ext", [".gif", ".png", ".webp"])
def test_animation(ext, pages, tmp_path, parity):
    animation = cv2.Animation(3, (1, 2, 3, 4))
    animation.frames, animation.durations = PAGES[pages](), [100, 50, 70]
    path = str(tmp_path / f"moving{ext}")
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101] if ext == ".webp" else []
    written = cv2.imwriteanimation(path, animation, lossless)
    done, data = cv2.imencodeanimation(ext, animation, lossless)
    parity(
        [
            *(written, done, cv2.imcount(path), *described(cv2.imdecodeanimation(data))),
            *(*described(cv2.imreadanimation(path, 1, 1)), cv2.imreadmulti(path, flags=-1)),
            *(cv2.imreadmulti(path, 1, 2), cv2.imread(path, -1), cv2.imdecode(data, 1)),
        ]
    )


def test_no_animation(parity):
    animation = cv2.Animation()
    animation.frames, animation.durations = [photo()], [100]
    parity(
        [cv2.imencodeanimation(".jpg", animation), described(cv2.imdecodeanimation(np.zeros(9, np.uint8)))]
    )


EXIF = np.frombuffer(b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", np.uint8)
XMP = np.frombuffer(b"http://ns.adobe.com/xap/1.0/\0<x/>", np.uint8)


@pytest.mark.parametrize("ext", [".jpg", ".png", ".webp", ".tiff"])
def test_metadata(ext, tmp_path, parity):
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101] if ext == ".webp" else []
    path = str(tmp_path / f"described{ext}")
    done, data = cv2.imencodeWithMetadata(ext, photo(), [0, 1], [EXIF, XMP], lossless)
    written = cv2.imwriteWithMetadata(path, photo(), [0], [EXIF], lossless)
    read = [cv2.imreadWithMetadata(path, flags) for flags in (-1, 1)]
    parity([done, written, cv2.imdecodeWithMetadata(data, -1), read, cv2.imdecode(data, 1)])


def test_names(tmp_path, parity):
    path = tmp_path / "Zürich 東京.png"
    read = [cv2.imwrite(path, photo()), cv2.imread(path), cv2.imread(str(path).encode())]
    names = ".bmp .dib .gif .jpeg .jpe .JPG .webp .pnm .pfm .apng .tif .exr .jxl .txt .png.gz"
    writers = [cv2.haveImageWriter(f"x{name}") for name in names.split()]
    parity([*read, cv2.haveImageReader(path), cv2.haveImageReader("nowhere"), writers, cv2.imread(tmp_path)])


def test_float_image_is_rounded(parity):
    parity(cv2.imdecode(cv2.imencode(".png", np.array([[0.5, 1.5, 300, -4]]))[1], cv2.IMREAD_UNCHANGED))
