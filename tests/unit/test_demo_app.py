"""The demo page's Python, on plain CPython with native OpenCV and ONNX Runtime."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
CANVAS = 280

sys.path.insert(0, str(SITE))
from pyinfer_demo import contours, digits  # noqa: E402

# Drawn by other habits than site/strokes.json, from which the training takes some styles.
DRAWN = json.loads((ROOT / "tests" / "data" / "drawn_digits.json").read_text(encoding="utf-8"))


def drawn_picture(
    strokes: list[list[list[float]]], *, pen: int = 18, size: float = 1.0, shift: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """Strokes as a mouse leaves them on the page's canvas: uint8 (280, 280, 4)."""
    image = np.full((CANVAS, CANVAS, 4), 255, np.uint8)
    for stroke in strokes:
        points = (np.array(stroke, float) - CANVAS / 2) * size + CANVAS / 2 + shift
        cv2.polylines(image, [np.int32(points)], False, (24, 27, 26, 255), pen, cv2.LINE_AA)
    return image


@pytest.fixture(autouse=True)
def network() -> None:
    digits.load(str(SITE / "models" / "digits.onnx"))


def encoded(image: np.ndarray, suffix: str) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.mark.parametrize("index", range(len(DRAWN)), ids=[f"{d['digit']}-{i}" for i, d in enumerate(DRAWN)])
def test_drawn_digit_is_read(index: int) -> None:
    entry = DRAWN[index]
    answer = digits.read(drawn_picture(entry["strokes"]))
    assert answer["digit"] == entry["digit"], answer["probabilities"]
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "hand", [{"pen": 8}, {"pen": 26}, {"size": 0.5}, {"size": 0.5, "shift": (60, -50)}], ids=str
)
def test_pen_size_and_place_hardly_matter(hand: dict) -> None:
    right = [digits.read(drawn_picture(d["strokes"], **hand))["digit"] == d["digit"] for d in DRAWN]
    assert sum(right) >= len(DRAWN) - 1, f"{sum(right)} of {len(DRAWN)} digits read"


def test_chalk_on_a_blackboard_reads_as_ink_on_paper() -> None:
    ink = drawn_picture(DRAWN[4]["strokes"])
    chalk = ink.copy()
    chalk[..., :3] = 255 - chalk[..., :3]
    assert digits.read(chalk)["digit"] == digits.read(ink)["digit"]


def test_photo_with_a_shadow_grain_and_specks_is_read() -> None:
    rng = np.random.default_rng(3)
    image = drawn_picture(DRAWN[-1]["strokes"]).astype(float)
    image[..., :3] *= np.linspace(0.9, 0.45, CANVAS)[:, None]
    image[..., :3] += rng.normal(0, 4, (CANVAS, CANVAS, 3))
    image[20:24, 30:34, :3] = 40
    photo = np.clip(image, 0, 255).astype(np.uint8)
    assert digits.read(photo)["digit"] == DRAWN[-1]["digit"]


def test_picture_file_is_turned_as_its_exif_data_says() -> None:
    upright = Image.fromarray(drawn_picture(DRAWN[5]["strokes"])).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # the viewer is to turn it a quarter to the right
    file = io.BytesIO()
    upright.rotate(90).save(file, "JPEG", exif=exif)
    assert digits.read(digits.open_picture(file.getvalue()))["digit"] == DRAWN[5]["digit"]


def test_transparent_picture_lies_on_white() -> None:
    image = drawn_picture(DRAWN[7]["strokes"])
    image[image[..., 0] == 255] = 0
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    assert digits.read(digits.open_picture(file.getvalue()))["digit"] == DRAWN[7]["digit"]


def test_steps_are_the_pictures_on_the_way() -> None:
    steps = {
        step["name"]: step["pixels"] for step in digits.read(drawn_picture(DRAWN[0]["strokes"]))["steps"]
    }
    assert list(steps) == ["original", "grey", "ink", "found", "cropped", "centred", "counted"]
    assert all(pixels.dtype == np.uint8 for pixels in steps.values())
    assert steps["centred"].shape == (32, 32) and steps["counted"].shape == (8, 8)
    mass = steps["centred"].sum(axis=0) @ np.arange(32) / steps["centred"].sum()
    assert mass == pytest.approx(15.5, abs=1)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_empty_picture_says_that_there_is_nothing(value: int) -> None:
    for size in ((50, 70), (1, 1)):
        with pytest.raises(digits.NothingToRead, match="nothing to read"):
            digits.read(np.full((*size, 4), value, np.uint8))


