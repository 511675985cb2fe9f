"""`pyinfer check` on public packages that use cv2, and what it says of packages."""

from __future__ import annotations

import io
import re
import token
import tokenize
import zipfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import cv2
import onnxruntime
import pytest
from packaging.requirements import Requirement

from pyinfer.check.verdict import ABSENT, MISSING, UNCLEAR, WORKS, Finding
from pyinfer.host import cli
from pyinfer.host.check import check
from pyinfer.host.check.packages import Distributions, judge_files
from pyinfer.host.download import matches
from pyinfer.host.package_index import ReleaseFile, fetch_release
from pyinfer.host.pins import PinnedDistribution
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress

COVERAGE = Path(cli.__file__).parents[1] / "browser" / "cv2" / "COVERAGE.md"
PACKAGES = [
    PinnedDistribution(
        "imgaug",
        "0.4.0",
        "imgaug-0.4.0-py2.py3-none-any.whl",
        "ce61e65b4eb7405fc62c1b0a79d2fa92fd47f763aaecb65152d29243592111f9",
    ),
    PinnedDistribution(
        "easyocr",
        "1.7.2",
        "easyocr-1.7.2-py3-none-any.whl",
        "5be12f9b0e595d443c9c3d10b0542074b50f0ec2d98b141a109cd961fd1c177c",
    ),
    PinnedDistribution(
        "rapidocr-onnxruntime",
        "1.4.4",
        "rapidocr_onnxruntime-1.4.4-py3-none-any.whl",
        "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf",
    ),
]

#: Of objects that these packages make: words alone don't tell that they are cv2's.
METHODS = {"cv2.CLAHE.apply"}


@pytest.fixture(scope="module", params=PACKAGES, ids=lambda pin: pin.distribution)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installed package: a wheel is laid out as its files lie when it is installed."""
    pin: PinnedDistribution = request.param
    wheel = cache_dir() / "downloads" / pin.file_name
    if not matches(wheel, pin.sha256):
        fetch_release(pin, wheel, Progress())
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / pin.distribution.replace("-", "_")


@pytest.fixture(scope="module")
def found(package: Path) -> list[Finding]:
    return check([package], ask_index=False)


def written(path: Path, module: str) -> Iterator[tuple[int, int, str]]:
    """Where a file names something below a module, by its words alone; comments and strings don't count."""
    words = [
        each
        for each in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
        if each.type in (token.NAME, token.OP)
    ]
    for before, word, dot, name in zip(words, words[1:], words[2:], words[3:], strict=False):
        if before.string != "." and word.string == module and dot.string == "." and name.type == token.NAME:
            yield word.start[0], word.start[1] + 1, f"{module}.{name.string}"


