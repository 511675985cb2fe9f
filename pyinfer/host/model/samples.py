"""A folder of inputs for a model: pictures and arrays, in folders by class where they are labelled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from PIL import Image, UnidentifiedImageError

from pyinfer.errors import ModelError

from .model_file import get_metadata
from .preprocessing import Preprocessing

__all__ = ["ModelInput", "Sample", "find_samples", "inputs_of"]

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
_ARRAYS = {".npy", ".npz"}


@dataclass(frozen=True)
class ModelInput:
    """What a model takes under one name: its dtype, and its shape (None: any)."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class Sample:
    """One file of such a folder.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        Its path below the folder.
    label : str or None
        The folder that it lies in, if the samples are in folders.
    """

    path: Path
    name: str
    label: str | None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture; else it holds arrays."""
        return self.path.suffix.lower() in _PICTURES

    def feeds(
        self, inputs: Sequence[ModelInput], preprocessing: Preprocessing | None = None
    ) -> dict[str, np.ndarray[Any, Any]]:
        """What to give to a model: an array by the name of each input.

        Parameters
        ----------
        inputs : sequence of ModelInput
            The model's.
        preprocessing : Preprocessing, optional
            How the model wants a picture. Arrays of ``.npy`` and ``.npz`` files are taken as they are.

        Raises
        ------
        ModelError
            The file can't be read, or is not for such inputs.
        """
        try:
            if self.is_picture:
                feeds = {self._only(inputs).name: self._picture(self._only(inputs), preprocessing)}
            else:
                with np.load(self.path) if self.path.suffix == ".npz" else _Closing(self.path) as arrays:
                    feeds = dict(arrays) or {}
                if "" in feeds:
                    feeds = {self._only(inputs).name: feeds[""]}
        except (OSError, ValueError, UnidentifiedImageError) as error:
            raise ModelError(f"{self.path} can't be read: {error}") from error
        return {each.name: self._fitting(feeds, each) for each in inputs}

    def _only(self, inputs: Sequence[ModelInput]) -> ModelInput:
        if len(inputs) != 1:
            names = ", ".join(each.name for each in inputs)
            raise ModelError(
                f"{self.path} holds one array, and the model takes {names}: write an .npz of those names"
            )
        return inputs[0]

    def _picture(self, wanted: ModelInput, preprocessing: Preprocessing | None) -> np.ndarray[Any, Any]:
        chosen = preprocessing or _guess(wanted)
        spatial = wanted.shape[2:4] if chosen.layout == "NCHW" else wanted.shape[1:3]
        height, width = spatial if len(spatial) == 2 else (None, None)
        with Image.open(self.path) as picture:
            return chosen.apply(picture, (height, width) if height and width else None)

    def _fitting(self, feeds: dict[str, np.ndarray[Any, Any]], wanted: ModelInput) -> np.ndarray[Any, Any]:
        if wanted.name not in feeds:
            raise ModelError(f"{self.path} has nothing for the input {wanted.name!r}")
        array = feeds[wanted.name]
        # Of one sample the batch may be missing.
        if array.ndim == len(wanted.shape) - 1:
            array = array[None]
        fits = array.ndim == len(wanted.shape) and all(
            size is None or size == found for size, found in zip(wanted.shape, array.shape, strict=True)
        )
        if not fits:
            shape = " x ".join("any" if size is None else str(size) for size in wanted.shape)
            raise ModelError(
                f"{self.path} has the shape {array.shape}; the input {wanted.name!r} takes {shape}"
            )
        return array.astype(wanted.dtype, copy=False)


class _Closing:
    """One array, as `np.load` gives several."""

    def __init__(self, path: Path) -> None:
        self._array = np.load(path)

    def __enter__(self) -> dict[str, np.ndarray[Any, Any]]:
        return {"": self._array}

    def __exit__(self, *_: object) -> None:
        pass


def find_samples(folder: str | os.PathLike[str]) -> list[Sample]:
    """The samples of a folder, by name; those in folders of it are labelled by the folder's name.

    Raises
    ------
    ModelError
        There is no such folder, or no picture or array in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ModelError(f"{root}: no such folder")
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in _PICTURES | _ARRAYS)
    if not files:
        kinds = ", ".join(sorted(_PICTURES | _ARRAYS))
        raise ModelError(f"{root} holds no sample: pictures or arrays ({kinds})")
    return [
        Sample(path, path.relative_to(root).as_posix(), None if path.parent == root else path.parent.name)
        for path in files
    ]


def inputs_of(model: onnx.ModelProto) -> tuple[list[ModelInput], Preprocessing | None]:
    """What a model takes, and how its metadata says that a picture becomes that."""
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = []
    for value in model.graph.input:
        if value.name not in weights:
            tensor = value.type.tensor_type
            shape = tuple(size.dim_value if size.dim_value > 0 else None for size in tensor.shape.dim)
            inputs.append(
                ModelInput(value.name, onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type), shape)
            )
    described = get_metadata(model).get("preprocessing")
    return inputs, None if described is None else Preprocessing.from_json(described)


def _guess(wanted: ModelInput) -> Preprocessing:
    """For a model that does not say: plain pixels, in the layout that its shape shows."""
    if len(wanted.shape) != 4:
        raise ModelError(f"the input {wanted.name!r} has {len(wanted.shape)} axes: a picture is not for it")
    layout: Any = "NHWC" if wanted.shape[3] in (1, 3, 4) and wanted.shape[1] not in (1, 3, 4) else "NCHW"
    orders: Any = {1: "GRAY", 3: "RGB", 4: "RGBA"}
    channels = wanted.shape[3 if layout == "NHWC" else 1]
    if channels not in orders:
        raise ModelError(f"the input {wanted.name!r} takes {channels} channels, which no picture has")
    return Preprocessing(channel_order=orders[channels], layout=layout, dtype=wanted.dtype.name)
