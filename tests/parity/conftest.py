"""The same tests, natively and in the browser, on the same inputs.

Natively, with real cv2, ``--record FILE`` writes every result down. In the browser, where ``import cv2``
is the shim, ``--against FILE`` compares: integers bit for bit, unless a test declares one grey level and
why; floats to 1e-5, relative. Without either option there is nothing to compare, so nothing is collected.
"""

from __future__ import annotations

import gc
import importlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_RELATIVE = 1e-5
_LINE = re.compile(r":\d+: error")

#: A function that a compiler spells out, in its own manner: GCC natively, clang in the browser.
_SPELLED_OUT = re.compile(r"[^'\n]*?([\w:~]+)\([^'\n]*")
_FUNCTION = re.compile(r"(?<=in function ')[^'\n]*")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity")
    group.addoption("--record", metavar="FILE", help="write native results to FILE (.npz)")
    group.addoption("--against", metavar="FILE", help="compare results with those in FILE (.npz)")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return None if config.getoption("--record") or config.getoption("--against") else True


class Record:
    """Results by test, as JSON with the arrays beside it: nothing is pickled."""

    def __init__(self, path: Path | None = None) -> None:
        self.results: dict[str, Any] = {}
        self.arrays: list[np.ndarray] = []
        if path is not None:
            with np.load(path, allow_pickle=False) as stored:
                self.results = json.loads(stored["results"].tobytes())
                self.arrays = [stored[f"array{i}"] for i in range(len(stored.files) - 1)]

    def save(self, path: Path) -> None:
        text = np.frombuffer(json.dumps(self.results).encode(), np.uint8)
        np.savez_compressed(path, results=text, **{f"array{i}": a for i, a in enumerate(self.arrays)})

    def encode(self, value: Any) -> Any:
        """A result with its Python type, arrays set aside."""
        if isinstance(value, np.ndarray):
            self.arrays.append(value.copy())  # it may be a view of what the library frees
            return ["ndarray", len(self.arrays) - 1]
        if isinstance(value, tuple | list):
            return [type(value).__name__, [self.encode(item) for item in value]]
        if isinstance(value, dict):
            return ["dict", {key: self.encode(item) for key, item in value.items()}]
        if isinstance(value, float):
            return ["float", repr(value)]
        assert value is None or isinstance(value, int | str), f"results of type {type(value)} are not kept"
        return [type(value).__name__, value]

    def decode(self, encoded: Any) -> Any:
        """What was encoded."""
        kind, content = encoded
        if kind == "ndarray":
            return self.arrays[content]
        if kind in ("tuple", "list"):
            items = [self.decode(item) for item in content]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return {key: self.decode(item) for key, item in content.items()}
        return float(content) if kind == "float" else content


def _told(value: Any, where: str) -> Any:
    """A text in which no function is spelled out, where our own build of opencv.js computes."""
    if not isinstance(value, str) or not _is_full():
        return value
    if where.endswith("['func']"):
        return _SPELLED_OUT.sub(r"\1", value)
    return _FUNCTION.sub(lambda function: _SPELLED_OUT.sub(r"\1", function[0]), value)


@cache
def _is_full() -> bool:
    try:
        tables: Any = importlib.import_module("cv2._engine_tables")
    except ImportError:  # natively
        return False
    return bool(tables.is_full())


