"""`pyinfer verify` with real runs: the same, different on purpose, and not to be run on one side."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.run_command import SECONDS, Result, environment, run, write

VERIFY = [sys.executable, "-m", "pyinfer.host.cli", "verify"]

SAME = """
    import sys, time
    import cv2
    import numpy as np
    import onnxruntime

    image = cv2.imread(sys.argv[1])
    edges = cv2.Canny(cv2.GaussianBlur(image, (5, 5), 0), 50, 150)
    cv2.imwrite(sys.argv[2], edges)
    cv2.imwrite(sys.argv[1], 255 - image)
    found = {"boxes": [cv2.boundingRect(edges)], "mean": image.mean(axis=(0, 1)), "count": 3}
    print(sys.argv, image.mean(), onnxruntime.__version__)
    print(f"took {time.perf_counter():.9f} s")
"""

DIFFERENT = """
    import sys
    import cv2
    import numpy as np

    there = sys.platform == "emscripten"
    image = np.arange(4800, dtype=np.uint16).reshape(40, 40, 3).astype(np.uint8)
    image[3, 4] += 2 * there
    cv2.imwrite("image.png", image)
    scores = np.array([0.5, 0.25], np.float32)
    scores[1] += 0.001 * there
    close = scores[:1] * np.float32(1 + 1e-6 * there)
    print("score:", 0.5 + 0.25 * there)
"""


def verify(folder: Path, *arguments: str) -> Result:
    result = run(VERIFY, list(arguments), folder)
    print(result.errors, result.output.decode())
    return result


def test_what_is_the_same_passes_and_nothing_of_the_users_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / "wörk ing"
    write(folder / "script.py", SAME)
    image = folder / "bild ä.png"
    image.write_bytes((Path(__file__).parents[2] / "site" / "sample.jpg").read_bytes())
    before = image.read_bytes()
    options = ["--out", "edges", "--out", "found", "--ignore", "^took .*$"]
    result = verify(folder, *options, "script.py", str(image), "../edges ü.png")
    assert result.status == 0
    told = result.output.decode()
    assert str(tmp_path / "edges ü.png") in told and "bild ä.png" in told
    assert "The same: 6 things were compared" in told.replace("\n", " ")
    assert image.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["wörk ing"]


def test_what_differs_is_told_and_shown(tmp_path: Path, browser: Browser) -> None:
    write(tmp_path / "script.py", DIFFERENT)
    options = ["--json", "--html", "report.html", "--out", "scores", "--out", "close"]
    result = verify(tmp_path, *options, "script.py")
    assert result.status == 1
    report = json.loads(result.output)
    assert report["verdict"] == "differs"
    verdicts = {each["name"]: each["verdict"] for each in report["findings"]}
    assert verdicts == {
        "exit status": "same",
        "standard output": "differs",
        "standard error": "same",
        "image.png": "differs",
        "scores": "differs",
        "close": "close",
    }
    numbers = {each["name"]: each["numbers"] for each in report["findings"]}
    assert (numbers["image.png"]["beyond"], numbers["image.png"]["maximum"]) == (3, 2)
    assert numbers["scores"]["first"] == "[1]"
    assert numbers["scores"]["maximum"] == pytest.approx(0.001, rel=1e-3)
    assert numbers["standard output"]["maximum"] == 0.25
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        widths = "Array.from(document.images, (image) => image.complete && image.naturalWidth)"
        assert page.evaluate(widths) == [40, 40, 40]
        assert "Not the same in the browser" in page.inner_text("h1")


def test_side_that_fails_is_named(tmp_path: Path) -> None:
    script = """
        import sys
        if sys.platform == "emscripten":
            raise ValueError("not here")
    """
    write(tmp_path / "script.py", script)
    result = verify(tmp_path, "script.py")
    assert result.status == 1
    assert "0 natively, 1 in the browser" in result.output.decode()
    assert "ValueError: not here" in result.output.decode()
    write(tmp_path / "script.py", "import sys\nif sys.platform == 'emscripten': import no_such_module\n")
    result = verify(tmp_path, "script.py")
    assert result.status == 3
    assert "in the browser the script could not be run: its Python has no no_such_module" in result.errors
    write(tmp_path / "script.py", "import sys\nif sys.platform == 'linux': import no_such_module\n")
    result = verify(tmp_path, "script.py")
    assert result.status == 3
    assert "natively the script could not be run" in result.errors
    assert "-m pip install no_such_module" in result.errors


@pytest.mark.parametrize("side", ["natively", "in the browser"])
def test_interrupt_ends_either_side_and_leaves_nothing(side: str, tmp_path: Path) -> None:
    started = tmp_path / "started"
    script = f"""
        import sys
        if (sys.platform == "emscripten") == {side == "in the browser"}:
            if sys.platform != "emscripten":
                open({str(started)!r}, "w").close()
            while True:
                pass
    """
    folder, temporary = tmp_path / "work", tmp_path / "temporary"
    temporary.mkdir()
    write(folder / "script.py", script)
    with subprocess.Popen(
        [*VERIFY, "script.py"],
        cwd=folder,
        env=environment({"TMPDIR": str(temporary)}),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stderr
            if side == "in the browser":
                assert "now in the browser" in process.stderr.readline()
            else:
                wait_for(started, process)
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 130
        finally:
            process.kill()
    assert list(temporary.glob("pyinfer-verify-*")) == []


def test_time_that_is_up_in_the_browser_is_told(tmp_path: Path) -> None:
    write(tmp_path / "script.py", "import sys\nwhile sys.platform == 'emscripten': pass\n")
    result = verify(tmp_path, "--timeout", "2", "script.py")
    assert result.status == 3
    assert "in the browser the script could not be run: it took longer than 2 s" in result.errors


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None
