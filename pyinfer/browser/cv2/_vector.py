"""Lists of arrays in, cv.MatVector, tuples of arrays out; always released."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._errors import Mismatch, raise_engine_failure, wrong_item
from ._mat import MatLease, MatScope, element_type_and_sizes, lease, new_array
from ._spec import Parameter

__all__ = ["VectorLease", "lease_vector", "read_vector"]

Array = npt.NDArray[Any]

#: A few arrays cross one by one, copied once. More cross together, copied twice: thousands of
#: contours would otherwise cost several crossings each.
_FEW = 4


def lease_vector(scope: MatScope, arrays: list[Array], parameter: Parameter) -> int:
    """A MatVector with the elements of these arrays, released by ``scope``.

    Raises
    ------
    Mismatch
        One of them is not an array that native takes.
    cv2.error
        The engine has no memory for them.
    """
    headers, mats = [], []
    for index, array in enumerate(arrays):
        try:
            if len(arrays) <= _FEW:
                mats.append(lease(scope, array, parameter.name, parameter.nd))
            else:
                headers.append(element_type_and_sizes(array, parameter.name, parameter.nd))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    if not headers:
        return scope.own(scope.engine.vector(*mats))
    contiguous = [
        np.ascontiguousarray(array, np.int32 if array.dtype.kind in "iu" and array.itemsize == 8 else None)
        for array in arrays
    ]
    joined = np.concatenate([array.reshape(-1).view(np.uint8) for array in contiguous])
    view = scope.engine.stage(joined.size)
    if joined.size:
        view.assign(joined)
    shapes = ";".join(",".join(map(str, (kind, *sizes))) for kind, sizes in headers)
    return scope.own(scope.engine.unpack(shapes))


class VectorLease:
    """A MatVector that stands for a list of arrays OpenCV writes to."""

    __slots__ = ("_leases", "vector")

    def __init__(self, scope: MatScope, arrays: list[Array], parameter: Parameter) -> None:
        self._leases = []
        for index, array in enumerate(arrays):
            try:
                self._leases.append(MatLease(scope, array, parameter.name))
            except Mismatch:
                raise wrong_item(parameter.name, index) from None
        self.vector = scope.own(scope.engine.vector(*(item.mat for item in self._leases)))

    def read_back(self, scope: MatScope, description: str) -> tuple[Array | None, ...]:
        """The arrays with what OpenCV wrote; new ones if it allocated anew.

        Parameters
        ----------
        description : str
            What the call reported: ``"id;type,size,size...;..."``.
        """
        if description.split(";")[1:] != [item.header for item in self._leases]:
            return read_vector(scope, description)
        return tuple(item.read_back(scope, item.header) for item in self._leases)


def read_vector(scope: MatScope, description: str) -> tuple[Array | None, ...]:
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
            elements.append(scope.read(scope.own(scope.engine.element(vector, index)), header))
        return tuple(elements)
    arrays = [new_array(header) if header else None for header in headers]
    packed = np.empty(sum(array.nbytes for array in arrays if array is not None), np.uint8)
    view = scope.engine.pack(vector)
    if view is None:
        raise_engine_failure()
    if packed.size:
        view.assign_to(packed)
    offset = 0
    for array in arrays:
        if array is not None and array.size:
            array.reshape(-1).view(np.uint8)[...] = packed[offset : offset + array.nbytes]
            offset += array.nbytes
    return tuple(arrays)
