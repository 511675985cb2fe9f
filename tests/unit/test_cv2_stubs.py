"""The stubs: what mypy reads of ``cv2`` is what ``cv2`` has, and it accepts what works and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from pyinfer.browser import cv2
from pyinfer.host.generate.surface import native_names
from pyinfer.host.wheels import browser_wheel

FOLDER = Path(cv2.__file__).parent
STUBS = {
    ".".join(path.parent.relative_to(FOLDER).parts): ast.parse(path.read_text("utf-8")).body
    for path in sorted(FOLDER.rglob("__init__.pyi"))
}
#: Modules of the package that have no stub of their own, being typed themselves.
TYPED = {"data", "version"}

GOOD = """
import os
from pathlib import Path

import cv2
import cv2.typing
import numpy as np
import numpy.typing as npt
from cv2 import aruco
from typing import assert_type

Floats = npt.NDArray[np.float32]


def letterbox(image: cv2.typing.MatLike, size: int) -> cv2.typing.MatLike:
    height, width = image.shape[:2]
    scale = size / max(height, width)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    below = size - small.shape[0]
    return cv2.copyMakeBorder(small, 0, below, 0, 0, cv2.BORDER_CONSTANT, value=(114, 114, 114))


def detect(path: Path, boxes: Floats, scores: Floats) -> list[tuple[int, int]]:
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(os.fspath(path))
    blob = cv2.dnn.blobFromImage(image, 1 / 255, (64, 64), swapRB=True)
    assert_type(blob, cv2.typing.MatLike)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.5, 0.4)
    kept = cv2.dnn.NMSBoxes(boxes, scores, score_threshold=0.5, nms_threshold=0.4)
    found = []
    for index in kept:
        x, y, width, height = boxes[index].astype(int)
        cv2.rectangle(image, (x, y), (x + width, y + height), (0, 255, 0), 2)
        cv2.rectangle(image, (x, y, width, height), color=255)
        (text_width, text_height), baseline = cv2.getTextSize("a", cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
        cv2.putText(image, "a", (x, y - baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0))
        found.append((text_width, text_height))
    return found


def measure(image: npt.NDArray[np.uint8]) -> float:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    level, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    assert_type(level, float)
    contours, hierarchy = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    box = cv2.minAreaRect(largest)
    assert_type(box, tuple[tuple[float, float], tuple[float, float], float])
    assert_type(cv2.boundingRect(largest), tuple[int, int, int, int])
    assert_type(cv2.boxPoints(box), cv2.typing.MatLike)
    assert_type(cv2.moments(largest), dict[str, float])
    smallest, greatest, where, _ = cv2.minMaxLoc(grey, mask=None)
    assert_type(where, tuple[int, int])
    brighter = cv2.add(image, 10)
    brighter = cv2.subtract(255, brighter, dst=brighter)
    brighter = cv2.normalize(brighter, None, 0, 255, cv2.NORM_MINMAX)
    masked = cv2.bitwise_and(brighter, brighter, mask=cv2.inRange(image, (0, 10, 20), np.array([90, 99, 99])))
    histogram = cv2.calcHist([masked], [0], None, [256], [0, 256])
    ok, encoded = cv2.imencode(".png", masked, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    encoded.tofile("masked.png")
    return float(histogram.max()) + smallest + greatest + cv2.mean(grey)[0] + float(ok) + len(hierarchy)


def objects(image: cv2.typing.MatLike) -> int:
    orb = cv2.ORB_create(nfeatures=500)
    assert_type(orb, cv2.ORB)
    keypoints, descriptors = cv2.ORB.create().detectAndCompute(image, None)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(descriptors, descriptors)
    best = sorted(matches, key=lambda match: match.distance)[0]
    x, y = keypoints[best.queryIdx].pt
    drawn = cv2.drawMatches(image, keypoints, image, keypoints, matches, None)
    dictionary = aruco.getPredefinedDictionary(aruco.DICT_4X4_50)
    assert_type(dictionary, cv2.aruco_Dictionary)
    parameters = cv2.SimpleBlobDetector_Params()
    parameters.minArea = 3.5
    points = np.zeros((4, 3), np.float32)
    solved, rotation, translation = cv2.solvePnP(points, points[:, :2], np.eye(3), None)
    lazy = cv2.GaussianBlur(cv2.UMat(image), (3, 3), 0)
    assert_type(lazy, cv2.UMat)
    unused = len(drawn) + len(lazy.get()) + len(rotation if solved else translation)
    return int(x + y) + unused + dictionary.markerSize


def capture() -> None:
    frames = cv2.VideoCapture(0)
    ok, frame = frames.read()
    while ok:
        cv2.imshow("frame", frame)
        if cv2.waitKey(1) & 0xFF == ord("q"):
            break
    writer = cv2.VideoWriter("out.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 25.0, (640, 480))
    writer.write(frame)
    try:
        cv2.resize(frame, (0, 0))
    except cv2.error as error:
        print(error.code, error.msg, error.func, cv2.__version__)
"""

BAD = """
import cv2
import cv2.typing
import numpy as np

image = np.zeros((4, 5, 3), np.uint8)
cv2.resize("image.png", (10, 10))  # no
cv2.resize(image)  # no
cv2.resize(image, (10, 10), interpolate=1)  # no
cv2.resize(image, 10)  # no
cv2.cvtColor(image, "BGR2GRAY")  # no
cv2.cvtColor(None, cv2.COLOR_BGR2GRAY)  # no
cv2.cvtColor(image, cv2.COLOR_BGR2GREY)  # no
cv2.circle(image, (0, 0), 3)  # no
cv2.putText(image, 5, (0, 0), 0, 1.0, 255)  # no
cv2.fillPoly(image, image, 255)  # no
cv2.imread("a.png").shape  # no
cv2.findContours(image, 1, 2)[0].shape  # no
cv2.countNonZero(image).mean()  # no
cv2.dnn.blobFromImages(5)  # no
cv2.ORB_create(nfeatures="many")  # no
cv2.BFMatcher().matches(image, image)  # no
cv2.aruco.DICT_3X3_50  # no
cv2.CascadeClassifier("face.xml")  # no
text: str = cv2.GaussianBlur(image, (3, 3), 0)  # no
unknown: cv2.typing.MatrixLike  # no
"""


def names_of(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.name, node) for alias in node.names if alias.asname == alias.name)


def find(name: str) -> Any:
    return reduce(getattr, filter(None, name.split(".")), cv2)


@pytest.mark.parametrize("module", STUBS)
def test_stub_and_shim_have_the_same_names(module: str) -> None:
    stub = {name for name, _ in names_of(STUBS[module])} - {"__version__"}
    prefix = f"{module}." if module else ""
    assert not {name for name in stub if not hasattr(find(module), name)}
    native = {name.short for name in native_names() if name.module == module}
    # The shim's module has names of its own, of what it is made of: it is native's that count.
    shim = {name for name in dir(find(module)) if name in native}
    assert stub == shim | {name for name in TYPED if f"{prefix}{name}" in TYPED}


def members(classes: list[ast.stmt], prefix: str) -> Iterator[tuple[str, str]]:
    for name, node in names_of(classes):
        if isinstance(node, ast.ClassDef):
            for member, each in names_of(node.body):
                if member == "__init__" or isinstance(each, ast.ClassDef):
                    continue
                yield f"{prefix}{name}", member
            yield from members(node.body, f"{prefix}{name}.")


@pytest.mark.parametrize("module", STUBS)
def test_members_of_a_class_exist(module: str) -> None:
    missing = [
        f"{name}.{member}"
        for name, member in members(STUBS[module], f"{module}." if module else "")
        if not hasattr(find(name), member) and member not in getattr(find(name), "__annotations__", {})
    ]
    assert not missing


def test_typing_has_the_same_names() -> None:
    tree = ast.parse((FOLDER / "typing.pyi").read_text("utf-8"))
    stub = {name for name, _ in names_of(tree.body) if not name.startswith("_")}
    assert stub == {name for name in dir(cv2.typing) if name[0] != "_"} - {
        *("annotations", "np", "sys", "typing"),
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The browser wheel, unpacked as an installer does it."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(browser_wheel()).extractall(folder)
    return folder


def mypy(site: Path, *paths: Path) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(site / "cache"), "--no-pretty"]
    done = subprocess.run(
        [*command, "--no-error-summary", "--config-file=", *map(str, paths)],
        capture_output=True,
        text=True,
        cwd=site,
        env={"MYPYPATH": str(site), "PATH": ""},
    )
    assert done.returncode in (0, 1), done.stderr + done.stdout
    return done.stdout


def test_the_wheel_has_what_a_type_checker_looks_for(site: Path) -> None:
    assert (site / "cv2" / "py.typed").is_file()
    for module in STUBS:
        assert (site / "cv2" / Path(*module.split(".")) / "__init__.pyi").is_file()


def test_mypy_accepts_a_program_that_works_and_refuses_one_that_does_not(site: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD)
    bad.write_text(BAD)
    errors = [
        line.partition(": error: ") for line in mypy(site, good, bad).splitlines() if ": error: " in line
    ]
    assert not [f"{place}: {text}" for place, _, text in errors if place.startswith(str(good))]
    wrong = {number for number, line in enumerate(BAD.splitlines(), 1) if line.endswith("# no")}
    assert {int(place.rpartition(":")[2]) for place, _, _ in errors if place.startswith(str(bad))} == wrong


def test_mypy_accepts_the_stubs_themselves(site: Path) -> None:
    """But for what native's classes do: methods that take other arguments than those of their base."""
    stubs = sorted((site / "cv2").rglob("*.pyi"))
    output = mypy(site, *stubs)
    errors = [line for line in output.splitlines() if ": error:" in line]
    assert not [
        line
        for line in errors
        if not line.endswith(("[override]", "[overload-cannot-match]", "[overload-overlap]"))
    ]
