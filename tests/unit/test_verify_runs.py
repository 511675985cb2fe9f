"""Where `pyinfer verify` runs a script, and its native half."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pyinfer.errors import RunError
from pyinfer.host.verify import workspace as workspaces
from pyinfer.host.verify.finding import Tolerance, Verdict
from pyinfer.host.verify.native import run_natively, versions_of
from pyinfer.host.verify.side import Ended, Script, SideError
from pyinfer.host.verify.variables import Variables, compare_variables
from pyinfer.host.verify.workspace import make_workspace


def test_runs_happen_in_copies(tmp_path: Path) -> None:
    home = tmp_path / "höme of me"
    (home / "data").mkdir(parents=True)
    (home / "data" / "a.txt").write_text("a")
    (home / "data" / "link").symlink_to(home / "data" / "a.txt")
    for name in (".git", "venv"):
        (home / name).mkdir()
        (home / name / "pyvenv.cfg").write_text("")
    outside = tmp_path / "results"
    outside.mkdir()
    with make_workspace([str(home)], [str(outside)]) as workspace:
        copy = Path(workspace.inside(str(home)))
        assert sorted(path.name for path in copy.iterdir()) == ["data"]
        assert (copy / "data" / "link").resolve() == copy / "data" / "a.txt"
        assert workspace.argument(f"{home}/data") == f"{copy}/data"
        assert (
            workspace.argument(f"--to={outside}/new.png") == f"--to={workspace.inside(str(outside))}/new.png"
        )
        for text in ("data", "/dev/null", "--threshold=0.5", "/no/such/folder", "ü"):
            assert workspace.argument(text) == text

        (copy / "data" / "link").write_text("changed natively")
        (copy / "new.txt").write_text("natively")
        workspace.end_native_run()
        assert (copy / "data" / "a.txt").read_text() == "a"
        brought = workspace.browser_file(f"{copy}/brought.txt")
        brought.parent.mkdir(parents=True)
        brought.write_text("browser")
        written = {
            Path(path).name: tuple(side and side.read_text() for side in sides)
            for path, sides in workspace.written().items()
        }
        base = workspace.base
    assert written == {
        "a.txt": ("changed natively", "a"),
        "brought.txt": (None, "browser"),
        "new.txt": ("natively", None),
    }
    assert (home / "data" / "a.txt").read_text() == "a"
    assert not base.exists()


def test_more_than_a_copy_can_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspaces, "LARGEST", 3)
    (tmp_path / "data.bin").write_bytes(b"four")
    refused = pytest.raises(RunError, match="start it in a folder with only what the script needs")
    with refused, make_workspace([str(tmp_path)], []):
        pass


@pytest.fixture
def natively(tmp_path: Path) -> Callable[..., Ended]:
    """Runs a script with this interpreter."""

    def run(source: str, *arguments: str, variables: tuple[str, ...] = (), timeout: float = 60) -> Ended:
        (tmp_path / "script.py").write_text(textwrap.dedent(source))
        values = str(tmp_path / "values.npz")
        script = Script(
            "script.py", arguments, False, str(tmp_path), {"ONE": "1"}, variables, values, b"in", timeout
        )
        return run_natively(sys.executable, script, {})

    return run


def test_keeping_variables_changes_nothing_else(natively: Callable[..., Ended], tmp_path: Path) -> None:
    source = """
        import atexit, json, os, sys
        import numpy as np
        numbers = np.arange(3.0)
        atexit.register(numbers.fill, 7)
        boxes = [{"x": 1, "name": "a"}, (2, 3.5), None]
        function = print
        here = [__name__, __file__, sys.argv, sys.path[0], sys.stdin.read(), os.environ["ONE"]]
        print(json.dumps(here))
        sys.exit(5)
    """
    plain = natively(source, "-x", "ü")
    kept = natively(source, "-x", "ü", variables=("numbers", "boxes", "function", "missing"))
    assert (kept.status, kept.stdout, kept.stderr) == (plain.status, plain.stdout, plain.stderr)
    assert plain.status == 5 and json.loads(plain.stdout)[2] == ["script.py", "-x", "ü"]
    variables = Variables(tmp_path / "values.npz")
    numbers, boxes = variables.leaves("numbers"), variables.leaves("boxes")
    assert numbers and numbers[""].tolist() == [7, 7, 7]  # type: ignore[union-attr]
    assert boxes and boxes["[0]['name']"] == "'a'" and boxes["[1]"].tolist() == [2, 3.5]  # type: ignore[union-attr]
    assert variables.leaves("missing") is None
    nothing = Variables(tmp_path / "nothing.npz")
    found = {
        name: compare_variables(name, variables, other, Tolerance())
        for name, other in {"boxes": variables, "function": variables, "numbers": nothing}.items()
    }
    assert found["boxes"].verdict is Verdict.SAME
    assert "can't be compared" in found["function"].words
    assert found["numbers"].words == "not defined in the browser when the script ended"


def test_failing_script_fails_as_it_does_by_itself(natively: Callable[..., Ended]) -> None:
    ended = natively("value = 1\n1 / 0\n", variables=("value",))
    assert ended.status == 1
    assert ended.last_words() == "ZeroDivisionError: division by zero"
    assert natively("import os; os.kill(os.getpid(), 11)").status == 128 + 11


def test_missing_library_is_named_with_the_command_that_installs_it(natively: Callable[..., Ended]) -> None:
    source = "import sys\nsys.modules['cv2'] = None\ndel sys.modules['cv2']\nsys.path[:] = []\nimport cv2\n"
    with pytest.raises(SideError, match=r"has no cv2\. .* -m pip install opencv-python-headless==\d"):
        natively(source)
    with pytest.raises(SideError, match="no Python that works here"):
        versions_of(str(shutil.which("true")))
    assert {"Python", "NumPy", "OpenCV", "ONNX Runtime"} <= set(versions_of(sys.executable))


def test_time_that_is_up_ends_all_that_was_started(natively: Callable[..., Ended], tmp_path: Path) -> None:
    source = """
        import pathlib, subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        pathlib.Path("child").write_text(str(child.pid))
        time.sleep(1000)
    """
    with pytest.raises(SideError, match=r"natively .* took longer than 3 s"):
        natively(source, timeout=3)
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 30
    while is_alive(child):
        assert time.monotonic() < deadline


def is_alive(process: int) -> bool:
    """Whether a process is there and not only its entry, which whoever inherited it has not read yet."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")
