"""Running a model on OrtValues in an engine that has not made them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pyinfer.browser.bridge import HandleScope, JsHandle
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._c_value import CValue
from ._native_errors import native_errors_of_run
from ._tables import ELEMENT_TYPES, STRING
from ._value import strings_of

__all__ = ["run_in_other_heap"]


def run_in_other_heap(
    engine: OnnxRuntimeEngine,
    session: int,
    feeds: Mapping[str, CValue],
    fetches: Sequence[tuple[str, CValue | None]],
    options: str,
) -> list[CValue]:
    """The outputs of a run, as values that lie in arrays.

    OrtValues live in the heap of the engine that computes on the CPU. Each input is copied once, and
    once more if it does not lie in an array; each output is copied once, and once more if there is a
    value to write it into.

    Parameters
    ----------
    fetches : sequence of (str, CValue or None)
        Names, and values to write into.
    options : str
        As for :meth:`OnnxRuntimeEngine.runValues`.

    Raises
    ------
    Exception
        Native's, for what the engine refuses.
    UnsupportedInBrowser
        An input or output is no tensor.
    """
    with HandleScope() as scope:

        def held(value: int) -> int:
            scope.add(JsHandle("OrtValue", value, engine.releaseValue))
            return value

        with native_errors_of_run():
            inputs = [[name, _copy_in(engine, name, value, held)] for name, value in feeds.items()]
            request = {"inputs": inputs, "outputs": [[name, 0] for name, _ in fetches]}
            answer = engine.runValues(session, json.dumps(request), options)
        made = [description.partition("=")[::2] for description in answer.split(";")]
        values = [held(int(value)) for value, _ in made]
        results = []
        for (name, given), value, (_, layout) in zip(fetches, values, made, strict=True):
            result = _copy_out(engine, name, value, layout)
            if given is not None:
                given.update_inplace(result)
            results.append(result if given is None else given)
        return results


def _copy_in(engine: OnnxRuntimeEngine, name: str, value: CValue, held: Callable[[int], int]) -> int:
    element_type, shape = value._element_type, json.dumps(list(value._shape))
    if element_type is None:
        raise UnsupportedInBrowser(
            f"input {name!r}, which is no tensor", "the engine is fed with tensors only"
        )
    if element_type is STRING:
        return held(engine.createStringValue(shape, json.dumps(strings_of(value.copy_to_array()))))
    data = value._bytes()
    copy = held(engine.createValue(element_type.number, shape, data.size))
    if data.size:
        write_from(engine.valueView(copy, data.size), data)
    return copy


def _copy_out(engine: OnnxRuntimeEngine, name: str, value: int, layout: str) -> CValue:
    number, _, sizes = layout.partition(":")
    element_type = ELEMENT_TYPES.get(int(number))
    if element_type is None:
        raise UnsupportedInBrowser(
            f"output {name!r}, which is no tensor", "this execution provider's engine gives tensors only"
        )
    shape = tuple(int(size) for size in sizes.split(",")) if sizes else ()
    if element_type is STRING:
        texts = np.empty(shape, object)
        texts.reshape(-1)[:] = json.loads(engine.valueStrings(value))
        return CValue.of_array(texts, element_type)
    data = np.empty(element_type.size_of(math.prod(shape)), np.uint8)
    if data.size:
        read_into(engine.valueView(value, data.size), data)
    return CValue.of_bytes(data, shape, element_type)
