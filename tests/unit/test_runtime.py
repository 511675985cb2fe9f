"""What the page asks of Python is answered, and errors arrive whole."""

from __future__ import annotations

import asyncio
import json
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pyinfer.browser.runtime import Runtime, start
from tests.unit.fake_bridge import FakeBridge


@pytest.fixture
def runtime() -> Runtime:
    return start('{"name": "test"}')


def answer(work: Any) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(asyncio.run(work))
    return envelope


def test_the_value_of_the_last_expression_comes_back(runtime: Runtime) -> None:
    assert answer(runtime.run(1, "x = 20\nx + 1")) == {"value": 21}


def test_an_array_comes_back_in_the_buffers_of_its_call(runtime: Runtime, fake_bridge: FakeBridge) -> None:
    envelope = answer(runtime.run(5, "import numpy as np\nnp.arange(6, dtype='int16').reshape(2, 3)"))
    assert envelope == {"value": {"$array": 0, "dtype": "int16", "shape": [2, 3]}}
    assert fake_bridge.page.results[5][0].view(np.int16).tolist() == [0, 1, 2, 3, 4, 5]


def test_an_exception_keeps_type_message_and_the_users_traceback_only(runtime: Runtime) -> None:
    error = answer(runtime.run(1, "def inner():\n    raise ValueError('no boxes')\ninner()"))["error"]
    assert error["type"] == "ValueError"
    assert error["message"] == "no boxes"
    assert error["traceback"].splitlines()[0] == "Traceback (most recent call last):"
    assert "raise ValueError('no boxes')" in error["traceback"]
    assert "runtime.py" not in error["traceback"]


def test_a_traceback_quotes_the_source_that_defined_the_function(runtime: Runtime) -> None:
    assert answer(runtime.run(1, "def half(x):\n    return 1 / x")) == {"value": None}
    error = answer(runtime.run(2, "# another source\nhalf(0)"))["error"]
    assert "return 1 / x" in error["traceback"]


def test_code_that_awaits_can_be_cancelled_and_its_variables_stay(runtime: Runtime) -> None:
    async def stop_it() -> str:
        waiting = asyncio.create_task(
            runtime.run(1, "import asyncio\nkept = 1\nwhile True: await asyncio.sleep(0.01)")
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        runtime.cancel(1)
        return await waiting

    assert answer(stop_it())["error"]["type"] == "KeyboardInterrupt"
    assert answer(runtime.run(2, "kept")) == {"value": 1}


def test_code_whose_turn_has_not_come_is_cancelled_too(runtime: Runtime) -> None:
    runtime.cancel(7)
    assert answer(runtime.run(7, "ran = True"))["error"]["type"] == "KeyboardInterrupt"
    assert answer(runtime.run(8, "globals().get('ran')")) == {"value": None}


def test_one_call_is_cancelled_and_another_goes_on(runtime: Runtime) -> None:
    async def stop_one() -> list[str]:
        endless = "import asyncio\nwhile True: await asyncio.sleep(0.01)"
        ends = "import asyncio\nfor _ in range(3): await asyncio.sleep(0.01)\n'ended'"
        tasks = [asyncio.create_task(runtime.run(call, source)) for call, source in [(1, endless), (2, ends)]]
        await asyncio.sleep(0)
        runtime.cancel_call(1)
        runtime.cancel_call(3)
        return await asyncio.gather(
            *tasks, runtime.run(3, "ran = True"), runtime.run(4, "globals().get('ran')")
        )

    first, second, third, fourth = map(json.loads, asyncio.run(stop_one()))
    assert first["error"]["type"] == third["error"]["type"] == "KeyboardInterrupt"
    assert [second, fourth] == [{"value": "ended"}, {"value": None}]


def test_the_entry_module_is_imported_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_app"):
        start('{"name": "test", "entry": "no_such_app:main"}')


def test_a_library_error_is_named_with_its_module(runtime: Runtime) -> None:
    assert (
        answer(runtime.run(1, "import json\njson.loads('{')"))["error"]["type"]
        == "json.decoder.JSONDecodeError"
    )


def test_leaving_the_script_is_reported_and_does_not_end_the_runtime(runtime: Runtime) -> None:
    assert answer(runtime.run(1, "raise SystemExit(3)"))["error"]["type"] == "SystemExit"
    assert answer(runtime.run(1, "1"))["value"] == 1


def test_a_result_the_page_cannot_hold_is_an_error_that_says_so(runtime: Runtime) -> None:
    error = answer(runtime.run(1, "object()"))["error"]
    assert error["type"] == "pyinfer.errors.ConversionError"


def test_functions_are_called_by_name_with_arrays_and_awaited(
    runtime: Runtime, fake_bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("some_app")

    async def total(image: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"sum": int(image.sum()) * options["times"], "dtype": image.dtype.name}

    module.total = total  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "some_app", module)
    fake_bridge.page.arguments[9] = [bytes([1, 2, 3, 4])]
    arguments = '[{"$array": 0, "dtype": "uint8", "shape": [2, 2]}, {"times": 2}]'
    assert answer(runtime.call(9, "some_app:total", arguments)) == {"value": {"sum": 20, "dtype": "uint8"}}


@pytest.mark.parametrize(
    ("entry", "type_"),
    [
        ("no_colon", "pyinfer.errors.PyinferError"),
        ("no_such_module:f", "ModuleNotFoundError"),
        ("json:no_such_function", "AttributeError"),
    ],
)
def test_an_entry_that_does_not_exist_is_an_error(runtime: Runtime, entry: str, type_: str) -> None:
    assert answer(runtime.call(1, entry, "[]"))["error"]["type"] == type_


def test_a_model_of_the_manifest_is_fetched_by_name(fake_bridge: FakeBridge) -> None:
    error = answer(start('{"name": "test"}').ask_models(1, "fetch", '[["net"], {}]', None))["error"]
    assert error["type"] == "pyinfer.errors.ManifestError"
