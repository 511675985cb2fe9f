"""Read slices from DICOM files with pydicom."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from .heart_slice import Slice, Unreadable

if TYPE_CHECKING:
    from pydicom import Dataset

_RIM = 8  # pixels along each side, where there is air, or nothing


def read_dicom(name: str, data: bytes) -> Slice:
    """Read a slice: its values (of a CT, Hounsfield units), and where it lies.

    Raises
    ------
    Unreadable
        It is no DICOM file, has no slice, or one that can't be decoded.
    """
    # Not above: what modules import there comes with the start, and this is larger than all else of it.
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        return _slice_of(name, dcmread(io.BytesIO(data)))
    except InvalidDicomError:
        raise Unreadable("no DICOM file, and no picture") from None
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # of a damaged file anything may come
        raise Unreadable(f"a damaged DICOM file ({error})") from None


def _slice_of(name: str, content: Dataset) -> Slice:
    from pydicom.pixels import apply_modality_lut

    if "PixelData" not in content:
        raise Unreadable("a DICOM file without pixels")
    if content.get("SamplesPerPixel", 1) != 1:
        raise Unreadable("a colour picture, not a slice")
    if int(content.get("NumberOfFrames") or 1) > 1:
        raise Unreadable("many slices in one file, which is not read here; save them as one file each")
    values = apply_modality_lut(_decoded(content), content)
    if content.get("PhotometricInterpretation") == "MONOCHROME1" and _is_inverted(values):
        values = values.max() + values.min() - values
    thickness = _numbers(content.get("SliceThickness"), 1)
    pixel = _numbers(content.get("PixelSpacing"), 2)
    axes = _numbers(content.get("ImageOrientationPatient"), 6)
    number = content.get("InstanceNumber")
    return Slice(
        name,
        np.clip(np.rint(values), -32768, 32767).astype(np.int16),
        modality=str(content.get("Modality") or "?"),
        series=str(content.get("SeriesInstanceUID") or ""),
        identity=str(content.get("SOPInstanceUID") or ""),
        number=None if number is None else int(number),
        place=_numbers(content.get("ImagePositionPatient"), 3),
        axes=None if axes is None else axes.reshape(2, 3),
        pixel=None if pixel is None else (float(pixel[0]), float(pixel[1])),
        thickness=None if thickness is None else float(thickness[0]),
    )


def _decoded(content: Dataset) -> np.ndarray:
    syntax = content.file_meta.get("TransferSyntaxUID")
    try:
        return content.pixel_array
    except MemoryError:
        raise
    except Exception:  # each decoder has errors of its own
        if syntax is None or not syntax.is_compressed:
            raise
        raise Unreadable(
            f"compressed as “{syntax.name}”, which can't be decoded here; "
            "a tool such as `gdcmconv --raw` undoes that"
        ) from None


def _is_inverted(values: np.ndarray) -> bool:
    """Whether air is bright.

    MONOCHROME1 is about how values are shown: Hounsfield units stay what they are. Some programs turn the
    values themselves round, though. The rim of a slice tells, where there is air.
    """
    height, width = values.shape
    inner = values[height // 4 : -(height // 4) or None, width // 4 : -(width // 4) or None]
    rim = np.concatenate([values[:_RIM].ravel(), values[:, :_RIM].ravel(), values[:, -_RIM:].ravel()])
    return bool(np.median(rim) > np.median(inner))


def _numbers(value: object, count: int) -> np.ndarray | None:
    """What a file says, if that is so many numbers."""
    if value is None:
        return None
    try:
        numbers = np.atleast_1d(np.array(value, float))
    except (TypeError, ValueError):
        return None
    return numbers if numbers.shape == (count,) and np.isfinite(numbers).all() else None
