"""CT series for tests: a phantom as DICOM files, made by native pydicom."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian, generate_uid

SITE = Path(__file__).resolve().parents[1] / "site"
for folder in (SITE, SITE / "models"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from pyinfer_demo import heart_phantom  # noqa: E402

COUNT = 25
#: Of the slices, in mm.
DISTANCE = heart_phantom.thickness(COUNT)
SERIES = generate_uid(entropy_srcs=["phantom"])
_IN_GROUPS = [
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "RescaleSlope",
    "RescaleIntercept",
]
AXIAL = (1, 0, 0, 0, 1, 0)


@cache
def phantom_slices(size: int = 256) -> tuple[np.ndarray, ...]:
    """Hounsfield units, int16, from the head down."""
    step = heart_phantom.SIZE // size
    whole = (heart_phantom.make_slice(k, COUNT) for k in range(COUNT))
    return tuple(np.ascontiguousarray(pixels[::step, ::step]) for pixels in whole)


def dicom_bytes(k: int, pixels: np.ndarray | None = None, **others: Any) -> bytes:
    """Slice ``k`` of the phantom as a DICOM file; ``others`` are attributes, those that are None left out."""
    pixels = phantom_slices()[k] if pixels is None else pixels
    content = Dataset()
    content.file_meta = FileMetaDataset()
    content.file_meta.TransferSyntaxUID = others.pop("TransferSyntaxUID", ExplicitVRLittleEndian)
    content.file_meta.MediaStorageSOPClassUID = content.SOPClassUID = CTImageStorage
    content.SOPInstanceUID = generate_uid(
        entropy_srcs=[SERIES, str(k), str(pixels.shape), str(sorted(others.items()))]
    )
    content.file_meta.MediaStorageSOPInstanceUID = content.SOPInstanceUID
    side = heart_phantom.PIXEL * heart_phantom.SIZE / pixels.shape[1]
    attributes = {
        "Modality": "CT",
        "SeriesInstanceUID": SERIES,
        "InstanceNumber": k + 1,
        "ImagePositionPatient": [-190.0, -190.0, 500.0 - k * DISTANCE],
        "ImageOrientationPatient": list(AXIAL),
        "PixelSpacing": [side, side],
        "SliceThickness": DISTANCE,
        "RescaleSlope": 1,
        "RescaleIntercept": -2048,
        "PhotometricInterpretation": "MONOCHROME2",
        "SamplesPerPixel": 1,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
    } | others
    for name, value in attributes.items():
        if value is not None:
            setattr(content, name, value)
    if "PixelData" not in content:
        slope, intercept = attributes["RescaleSlope"] or 1, attributes["RescaleIntercept"] or 0
        content.PixelData = ((pixels - float(intercept)) / slope).round().astype(np.uint16).tobytes()
    return _saved(content)


def enhanced_dicom_bytes(ks: Sequence[int] = range(COUNT), **others: Any) -> bytes:
    """Slices ``ks`` of the phantom in one DICOM file, each with a rescale intercept of its own.

    ``others`` are attributes as in `dicom_bytes`; ``times`` repeats the slices, at so many times.
    """
    times = others.pop("times", 1)
    attributes = dict.fromkeys(_IN_GROUPS) | others
    content = dcmread(io.BytesIO(dicom_bytes(ks[0], **attributes)))
    content.file_meta.MediaStorageSOPClassUID = content.SOPClassUID = EnhancedCTImageStorage
    content.NumberOfFrames = len(ks) * times
    side = heart_phantom.PIXEL * heart_phantom.SIZE / phantom_slices()[0].shape[1]
    content.SharedFunctionalGroupsSequence = [
        _groups(
            PixelMeasures={"PixelSpacing": [side, side], "SliceThickness": DISTANCE},
            PlaneOrientation={"ImageOrientationPatient": list(AXIAL)},
        )
    ]
    content.PerFrameFunctionalGroupsSequence = [
        _groups(
            FrameContent={"TemporalPositionIndex": time + 1} if times > 1 else {},
            PlanePosition={"ImagePositionPatient": [-190.0, -190.0, 500.0 - k * DISTANCE]},
            PixelValueTransformation={"RescaleSlope": 1, "RescaleIntercept": -2048 - k, "RescaleType": "HU"},
        )
        for time in range(times)
        for k in ks
    ]
    frames = np.stack([phantom_slices()[k] + 2048 + k for k in ks])
    content.PixelData = frames.astype(np.uint16).tobytes() * times
    return _saved(content)


def _groups(**groups: dict[str, Any]) -> Dataset:
    """The functional groups of all slices, or of one."""
    content = Dataset()
    for name, attributes in groups.items():
        group = Dataset()
        for keyword, value in attributes.items():
            setattr(group, keyword, value)
        setattr(content, f"{name}Sequence", [group])
    return content


def _saved(content: Dataset) -> bytes:
    file = io.BytesIO()
    content.save_as(file, enforce_file_format=True)
    return file.getvalue()
