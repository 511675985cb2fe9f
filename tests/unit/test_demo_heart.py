"""The heart page's Python, natively: the same files that the page runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import JPEGLosslessSV1, RLELossless

from tests.ct_series import COUNT, DISTANCE, SITE, dicom_bytes, enhanced_dicom_bytes, phantom_slices

from pyinfer_demo import heart, heart_phantom, heart_series  # isort: skip


@pytest.fixture(autouse=True)
def series() -> None:
    heart_series.load(str(SITE / "models" / "heart.onnx"))
    heart_series.begin()


def opened(files: Iterable[tuple[str, bytes]]) -> dict[str, Any]:
    names, contents = zip(*files, strict=True)
    refused = heart_series.add_files([*names], [*contents])["refused"]
    return {**heart_series.put_together(), "refused": refused}


def dicoms(ks: Iterable[int] = range(COUNT), **others: Any) -> list[tuple[str, bytes]]:
    return [(f"{k}.dcm", dicom_bytes(k, **others)) for k in ks]


def searched() -> dict[str, Any]:
    for start in range(0, len(heart_series._series.slices), 10):
        heart_series.find(start, start + 10)
    return heart_series.enclose()


def values() -> np.ndarray:
    return np.stack([one.pixels for one in heart_series._series.slices])


def test_heart_of_a_phantom_is_where_it_was_drawn() -> None:
    heart_series.add_phantom(100, 0, 100)
    heart_series.put_together()
    found = searched()["box"]
    patient, size = heart_phantom._patient(), 128
    frame = heart_phantom.Frame(size, heart_phantom.SIZE * heart_phantom.PIXEL, y=0.06 * patient.depth)
    heights = (np.arange(100) + 0.5) / 100 * heart_phantom.LENGTH
    z, y, x = np.nonzero([patient.at(height, frame).heart for height in heights])
    scale = heart_phantom.SIZE // size
    drawn = [
        (z.min(), z.max() + 1),
        (y.min() * scale, (y.max() + 1) * scale),
        (x.min() * scale, (x.max() + 1) * scale),
    ]
    boxed = [
        (found["first"], found["last"] + 1),
        (found["y"], found["y"] + found["height"]),
        (found["x"], found["x"] + found["width"]),
    ]
    common = np.prod([max(0, min(a[1], b[1]) - max(a[0], b[0])) for a, b in zip(drawn, boxed, strict=True)])
    sizes = [np.prod([high - low for low, high in sides]) for sides in (drawn, boxed)]
    assert common / (sum(sizes) - common) > 0.8


def test_phantom_is_the_same_in_any_number_of_slices() -> None:
    coarse, fine = heart_phantom.make_slice(50, 200), heart_phantom.make_slice(202, 800)
    assert coarse.dtype == np.int16 and coarse.shape == (512, 512)
    blurred = [cv2.GaussianBlur(each.astype(np.float32), (0, 0), 4) for each in (coarse, fine)]
    assert np.abs(blurred[0] - blurred[1]).mean() < 10


def test_files_give_the_values_and_the_box_of_the_slices_themselves() -> None:
    described = opened(dicoms(RescaleSlope=2, RescaleIntercept=-2048))
    np.testing.assert_allclose(values(), phantom_slices(), atol=1)
    assert described["notices"] == described["refused"] == []
    assert described["distance"] == pytest.approx(DISTANCE)
    session = heart.load(str(SITE / "models" / "heart.onnx"))
    box = heart.enclose(heart.locate(session, [*values()]))
    found = searched()
    assert found["box"] == vars(box)
    assert found["millimetres"][2] == pytest.approx((box.last - box.first + 1) * DISTANCE)


def test_slices_are_ordered_by_place_whatever_they_are_called() -> None:
    shuffled = [(f"{9 * k % 25}.dcm", dicom_bytes(9 * k % 25, InstanceNumber=k)) for k in range(COUNT)]
    opened(shuffled)
    np.testing.assert_array_equal(values(), phantom_slices())


def test_file_of_many_slices_is_the_series_of_its_slices() -> None:
    shuffled = [9 * k % COUNT for k in range(COUNT)]
    origins = []
    for files in (dicoms(), [("enhanced.dcm", enhanced_dicom_bytes(shuffled))]):
        described = opened(files)
        assert described["notices"] == described["refused"] == []
        assert described["distance"] == pytest.approx(DISTANCE)
        np.testing.assert_array_equal(values(), phantom_slices())
        searched()
        with np.load(io.BytesIO(heart_series.save())) as saved:
            origins.append((*saved["box"], *saved["spacing"], *saved["origin"]))
    np.testing.assert_allclose(*origins)


def test_slices_at_several_times_are_taken_of_one() -> None:
    described = opened([("enhanced.dcm", enhanced_dicom_bytes(times=3))])
    np.testing.assert_array_equal(values(), phantom_slices())
    assert described["notices"] == [f"{2 * COUNT} slices are of another series or time and were left out."]


def test_file_of_many_slices_without_their_places_keeps_their_order() -> None:
    content = dcmread(io.BytesIO(enhanced_dicom_bytes(RescaleSlope=1, RescaleIntercept=-2048)))
    del content.SharedFunctionalGroupsSequence, content.PerFrameFunctionalGroupsSequence
    file = io.BytesIO()
    content.save_as(file)
    described = opened([("plain.dcm", file.getvalue())])
    assert any("in the order of their numbers" in notice for notice in described["notices"])
    np.testing.assert_array_equal(values() - np.arange(COUNT)[:, None, None], phantom_slices())


@pytest.mark.parametrize(
    ("axes", "turn"),
    [
        ((-1, 0, 0, 0, 1, 0), lambda pixels: pixels[:, ::-1]),
        ((1, 0, 0, 0, -1, 0), lambda pixels: pixels[::-1]),
        ((-1, 0, 0, 0, -1, 0), lambda pixels: pixels[::-1, ::-1]),
        ((0, 1, 0, 1, 0, 0), lambda pixels: pixels.T),
        ((0, -1, 0, 1, 0, 0), lambda pixels: pixels[::-1].T),
    ],
)
def test_slices_are_turned_until_the_front_is_up(axes: tuple[int, ...], turn: Any) -> None:
    files = [
        (f"{k}.dcm", dicom_bytes(k, np.ascontiguousarray(turn(pixels)), ImageOrientationPatient=list(axes)))
        for k, pixels in enumerate(phantom_slices())
    ]
    described = opened(files)
    np.testing.assert_array_equal(values(), phantom_slices())
    assert described["notices"] == []


def test_first_voxel_stays_where_it_is_in_the_patient() -> None:
    """Also of slices that are mirrored on the way in."""
    side = heart_phantom.PIXEL * 2
    mirrored = [
        (
            f"{k}.dcm",
            dicom_bytes(
                k,
                np.ascontiguousarray(phantom_slices()[k][:, ::-1]),
                ImageOrientationPatient=[-1, 0, 0, 0, 1, 0],
                ImagePositionPatient=[-190.0 + 255 * side, -190.0, 500.0 - k * DISTANCE],
            ),
        )
        for k in range(COUNT)
    ]
    origins = []
    for files in (dicoms(), mirrored):
        opened(files)
        searched()
        with np.load(io.BytesIO(heart_series.save())) as saved:
            origins.append(saved["origin"])
            first, last, x, y, width, height = saved["box"]
            expected = np.stack(phantom_slices())[first : last + 1, y : y + height, x : x + width]
            np.testing.assert_array_equal(saved["values"], expected)
            np.testing.assert_allclose(saved["spacing"], [DISTANCE, side, side])
    np.testing.assert_allclose(origins[0], origins[1], atol=1e-4)
    np.testing.assert_allclose(origins[0], [-190 + x * side, -190 + y * side, 500 - first * DISTANCE])


def test_inverted_slices_are_turned_round_and_hounsfield_units_stay() -> None:
    opened(dicoms(PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(values(), phantom_slices())
    heart_series.begin()
    pixels = [np.int16(-1000) - each for each in phantom_slices()]
    opened(
        (f"{k}.dcm", dicom_bytes(k, each, PhotometricInterpretation="MONOCHROME1", RescaleIntercept=-8192))
        for k, each in enumerate(pixels)
    )
    darkest = np.array([each.min() for each in phantom_slices()])
    np.testing.assert_array_equal(values().min(axis=(1, 2)), [each.min() for each in pixels])
    middle = values()[COUNT // 2]
    assert np.median(middle[:4]) < np.median(middle[100:150, 100:150])
    assert (darkest == -2000).all()


def test_pictures_are_slices_in_the_order_of_their_numbers() -> None:
    greys = [np.clip((each + 160.0) * (255 / 400), 0, 255).astype(np.uint8) for each in phantom_slices()]
    files = [(f"img_{k}.png", cv2.imencode(".png", grey)[1].tobytes()) for k, grey in enumerate(greys)]
    described = opened(reversed(files))
    np.testing.assert_array_equal(values(), greys)
    assert (described["modality"], described["pixel"], described["distance"]) == ("", None, None)
    assert searched()["box"]
    colour = cv2.imencode(".png", cv2.cvtColor(greys[12], cv2.COLOR_GRAY2BGR))[1].tobytes()
    heart_series.begin()
    opened([("colour.png", colour)])
    np.testing.assert_array_equal(values()[0], greys[12])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (lambda: dicoms(k for k in range(COUNT) if k not in (5, 6)), "2 slices are missing: after slice 5."),
        (
            lambda: [*dicoms(), ("odd.dcm", dicom_bytes(3, phantom_slices(128)[3]))],
            "1 slice is of another size and was left out.",
        ),
        (lambda: [*dicoms(), *dicoms([4])], "1 slice is there twice and was left out."),
        (lambda: [*dicoms(), *dicoms([4], SeriesInstanceUID="1.2.3")], "1 slice is of another series"),
        (lambda: [*dicoms(), *dicoms([1, 2], Modality="MR")], "2 slices are no CT and were left out."),
        (lambda: dicoms(Modality="MR"), "This is magnetic resonance (MR), no CT."),
        (lambda: dicoms([12]), "This is one slice only"),
        (lambda: dicoms(ImagePositionPatient=None), "in the order of their numbers"),
        (lambda: dicoms(ImagePositionPatient=[0, 0, 0]), "All slices lie at the same place"),
        (lambda: dicoms(ImageOrientationPatient=[1, 0, 0, 0, 0, -1]), "from the front, not across"),
    ],
)
def test_what_is_odd_is_told_and_the_search_goes_on(files: Any, words: str) -> None:
    described = opened(files())
    assert any(words in notice for notice in described["notices"]), described["notices"]
    searched()


def test_gap_does_not_part_the_box() -> None:
    opened(dicoms())
    whole = searched()["box"]
    heart_series.begin()
    middle = (whole["first"] + whole["last"]) // 2
    opened(dicoms(k for k in range(COUNT) if k != middle))
    found = searched()["box"]
    assert (found["first"], found["last"]) == (whole["first"], whole["last"] - 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Dear Sir or Madam", "no DICOM file, and no picture"),
        (b"", "no DICOM file, and no picture"),
        (b"\x89PNG and no more", "no picture that OpenCV can decode"),
        (lambda: dicom_bytes(0)[:400], "a DICOM file without pixels"),
        (lambda: dicom_bytes(0).replace(b"DS", b"XX"), "a damaged DICOM file"),
        (lambda: dicom_bytes(0)[:40_000], "a damaged DICOM file (The number of bytes"),
        (lambda: dicom_bytes(0, NumberOfFrames=2), "a damaged DICOM file (The number of bytes"),
        (lambda: enhanced_dicom_bytes(Modality="MR"), "25 pictures of the kind MR in one file"),
        (lambda: enhanced_dicom_bytes()[:-1000], "a damaged DICOM file (The number of bytes"),
        (lambda: dicom_bytes(0, SamplesPerPixel=3), "a colour picture"),
        (
            lambda: dicom_bytes(0, TransferSyntaxUID=JPEGLosslessSV1, PixelData=ENCAPSULATED),
            "compressed as “JPEG Lossless",
        ),
    ],
)
def test_what_is_no_slice_is_refused_with_the_reason(content: Any, reason: str) -> None:
    data = content() if callable(content) else content
    described = opened([*dicoms([12]), ("odd", data)])
    assert described["count"] == 1
    ((name, told),) = [(each["name"], each["reason"]) for each in described["refused"]]
    assert name == "odd" and reason in told


#: An empty table of offsets and a fragment that is no JPEG.
ENCAPSULATED = (
    b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
    b"\xfe\xff\x00\xe0\x04\x00\x00\x00\xff\xd8\xff\xd9"
    b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
)


@pytest.mark.parametrize(
    ("original", "ks"), [(lambda: dicom_bytes(12), [12]), (lambda: enhanced_dicom_bytes(range(3)), range(3))]
)
def test_run_length_encoding_is_decoded(original: Any, ks: Iterable[int]) -> None:
    content = dcmread(io.BytesIO(original()))
    content.compress(RLELossless)
    file = io.BytesIO()
    content.save_as(file)
    opened([("compressed.dcm", file.getvalue())])
    np.testing.assert_array_equal(values(), [phantom_slices()[k] for k in ks])


def test_series_without_a_heart_has_no_box() -> None:
    opened([(f"{k}.dcm", dicom_bytes(k, np.full((64, 64), 40, np.int16))) for k in range(3)])
    assert searched()["box"] is None
    with pytest.raises(RuntimeError, match="no box"):
        heart_series.save()
    with pytest.raises(RuntimeError, match="no box"):
        heart_series.save_pictures(0, 255)


def test_pictures_of_the_heart_have_the_greys_that_are_seen() -> None:
    opened(dicoms())
    box = searched()["box"]
    with zipfile.ZipFile(io.BytesIO(heart_series.save_pictures(-160, 240))) as saved:
        places = range(box["first"], box["last"] + 1)
        assert saved.namelist() == [f"slice-{k + 1:04}.png" for k in places]
        for k, name in zip(places, saved.namelist(), strict=True):
            grey = cv2.imdecode(np.frombuffer(saved.read(name), np.uint8), cv2.IMREAD_UNCHANGED)
            rows, columns = (slice(box[a], box[a] + box[b]) for a, b in (("y", "height"), ("x", "width")))
            np.testing.assert_array_equal(grey, heart_series.picture(k, -160, 240)[rows, columns])


def test_tips_belong_to_the_heart_and_specks_elsewhere_do_not() -> None:
    whole, tip, far = (
        heart.Part(20, 20, 24, 20, 400.0),
        heart.Part(28, 26, 8, 8, 60.0),
        heart.Part(2, 2, 8, 8, 60.0),
    )
    parts = [far, None, None, tip, *[whole] * 10, tip, far, None, far]
    box = heart.enclose(parts)
    assert box == heart.Box(3, 14, 20, 20, 24, 20)
    shown = heart.shown(parts, box)
    assert [k for k, part in enumerate(shown) if part] == [*range(3, 15)]


def test_picture_shows_the_window() -> None:
    opened(dicoms([12]))
    grey = heart_series.picture(0, -160, 240)
    expected = np.clip((phantom_slices()[12] + 160.0) * (255 / 400), 0, 255)
    assert grey.dtype == np.uint8
    np.testing.assert_allclose(grey, expected, atol=1)
