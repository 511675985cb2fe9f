"""Read slices from DICOM files with pydicom."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from .heart_slice import Slice, Unreadable

if TYPE_CHECKING:
    from pydicom import Dataset

_GROUPS = [  # in a file of many slices that say where each lies, and what its values are
    "FrameContentSequence",
    "PixelMeasuresSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "PixelValueTransformationSequence",
]
_RIM = 8  # pixels along each side, where there is air, or nothing


def read_dicom(name: str, data: bytes) -> list[Slice]:
    """Read a file's slices: their values (of a CT, Hounsfield units), and where they lie.

    Raises
    ------
    Unreadable
        It is no DICOM file, has no slices, or some that can't be decoded.
    """
    # Not above: what modules import there comes with the start, and this is larger than all else of it.
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        return _slices_of(name, dcmread(io.BytesIO(data)))
    except InvalidDicomError:
        raise Unreadable("no DICOM file, and no picture") from None
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # of a damaged file anything may come
        raise Unreadable(f"a damaged DICOM file ({error})") from None


def _slices_of(name: str, content: Dataset) -> list[Slice]:
    if "PixelData" not in content:
        raise Unreadable("a DICOM file without pixels")
    if content.get("SamplesPerPixel", 1) != 1:
        raise Unreadable("a colour picture, not a slice")
    count = int(content.get("NumberOfFrames") or 1)
    modality = str(content.get("Modality") or "?")
    if count > 1 and modality != "CT":
        raise Unreadable(
            f"{count} pictures of the kind {modality} in one file; of CT only such files are read"
        )
    return [_slice_of(name, content, k, count, stored) for k, stored in enumerate(_decoded(content))]


def _slice_of(name: str, content: Dataset, k: int, count: int, stored: np.ndarray) -> Slice:
    """Slice ``k`` of the ``count`` of its file."""
    from pydicom.pixels import apply_modality_lut

    own = _said_of(content, k)
    values = apply_modality_lut(stored, own if "RescaleSlope" in own else content)
    if content.get("PhotometricInterpretation") == "MONOCHROME1" and _is_inverted(values):
        values = values.max() + values.min() - values
    thickness = _numbers(own.get("SliceThickness"), 1)
    pixel = _numbers(own.get("PixelSpacing"), 2)
    axes = _numbers(own.get("ImageOrientationPatient"), 6)
    number = content.get("InstanceNumber")
    identity = content.get("SOPInstanceUID")
    # The same places may be there at several times: then each time is a series of its own.
    series = [content.get("SeriesInstanceUID"), own.get("TemporalPositionIndex")]
    return Slice(
        name if count == 1 else f"{name}, slice {k + 1}",
        np.clip(np.rint(values), -32768, 32767).astype(np.int16),
        modality=str(content.get("Modality") or "?"),
        series=" ".join(str(part) for part in series if part),
        identity=f"{identity} {k}" if identity else "",
        number=None if number is None else int(number) * count + k,
        place=_numbers(own.get("ImagePositionPatient"), 3),
        axes=None if axes is None else axes.reshape(2, 3),
        pixel=None if pixel is None else (float(pixel[0]), float(pixel[1])),
        thickness=None if thickness is None else float(thickness[0]),
    )


def _said_of(content: Dataset, k: int) -> Dataset:
    """What a file says of slice ``k``, as one that has this slice only would say it.

    A file of many has groups of attributes: what is the same for all slices, and for each what is its own.
    """
    from pydicom import Dataset

    shared = content.get("SharedFunctionalGroupsSequence") or []
    own = content.get("PerFrameFunctionalGroupsSequence") or []
    if not shared and not own:
        return content
    said = Dataset()
    for groups in (*shared[:1], *own[k : k + 1]):
        for name in _GROUPS:
            for group in groups.get(name) or []:
                said.update(group)
    return said


def _decoded(content: Dataset) -> Iterator[np.ndarray]:
    """The values of each slice, as they are stored."""
    from pydicom.pixels import iter_pixels

    syntax = content.file_meta.get("TransferSyntaxUID")
    try:
        yield from iter_pixels(content)
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
