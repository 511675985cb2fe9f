"""The speed page's Python, natively: what all engines are held against is right."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.site_pictures import SITE

from pyinfer_demo import speed  # isort: skip

NETWORK = str(SITE / "models" / "digits.onnx")


def test_answers_from_pixels_are_those_from_numbers() -> None:
    assert speed.load(NETWORK, "CPUExecutionProvider", 1, 32) == ["CPUExecutionProvider"]
    answers = speed.answers(32)
    assert answers["network"].shape == (32, 10)
    np.testing.assert_array_equal(answers["network"], answers["pixels"])
    material = speed.material(32)
    np.testing.assert_array_equal(material["probabilities"], answers["network"])
    np.testing.assert_array_equal(speed.prepare(material["frames"]), material["counts"])


def test_frames_are_the_same_every_time_and_show_each_digit() -> None:
    frames = speed.draw(40)
    np.testing.assert_array_equal(frames, speed.draw(40))
    # What a larger batch begins with is what a smaller one is.
    np.testing.assert_array_equal(frames, speed.draw(64)[:40])
    assert all(frame.any() for frame in frames)
    assert len({frame.tobytes() for frame in frames}) == 40


@pytest.mark.parametrize("batch", [2, 8])
def test_measured_times_are_of_what_was_asked_for(batch: int) -> None:
    speed.load(NETWORK, "CPUExecutionProvider", 1, 8)
    times = speed.measure(batch)
    assert set(times) == {"network", "pixels"} and all(time > 0 for time in times.values())


def test_tflite_file_has_the_networks_numbers() -> None:
    file = (SITE / "models" / "digits.tflite").read_bytes()
    assert file[4:8] == b"TFL3"
    with np.load(SITE / "models" / "digits-layers.npz") as layers:
        for name in layers.files:
            # LiteRT's matrices are (outputs, inputs).
            assert layers[name].T.astype("<f4").tobytes() in file, name
