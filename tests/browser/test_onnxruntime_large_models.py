"""A large model is read in pieces: Python's heap does not grow by it, and the engine's but once."""

from __future__ import annotations

import json

import pytest

from tests.browser.run_command import PYINFER, ROOT, run

SCRIPT = "tests.browser.scripts.large_model"
MEGABYTES = 320


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_a_large_model_is_held_once(where: str) -> None:
    mounts = ["--mount", "tests/parity", "--mount", "tests/browser/scripts"]
    result = run(PYINFER, [*mounts, "-m", SCRIPT, str(MEGABYTES), where], ROOT)
    assert result.status == 0, result.errors
    told = json.loads(result.output)
    print(told)
    assert told["right"]
    assert told["python"] <= 32
    assert MEGABYTES <= told["engine"] <= 1.5 * MEGABYTES
    assert told["held"] == 1