def test_large_picture_is_shrunk_when_it_is_opened() -> None:
    for mode in ("RGB", "P", "1", "L", "RGBA"):
        file = io.BytesIO()
        Image.fromarray(drawn_picture(DRAWN[6]["strokes"])).convert("RGB").resize((2800, 2800)).convert(
            mode
        ).save(file, "PNG")
        opened = digits.open_picture(file.getvalue())
        assert opened.shape == (digits.SHOWN_SIDE, digits.SHOWN_SIDE, 4)
        assert digits.read(opened)["digit"] == DRAWN[6]["digit"], mode


def test_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(OSError, match="cannot identify image"):
        digits.open_picture(b"not a picture")
    for data in (b"", b"not a picture"):
        with pytest.raises(ValueError, match="no picture"):
            contours.open_photo(data)


def test_manifest_pins_the_networks_that_are_committed() -> None:
    app = tomllib.loads((SITE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pyinfer"]
    for model in app["models"]:
        assert model["sha256"] == hashlib.sha256((SITE / model["path"]).read_bytes()).hexdigest()


def test_script_page_offers_the_packages_that_the_site_carries() -> None:
    content = tomllib.loads((SITE / "pyproject.toml").read_text(encoding="utf-8"))
    named = content["project"]["dependencies"] + content["tool"]["pyinfer"]["requirements"]
    offered = re.findall(r'<option value="([^"]+)">', (SITE / "script.html").read_text(encoding="utf-8"))
    assert offered == sorted(named)


def test_layers_for_other_engines_are_those_of_the_network() -> None:
    """What `write_layers` wrote, multiplied by hand, answers as ONNX Runtime does."""
    prepared = digits.prepare(drawn_picture(DRAWN[3]["strokes"]))
    weights = digits.weights(str(SITE / "models" / "digits-layers.npz"))
    layer = prepared["counts"].reshape(1, -1)
    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        layer = np.maximum(layer @ matrix + bias, 0)
    scores = np.exp(layer @ weights[-2] + weights[-1])
    decided = digits.decide((scores / scores.sum())[0])
    answer = digits.read(drawn_picture(DRAWN[3]["strokes"]))
    assert decided["digit"] == answer["digit"]
    np.testing.assert_allclose(decided["probabilities"], answer["probabilities"], atol=1e-5)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("method", ["brightness", "edges"])
def test_contours_of_a_drawn_photo_are_counted(suffix: str, method: str) -> None:
    photo = np.zeros((300, 500, 3), np.uint8)
    cv2.circle(photo, (120, 150), 70, (255, 255, 255), cv2.FILLED)
    cv2.rectangle(photo, (280, 60), (430, 240), (255, 255, 255), cv2.FILLED)
    opened = contours.open_photo(encoded(photo, suffix))
    assert opened["size"] == opened["working_size"] == [500, 300]
    found = contours.find(method, 128)
    # Canny's line is one pixel wide and has an inner and an outer contour.
    assert found["count"] == (4 if method == "edges" else 2)
    assert found["largest_area"] == pytest.approx(150 * 180, rel=0.03)
    assert found["pixels"].shape == (300, 500, 4)


def test_large_photo_is_shrunk_and_the_result_can_be_saved() -> None:
    rng = np.random.default_rng(0)
    photo = cv2.resize(rng.integers(0, 256, (20, 30, 3), np.uint8), (3000, 2000))
    opened = contours.open_photo(encoded(photo, ".jpg"))
    assert opened["size"] == [3000, 2000] and opened["working_size"] == [960, 640]
    saved = cv2.imdecode(np.frombuffer(contours.save("brightness", 128), np.uint8), cv2.IMREAD_COLOR)
    shown = contours.find("brightness", 128)["pixels"]
    np.testing.assert_array_equal(saved, cv2.cvtColor(shown, cv2.COLOR_RGBA2BGR))


def test_shown_source_is_the_file_itself() -> None:
    assert contours.source() == (SITE / "pyinfer_demo" / "contours.py").read_text(encoding="utf-8")