def test_nothing_of_cv2_is_missed_or_invented(package: Path, found: list[Finding]) -> None:
    by_text = {
        (path.as_posix(), *place)
        for path in package.rglob("*.py")
        for place in written(path, "cv2")
        if re.search(r"^\s*import cv2$", path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(by_text) > 30
    told = {
        (each.file, each.line, each.column, ".".join(each.name.split(".")[:2]))
        for each in found
        if each.kind == "opencv" and not each.name.startswith("getattr") and each.name not in METHODS
    }
    assert told == by_text


def test_each_line_uses_what_is_reported(found: list[Finding]) -> None:
    assert found
    for each in found:
        line = Path(each.file).read_text("utf-8").splitlines()[each.line - 1]
        short = each.name.partition(" ")[0].partition(".")[2].rpartition(".")[2] or each.name
        words = re.findall(r"\w+", line)
        if each.kind == "package":
            top = each.name.partition(" ")[0]
            assert {top, top.lower()} & set(re.findall(r"[\w-]+", line)), each
        elif each.kind in ("opencv", "onnxruntime"):
            assert short in words or "getattr" in words, each
        elif each.kind == "python":
            assert each.name.rpartition(".")[2] in words, each


def told_by_the_page() -> dict[str, str]:
    """Function -> what the coverage page says of it."""
    page = COVERAGE.read_text("utf-8")
    section = page[page.index("\n## Functions") : page.index("\n## Classes")]
    status, module = {}, ""
    for line in section.splitlines():
        if heading := re.fullmatch(r"### `cv2\.?(.*)`", line):
            module = heading[1]
        elif row := re.match(r"\| `(\w+)` \| (exact|differs) \|", line):
            status[f"cv2.{module}.{row[1]}".replace("..", ".")] = {"exact": WORKS}.get(row[2], row[2])
        elif line.startswith("| `"):
            names = re.findall(r"`(\w+)`", line.split(" | ")[0])
            status |= {f"cv2.{module}.{name}".replace("..", "."): MISSING for name in names}
    return status


def test_verdicts_are_the_coverage_pages(found: list[Finding]) -> None:
    page = told_by_the_page()
    assert len(page) > 600
    checked = 0
    for each in found:
        if each.kind not in ("opencv", "onnxruntime") or each.name.startswith("getattr"):
            continue
        root = cv2 if each.kind == "opencv" else onnxruntime
        native = reduce(lambda owner, name: getattr(owner, name, None), each.name.split(".")[1:], root)
        assert (native is None) == (each.verdict.status == ABSENT), each
        if each.name in page:
            checked += 1
            assert each.verdict.status == page[each.name], each
    assert checked > 20


def test_the_installed_packages_requirements_are_looked_at(package: Path, found: list[Finding]) -> None:
    metadata = next(package.parent.glob("*.dist-info")) / "METADATA"
    lines = metadata.read_text("utf-8").splitlines()
    stated = [each for each in found if each.file == metadata.as_posix()]
    assert stated
    for each in stated:
        assert lines[each.line - 1].lower().startswith(f"requires-dist: {each.name.lower()}")


@pytest.mark.parametrize(
    ("requirement", "status", "words"),
    [
        ("opencv-python>=4", WORKS, "pyinfer's own"),
        ("onnxruntime_gpu", WORKS, "pyinfer's own"),
        ("scikit-image", WORKS, "Pyodide distribution"),
        ("numpy<1", MISSING, "has version"),
        ("supervision", WORKS, "pure-Python wheel"),
        ("torch", MISSING, "for desktops"),
        ("supervision==0.0.0", MISSING, "no release"),
        ("imutils", UNCLEAR, "source only"),
        ("pyinfer-has-no-project-of-this-name", UNCLEAR, "no project"),
        ("x @ https://example.org/x.whl", UNCLEAR, "address"),
    ],
)
def test_what_a_browser_can_have(requirement: str, status: str, words: str) -> None:
    distributions = Distributions([], [], ask_index=True)
    wanted = Requirement(requirement)
    distributions.prepare([wanted])
    verdict = distributions.verdict(wanted)
    assert (verdict.status, words in verdict.why) == (status, True), verdict


@pytest.mark.parametrize(
    ("requirement", "files", "status"),
    [
        ("x", [("2.0", "x-2.0-py3-none-any.whl", ">=3.9")], WORKS),
        ("x", [("2.0", "x-2.0-py2.py3-none-any.whl", "")], WORKS),
        ("x", [("2.0", "x-2.0-py3-none-any.whl", "<3.13")], MISSING),
        ("x", [("2.0", "x-2.0-py3-none-manylinux_2_28_x86_64.whl", "")], MISSING),
        ("x", [("2.0", "x-2.0-cp314-cp314-win_amd64.whl", "")], MISSING),
        ("x", [("2.0", "x-2.0-cp314-cp314-win_amd64.whl", ""), ("1.0", "x-1.0-py3-none-any.whl", "")], WORKS),
        ("x>1", [("2.0", "x-2.0.tar.gz", ""), ("1.0", "x-1.0-py3-none-any.whl", "")], UNCLEAR),
        ("x", [("2.0", "x-2.0-py3-none-any.whl", "no version")], MISSING),
        ("x", [], UNCLEAR),
    ],
)
def test_which_files_are_for_a_browser(
    requirement: str, files: list[tuple[str, str, str]], status: str
) -> None:
    listed = [ReleaseFile(*each) for each in files]
    assert judge_files(Requirement(requirement), listed).status == status


def test_without_network_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    (tmp_path / "program.py").write_text("import supervision, numpy, cv2")
    numpy, supervision = sorted(check([tmp_path]), key=lambda each: each.name)
    assert (supervision.verdict.status, numpy.verdict.status) == (UNCLEAR, WORKS)
    assert "not known (no network)" in supervision.verdict.why


def test_an_import_is_traced_to_what_is_stated(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("")
    (tmp_path / "program.py").write_text("import deprecate, own, skimage, PIL\nimport torch\n")
    (tmp_path / "requirements.txt").write_text(
        "# needs\n-r more.txt\npyDeprecate>=0.1  # for names\ntorch; sys_platform == 'linux'\nnot a name\n"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = [\n "numpy<1",\n]\n')
    told = [
        (Path(each.file).name, each.line, each.name, each.stops)
        for each in check([tmp_path], ask_index=False)
    ]
    assert told == [
        ("program.py", 1, "deprecate (pyDeprecate)", False),
        ("program.py", 1, "skimage (scikit-image)", False),
        ("program.py", 1, "PIL (pillow)", False),
        ("program.py", 2, "torch", False),
        ("pyproject.toml", 4, "numpy", True),
        ("requirements.txt", 3, "pyDeprecate", False),
        ("requirements.txt", 5, "requirements.txt", True),
    ]


def test_a_project_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "program.py").touch()
    (tmp_path / "pyproject.toml").write_text("[project\n")
    (found,) = check([tmp_path], ask_index=False)
    assert (found.name, found.stops) == ("pyproject.toml", True)
    assert "line 1" in found.verdict.why
