"""A Python that was restored from a snapshot draws other numbers than the snapshot's."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyinfer.browser.reseed import reseed

DRAWS: dict[str, Callable[[], Any]] = {
    "random": lambda: random.getrandbits(64),
    "numpy": lambda: np.random.randint(2**62),
    "normal": lambda: np.random.standard_normal(),
}


@pytest.fixture(autouse=True)
def states() -> Any:
    before = random.getstate(), np.random.get_state()
    yield
    random.setstate(before[0])
    np.random.set_state(before[1])


def snapshot() -> None:
    """The same state each time, in the middle of a pair of NumPy's normal numbers."""
    random.seed(1)
    np.random.seed(1)
    np.random.standard_normal()


@pytest.mark.parametrize("name", DRAWS)
def test_each_restored_python_draws_numbers_of_its_own(name: str) -> None:
    drawn = []
    for _ in range(3):
        snapshot()
        reseed()
        drawn.append(DRAWS[name]())
    assert len(set(drawn)) == 3


def test_a_seed_that_a_program_sets_counts_as_before() -> None:
    random.seed(7)
    np.random.seed(7)
    expected = random.random(), np.random.random()
    reseed()
    random.seed(7)
    np.random.seed(7)
    assert (random.random(), np.random.random()) == expected


def test_temporary_names_are_chosen_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tabs may share a folder."""

    def restored() -> str:
        reseed()
        names: Any = tempfile._get_candidate_names()  # type: ignore[attr-defined]
        return str(next(names))

    monkeypatch.setattr(tempfile, "_name_sequence", None)
    assert len({restored() for _ in range(3)}) == 3
    with tempfile.NamedTemporaryFile(dir=tmp_path) as file:
        assert Path(file.name).parent == tmp_path


def test_a_browser_s_node_is_not_the_snapshot_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uuid, "_GETTERS", [])
    monkeypatch.setattr(uuid, "_node", 1)
    reseed()
    assert uuid.getnode() != 1


def test_a_module_that_came_meanwhile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.util.find_spec("came_meanwhile") is None
    looked_at = tmp_path.stat().st_mtime_ns
    (tmp_path / "came_meanwhile.py").write_text("")
    os.utime(tmp_path, ns=(looked_at, looked_at))  # clocks of file systems are slow
    reseed()
    assert importlib.util.find_spec("came_meanwhile") is not None


def test_nothing_is_imported_for_it() -> None:
    source = (
        "import sys; from pyinfer.browser.reseed import reseed; reseed(); "
        "print({'random', 'numpy', 'tempfile', 'uuid'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
