"""Lists of arrays in, cv.MatVector, tuples of arrays out; always released."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import HandleScope, JsHandle
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OpenCVEngine

from ._errors import Mismatch, raise_engine_failure, wrong_item
from ._mat import MatLease, element_type_and_sizes, new_array, read_mat
from ._spec import Parameter

__all__ = ["VectorLease", "lease_new_vector", "read_vector"]

Array = npt.NDArray[Any]

#: A few arrays cross one by one, copied once. More cross together, copied twice: thousands of
#: contours would otherwise cost five crossings each.
_FEW = 4


class VectorLease:
    """A MatVector that stands for a list of arrays while a call lasts.

    Parameters
    ----------
    engine : OpenCVEngine
    scope : HandleScope
        Releases it.
    arrays : list of ndarray
    parameter : Parameter
        Which parameter they are for.

    Raises
    ------
    Mismatch
        One of them is not an array that native takes.
    cv2.error
        The engine has no memory for them.
    """

    __slots__ = ("_leases", "vector")

    def __init__(
        self, engine: OpenCVEngine, scope: HandleScope, arrays: list[Array], parameter: Parameter
    ) -> None:
        self._leases: list[MatLease] = []
        if not parameter.output and len(arrays) > _FEW and not parameter.arithmetic:
            self.vector = _together(engine, scope, arrays, parameter)
            return
        for index, array in enumerate(arrays):
            try:
                self._leases.append(
                    MatLease(engine, scope, array, parameter.name, parameter.output, parameter.nd)
                )
            except Mismatch:
                raise wrong_item(parameter.name, index) from None
        self.vector = lease_new_vector(engine, scope, [lease.mat for lease in self._leases])

    def read_back(
        self, engine: OpenCVEngine, scope: HandleScope, description: str
    ) -> tuple[Array | None, ...]:
        """The arrays with what OpenCV wrote; new ones if it allocated anew.

        Parameters
        ----------
        description : str
            What the call reported: ``"id;type,size,size...;..."``.
        """
        headers = description.split(";")[1:]
        if headers != [lease.header for lease in self._leases]:
            return read_vector(engine, scope, description)
        return tuple(lease.read_back(lease.header) for lease in self._leases)


def _together(engine: OpenCVEngine, scope: HandleScope, arrays: list[Array], parameter: Parameter) -> int:
    shapes = []
    for index, array in enumerate(arrays):
        try:
            element_type, sizes = element_type_and_sizes(array, parameter.name, parameter.nd)
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
        shapes.append(f"{element_type},{','.join(map(str, sizes))}")
    contiguous = [
        np.ascontiguousarray(array, np.int32 if array.dtype.kind in "iu" and array.itemsize == 8 else None)
        for array in arrays
    ]
    joined = np.concatenate([array.reshape(-1).view(np.uint8) for array in contiguous])
    write_from(engine.stage(joined.size), joined)
    return _own(engine, scope, engine.unpack(";".join(shapes)))


def lease_new_vector(engine: OpenCVEngine, scope: HandleScope, mats: list[int]) -> int:
    """A MatVector of these Mats that ``scope`` releases."""
    return _own(engine, scope, engine.vector(*mats))


def _own(engine: OpenCVEngine, scope: HandleScope, vector: int) -> int:
    if not vector:
        raise_engine_failure()
    scope.add(JsHandle("MatVector", vector, engine.release))
    return vector


def read_vector(engine: OpenCVEngine, scope: HandleScope, description: str) -> tuple[Array | None, ...]:
    """The elements of a MatVector in new arrays.

    Parameters
    ----------
    description : str
        What the call reported: ``"id;type,size,size...;..."``.
    """
    identifier, *headers = description.split(";")
    vector = int(identifier)
    if len(headers) <= _FEW:
        elements = []
        for index, header in enumerate(headers):
            mat = engine.element(vector, index)
            scope.add(JsHandle("Mat", mat, engine.release))
            elements.append(read_mat(engine, mat, header))
        return tuple(elements)
    arrays = [new_array(header) if header else None for header in headers]
    packed = np.empty(sum(array.nbytes for array in arrays if array is not None), np.uint8)
    read_into(engine.pack(vector), packed)
    offset = 0
    for array in arrays:
        if array is not None and array.size:
            array.reshape(-1).view(np.uint8)[...] = packed[offset : offset + array.nbytes]
            offset += array.nbytes
    return tuple(arrays)
