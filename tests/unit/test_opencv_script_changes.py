"""What is changed in Emscripten's script of opencv.js is what is known, or the script is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.opencv.script_changes import free_after_failures, start_threads_as_modules

CALL = "var rv=cppInvokerFunc.apply(null,invokerFuncArgs);"
THREAD = "push(new Worker(pthreadMainJs))"
CHANGES = {CALL: free_after_failures, THREAD: start_threads_as_modules}


def test_a_call_that_fails_is_cleaned_up_after() -> None:
    script = free_after_failures(f"before;{CALL}after;", "opencv.mjs")
    assert script.startswith("before;var rv,") and script.endswith("after;")
    assert script.count(CALL[7:-1]) == script.count("runDestructors(destructors)") == 1


def test_threads_are_modules() -> None:
    script = start_threads_as_modules(f"before;{THREAD};after", "opencv.mjs")
    assert script == 'before;push(new Worker(pthreadMainJs,{type:"module"}));after'


@pytest.mark.parametrize("known", CHANGES, ids=["call", "thread"])
@pytest.mark.parametrize("times", [0, 2])
def test_what_emscripten_makes_otherwise_is_refused(known: str, times: int) -> None:
    change: Callable[[str, str], str] = CHANGES[known]
    with pytest.raises(
        BuildError, match=r"opencv\.mjs: Emscripten (calls C\+\+|starts threads) in another way"
    ):
        change(known * times, "opencv.mjs")