class Parity:
    """Records or compares one test's result."""

    def __init__(self, key: str, record: Record, compare: bool) -> None:
        self._key = key
        self._record = record
        self._compare = compare

    def __call__(
        self,
        value: Any,
        levels: int = 0,
        because: str = "",
        relative: float = _RELATIVE,
        own_build: str = "",
    ) -> None:
        """Record ``value``, or compare it with what was recorded.

        Parameters
        ----------
        levels : int
            By how many grey levels integer arrays may differ; at most 1, and ``because`` of something.
        relative : float
            How far floats may be apart, relative to the largest of the array.
        own_build : str
            Why our own build of opencv.js may be one level apart, and npm's may not.
        """
        assert levels in (0, 1)
        assert bool(because) == (levels != 0 or relative != _RELATIVE), "a tolerance needs a reason"
        if not self._compare:
            assert self._key not in self._record.results
            self._record.results[self._key] = self._record.encode(value)
            return
        assert self._key in self._record.results, f"{self._key} was not recorded"
        levels = max(levels, int(bool(own_build) and _is_full()))
        self._check(self._record.results[self._key], value, levels, relative, "result")

    def of_own_build(self, call: Callable[[], Any]) -> None:
        """Record or compare what ``call`` gives; npm's opencv.js need only say that it can't."""
        if self._compare and not _is_full():
            with pytest.raises(NotImplementedError):
                call()
            return
        self(call())

    def holds_for(self, inputs: Callable[[], Any], call: Callable[..., Any]) -> None:
        """Record what ``call`` gives for inputs that Hypothesis makes up, or compare for the same inputs.

        Parameters
        ----------
        inputs : callable
            Makes the strategy, natively: in the browser the recorded inputs are taken, and no Hypothesis.
        call : callable
            Takes what the strategy makes, a tuple, as its arguments.
        """
        if self._compare:
            for given, result in self._record.results[self._key]:
                arguments = self._record.decode(given)
                self._check(result, call(*arguments), 0, _RELATIVE, f"{arguments} -> result")
            return
        from hypothesis import given, settings

        examples: list[Any] = []
        encode = self._record.encode

        @settings(max_examples=40, derandomize=True, database=None, deadline=None)
        @given(inputs())
        def example(arguments: Any) -> None:
            examples.append([encode(arguments), encode(call(*arguments))])

        example()
        self._record.results[self._key] = examples

    def raised(self, call: Callable[[], object]) -> None:
        """Record or compare the type, text and attributes of what ``call`` raises."""
        with pytest.raises(Exception) as caught:
            call()
        error = caught.value
        names = ("code", "err", "file", "func", "line", "msg")
        described = {name: getattr(error, name) for name in names if hasattr(error, name)}
        if described.get("line", -1) > 0:
            # Compilers disagree about the line of a statement that spans several.
            described = {**described, "line": 0, "msg": _LINE.sub(":0: error", described["msg"])}
        kind = type(error)
        self([f"{kind.__module__}.{kind.__qualname__}", _LINE.sub(":0: error", str(error)), described])

    def _check(self, wanted: Any, value: Any, levels: int, relative: float, where: str) -> None:
        kind, content = wanted
        assert type(value).__name__ == kind, f"{where}: {type(value).__name__}, natively {kind}"
        if kind == "ndarray":
            self._check_array(self._record.arrays[content], value, levels, relative, where)
        elif kind in ("tuple", "list"):
            assert len(value) == len(content), f"{where}: {len(value)} items, natively {len(content)}"
            for index, (item, native) in enumerate(zip(value, content, strict=True)):
                self._check(native, item, levels, relative, f"{where}[{index}]")
        elif kind == "dict":
            assert list(value) == list(content), where
            for key, native in content.items():
                self._check(native, value[key], levels, relative, f"{where}[{key!r}]")
        elif kind == "float":
            native = float(content)
            np.testing.assert_allclose(value, native, rtol=relative, atol=1e-9, err_msg=where)
        else:
            assert _told(value, where) == _told(content, where), where

    @staticmethod
    def _check_array(native: np.ndarray, value: np.ndarray, levels: int, relative: float, where: str) -> None:
        assert (value.dtype, value.shape) == (native.dtype, native.shape), where
        if native.dtype.kind == "f":
            finite = np.abs(native[np.isfinite(native)])
            scale = float(finite.max()) if finite.size else 0.0
            np.testing.assert_allclose(value, native, rtol=relative, atol=relative * scale, err_msg=where)
        else:
            difference = np.abs(value.astype(np.int64) - native.astype(np.int64))
            worst = int(difference.max()) if difference.size else 0
            share = float(np.mean(difference > 0)) if difference.size else 0.0
            assert worst <= levels, f"{where}: {worst} levels apart at worst, {share:.2%} differ"


@pytest.fixture(scope="session")
def parity_record(request: pytest.FixtureRequest) -> Iterator[Record]:
    against = request.config.getoption("--against")
    if against:
        yield Record(Path(against))
        return
    record = Record()
    yield record
    record.save(Path(request.config.getoption("--record")))


@pytest.fixture
def parity(request: pytest.FixtureRequest, parity_record: Record) -> Parity:
    """Call it with the result of a test."""
    key = f"{request.path.stem}::{request.node.name}"
    return Parity(key, parity_record, bool(request.config.getoption("--against")))


@pytest.fixture
def quiet_onnxruntime() -> Iterator[None]:
    """Without warnings of models that are meant to be wrong."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    yield
    onnxruntime.set_default_logger_severity(2)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the browser every test ends with as many live handles as it began with."""
    if not request.config.getoption("--against"):
        yield
        return
    from pyinfer.browser.bridge import get_bridge, live_handle_counts

    def counts() -> tuple[dict[str, int] | int, ...]:
        bridge = get_bridge()
        engines = bridge.opencv, bridge.onnxruntime, bridge.jpeg
        return live_handle_counts(), *(engine.liveCount() for engine in engines)

    before = counts()
    yield
    if counts() != before:
        # A full collection takes a tenth of a second here: too long for each of hundreds of tests.
        gc.collect()
    assert counts() == before, (
        "handles (Python's, opencv.js's, onnxruntime-web's, the JPEG codec's) were left behind"
    )
