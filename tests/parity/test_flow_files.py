"""Optical flow in files."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

FLOW = np.random.default_rng(0).normal(0, 3, (7, 9, 2)).astype(np.float32)


def content(tmp_path, flow=FLOW):
    path = tmp_path / "a.flo"
    written = cv2.writeOpticalFlow(str(path), flow)
    return written, np.frombuffer(path.read_bytes(), np.uint8) if path.exists() else None


def read(tmp_path, change=lambda stored: stored):
    path = tmp_path / "a.flo"
    cv2.writeOpticalFlow(str(path), FLOW)
    path.write_bytes(change(path.read_bytes()))
    return cv2.readOpticalFlow(str(path))


CASES = {
    "written": content,
    "written_part": lambda tmp_path: content(tmp_path, FLOW[1:4, ::2]),
    "written_no_rows": lambda tmp_path: content(tmp_path, FLOW[:0]),
    "written_float64": lambda tmp_path: content(tmp_path, FLOW.astype(np.float64)),
    "written_one_channel": lambda tmp_path: content(tmp_path, FLOW[..., 0]),
    "written_nothing": lambda tmp_path: content(tmp_path, None),
    "written_nowhere": lambda tmp_path: cv2.writeOpticalFlow(str(tmp_path / "none" / "a.flo"), FLOW),
    "written_no_path": lambda tmp_path: cv2.writeOpticalFlow("", FLOW),
    "read": read,
    "read_longer": lambda tmp_path: read(tmp_path, lambda stored: stored + b"x"),
    "read_shorter": lambda tmp_path: read(tmp_path, lambda stored: stored[:-1]),
    "read_other": lambda tmp_path: read(tmp_path, lambda stored: b"PIEG" + stored[4:]),
    "read_empty": lambda tmp_path: read(tmp_path, lambda stored: b""),
    "read_no_size": lambda tmp_path: read(tmp_path, lambda stored: stored[:4] + bytes(8)),
    "read_nowhere": lambda tmp_path: cv2.readOpticalFlow(str(tmp_path / "b.flo")),
    "read_none": lambda tmp_path: cv2.readOpticalFlow(None),
}
ERRORS = {
    "read_number": lambda: cv2.readOpticalFlow(5),
    "read_nothing": lambda: cv2.readOpticalFlow(),
    "written_number": lambda: cv2.writeOpticalFlow(5, FLOW),
    "written_no_flow": lambda: cv2.writeOpticalFlow("a.flo"),
}


@pytest.mark.parametrize("name", CASES)
def test_flow_files(name, parity, tmp_path):
    parity(CASES[name](tmp_path))


@pytest.mark.parametrize("name", ERRORS)
def test_flow_files_errors(name, parity):
    parity.raised(ERRORS[name])
