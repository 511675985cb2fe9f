"""The memory of an OrtValue: in the engine's heap, or an array of Python's.

Natively the two are the same memory. Here they lie in two heaps, and a value knows which one counts:

- An output of a run, and what was made from a shape, lies in the engine's heap. Feeding it to the
  next run copies nothing.
- What was made from an array, and a value whose ``numpy()`` somebody has seen, lies in that array,
  since anybody may write to it. Each run that reads the value copies the array into the engine
  first (once), each run that writes it copies the result back (once).

A part of a value, which is bound by the value's address, lies where the whole does, at any time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import JsHandle, get_bridge
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine

from ._errors import engine_status
from ._tables import ELEMENT_TYPES, STRING, ElementType
from ._value import filled, strings_of, widens

__all__ = ["HeapValue", "only_tensors"]

#: Added to an address of the engine's heap, so that nobody takes it for one of Python's.
_ENGINE_HEAP = 1 << 52

_addressed: WeakValueDictionary[int, Any] = WeakValueDictionary()

V = TypeVar("V", bound="HeapValue")


def only_tensors(what: str) -> RuntimeError:
    return RuntimeError(f"IsTensor() was false. {what}")


class HeapValue:
    """The memory of one value; see the module. The engine's is given back when the object is deleted."""

    __slots__ = ("__weakref__", "_element_type", "_handle", "_own_array", "_shape", "_type_name", "_whole")

    def __init__(self) -> None:
        self._element_type: ElementType | None = None
        self._shape: tuple[int, ...] = ()
        self._type_name = ""
        self._own_array: npt.NDArray[Any] | None = None
        self._whole: HeapValue | None = None  #: of which this one is the first bytes
        self._handle: JsHandle | None = None

    @property
    def _array(self) -> npt.NDArray[Any] | None:
        """What the value lies in; None: it lies in the engine's heap."""
        whole = self._whole
        if whole is None or whole._own_array is None:
            return self._own_array
        return whole._own_array.reshape(-1).view(np.uint8)[: self._size()]

    # ------------------------------------------------------------ where values come from

    @classmethod
    def of_array(cls: type[V], array: npt.NDArray[Any], element_type: ElementType) -> V:
        """The value that lies in ``array``; a strided or byte-swapped one is copied."""
        value = cls()
        value._element_type = element_type
        value._shape = array.shape
        plain = np.ascontiguousarray(array).reshape(array.shape)
        value._own_array = plain if plain.dtype.isnative else plain.astype(plain.dtype.newbyteorder("="))
        return value

    @classmethod
    def of_bytes(
        cls: type[V], memory: npt.NDArray[np.uint8], shape: Sequence[int], element_type: ElementType
    ) -> V:
        """The value that lies in ``memory``, as long as its elements are."""
        value = cls.of_array(memory, element_type)
        value._shape = tuple(shape)
        return value

    @classmethod
    def of_shape(cls: type[V], shape: Sequence[int], element_type: ElementType) -> V:
        """A value in the engine's heap whose elements are whatever was there.

        Raises
        ------
        RuntimeError
            A size is negative, or the elements are strings.
        MemoryError
            The engine's heap has no room.
        """
        if element_type is STRING:
            raise RuntimeError(
                "Creation of OrtValues is currently only supported from non-string numpy arrays"
            )
        if any(size < 0 for size in shape):
            raise RuntimeError("Tensor shape.Size() must be >= 0")
        engine = get_bridge().onnxruntime
        size = element_type.size_of(math.prod(shape))
        try:
            identifier = engine.createValue(element_type.number, json.dumps(list(shape)), size)
        except Exception as error:
            if engine_status(error) is None:
                raise
            raise MemoryError(f"std::bad_alloc: {size} bytes in the engine's heap") from None
        value = cls()
        value._element_type, value._shape = element_type, tuple(shape)
        value._own(engine, identifier)
        return value

    @classmethod
    def of_description(cls: type[V], engine: OnnxRuntimeEngine, description: str, type_name: str) -> V:
        """An output of :meth:`OnnxRuntimeEngine.runValues`, which declares ``type_name``."""
        identifier, _, layout = description.partition("=")
        value = cls()
        value._own(engine, int(identifier))
        value._type_name = type_name
        value._describe(layout)
        return value

    def slice(self: V, shape: Sequence[int], element_type: ElementType) -> V:
        """The first bytes of this value, as another one that lies where this does."""
        size = element_type.size_of(math.prod(shape))
        assert self._element_type is not None
        if size > self._size():
            raise RuntimeError(f"{size} bytes are wanted of {self._size()}")
        if tuple(shape) == self._shape and element_type is self._element_type:
            return self
        value = type(self)()
        value._element_type, value._shape, value._whole = element_type, tuple(shape), self
        engine = get_bridge().onnxruntime
        assert self._handle is not None
        whole, number = self._handle.identifier, element_type.number
        try:
            value._own(engine, engine.sliceValue(whole, number, json.dumps(list(shape)), size))
        except Exception as error:
            if engine_status(error) is None:
                raise
            self._share()  # of the outputs of a run the engine shows no parts
        return value

    @classmethod
    def at(cls: type[V], address: int) -> V | None:
        """The value that begins at ``address``, as :meth:`address` told; None for Python's own memory."""
        if address < _ENGINE_HEAP:
            return None
        value: V | None = _addressed.get(address)
        if value is None:
            raise RuntimeError("no OrtValue begins at buffer_ptr; if one did, it has been deleted")
        return value

    def _own(self, engine: OnnxRuntimeEngine, identifier: int) -> None:
        self._handle = JsHandle("OrtValue", identifier, engine.releaseValue)

    def _describe(self, layout: str) -> None:
        number, _, sizes = layout.partition(":")
        self._element_type = ELEMENT_TYPES.get(int(number))
        self._shape = tuple(int(size) for size in sizes.split(",")) if sizes else ()

    # ------------------------------------------------------------ between the heaps

    def for_run(self, engine: OnnxRuntimeEngine) -> int:
        """The number of the value in the engine, up to date: one copy of what lies in an array."""
        array = self._array
        if array is not None and self._element_type is STRING:
            texts = json.dumps(strings_of(array))
            self._own(engine, engine.createStringValue(json.dumps(list(self._shape)), texts))
        elif array is not None:
            self._room(engine)
            assert self._handle is not None
            if size := self._size():
                write_from(engine.valueView(self._handle.identifier, size), self._bytes())
        if self._handle is None:
            raise RuntimeError("the OrtValue has no value")
        return self._handle.identifier

    def for_result(self, engine: OnnxRuntimeEngine) -> int:
        """The number of the value in the engine, for a run to write into; 0: a new one is needed."""
        if self._element_type is None:
            return 0
        if self._array is not None:
            if not self._array.flags.writeable:
                raise ValueError("an output is bound to a read-only array")
            self._room(engine)
        assert self._handle is not None
        return self._handle.identifier

    def written(self, engine: OnnxRuntimeEngine) -> None:
        """Take over what a run wrote: one copy, if the value lies in an array."""
        if self._array is not None and self._array.size:
            assert self._handle is not None
            read_into(engine.valueView(self._handle.identifier, self._size()), self._bytes())

    def _room(self, engine: OnnxRuntimeEngine) -> None:
        if self._handle is None:
            assert self._element_type is not None
            shape = json.dumps(list(self._shape))
            self._own(engine, engine.createValue(self._element_type.number, shape, self._size()))

    def as_integers(self: V, expected: ElementType | None) -> V:
        """The value itself; or, where NumPy's default integer has 32 bits, one of the 64 bits expected."""
        array = self._array
        if array is None or expected is None or not widens(array.dtype, expected):
            return self
        return self.of_array(array.astype(np.int64), expected)

    # ------------------------------------------------------------ reading and writing

    def copy_to_array(self) -> npt.NDArray[Any]:
        """A fresh array with the elements: one copy.

        Raises
        ------
        RuntimeError
            The value is no tensor, or NumPy has no such type.
        """
        if self._element_type is None:
            raise only_tensors("Only OrtValues that are Tensors are convertible to Numpy objects")
        dtype = self._element_type.array_dtype
        if dtype is None:
            name = self._element_type.engine_name
            raise RuntimeError(f"No corresponding Numpy type for Tensor Type. {name}")
        if self._array is not None:
            return self._as(dtype).copy()
        out = np.empty(self._shape, dtype)
        assert self._handle is not None
        engine = get_bridge().onnxruntime
        if self._element_type is STRING:
            out.reshape(-1)[:] = json.loads(engine.valueStrings(self._handle.identifier))
        elif out.size:
            size = self._element_type.size_of(out.size)
            read_into(engine.valueView(self._handle.identifier, size), filled(out, size))
        return out

    def _share(self) -> None:
        """Let the value lie in an array from now on: one copy the first time, of the whole of which it is."""
        if self._whole is not None:
            self._whole._share()
        elif self._own_array is None:
            self._own_array = self.copy_to_array()

    def _as(self, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        assert self._array is not None
        if self._array.dtype == dtype:
            return self._array.reshape(self._shape)
        return self._array.reshape(-1).view(dtype).reshape(self._shape)

    def _size(self) -> int:
        """Bytes of the elements; strings count 0."""
        if self._element_type is None:
            raise only_tensors("Only OrtValues that are Tensors are currently supported")
        return self._element_type.size_of(math.prod(self._shape))

    def _bytes(self) -> npt.NDArray[np.uint8]:
        """The bytes of the elements: a view of the array, or copied from the engine's heap once."""
        size = self._size()
        if self._array is not None:
            return self._array.reshape(-1).view(np.uint8)[:size]
        out = np.empty(size, np.uint8)
        if size:
            assert self._handle is not None
            read_into(get_bridge().onnxruntime.valueView(self._handle.identifier, size), out)
        return out

    def address(self) -> int:
        """Where the elements begin: an address of Python's memory if they lie in an array.

        Otherwise a number above all of Python's addresses, by which :meth:`at` finds the value.
        """
        if self._array is not None:
            return int(self._array.ctypes.data)
        assert self._handle is not None
        address = _ENGINE_HEAP + get_bridge().onnxruntime.valueAddress(self._handle.identifier)
        _addressed[address] = self if self._whole is None else self._whole
        return address
