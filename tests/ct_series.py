"""CT series for tests: a phantom as DICOM files, made by native pydicom."""

from __future__ import annotations

import io
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SITE = Path(__file__).resolve().parents[1] / "site"
for folder in (SITE, SITE / "models"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from pyinfer_demo import heart_phantom  # noqa: E402

COUNT = 25
#: Of the slices, in mm.
DISTANCE = heart_phantom.thickness(COUNT)
SERIES = generate_uid(entropy_srcs=["phantom"])
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
    file = io.BytesIO()
    content.save_as(file, enforce_file_format=True)
    return file.getvalue()
