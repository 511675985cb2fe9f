"""Calls of opencv.js that fail: what Emscripten makes of them is known, or refused."""

from __future__ import annotations

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.opencv.failed_calls import free_after_failures

CALL = "var rv=cppInvokerFunc.apply(null,invokerFuncArgs);"


def test_a_call_is_guarded() -> None:
    script = free_after_failures(f"before;{CALL}after;", "opencv.mjs")
    assert script.startswith("before;var rv,") and script.endswith("after;")
    assert script.count(CALL[7:-1]) == script.count("runDestructors(destructors)") == 1


@pytest.mark.parametrize("script", ["", CALL + CALL], ids=["none", "two"])
def test_what_emscripten_makes_otherwise_is_refused(script: str) -> None:
    with pytest.raises(BuildError, match=r"opencv\.mjs: Emscripten calls C\+\+ in another way"):
        free_after_failures(script, "opencv.mjs")
