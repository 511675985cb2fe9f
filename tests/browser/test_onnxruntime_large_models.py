"""A large model is read in pieces: Python's heap does not grow by it, and the engine's but once."""

from __future__ import annotations

import json

import pytest

from tests.browser.run_command import PYINFER, ROOT, run

SCRIPT = "tests.browser.scripts.large_model"


@pytest.mark.parametrize(("megabytes", "where"), [(320, "inside"), (320, "beside"), (48, "inside")])
def test_a_large_model_is_held_once(megabytes: int, where: str) -> None:
    mounts = ["--mount", "tests/parity", "--mount", "tests/browser/scripts"]
    result = run(PYINFER, [*mounts, "-m", SCRIPT, str(megabytes), where], ROOT)
    assert result.status == 0, result.errors
    told = json.loads(result.output)
    print(told)
    assert told["right"]
    assert told["python"] <= 32
    assert megabytes <= told["engine"] <= 1.5 * megabytes
    assert told["held"] == 1
