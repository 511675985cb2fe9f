"""`pyinfer check` on public packages: every use is found, and each verdict is the browser's own."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .run_command import PYINFER, ROOT, run, write

CHECK = [sys.executable, "-m", "pyinfer.host.cli", "check"]

#: Pure Python, and made for cv2: a library of augmentations, one of annotations, one that reads documents.
PACKAGES = ("albumentations==2.0.8", "supervision==0.26.1", "onnxtr==0.7.1")

#: Calls each name without arguments: what a browser can't do says so before it looks at them.
SCRIPT = """
    import importlib, json, sys
    from pyinfer.errors import UnsupportedInBrowser

    def outcome(name):
        module, *path = name.split(".")
        try:
            value = importlib.import_module(module)
            for step in path:
                value = getattr(value, step)
            if callable(value):
                value()
        except UnsupportedInBrowser:
            return "not in a browser"
        except AttributeError:
            return "no such name"
        except Exception:
            pass
        return "there"

    print(json.dumps({name: outcome(name) for name in json.loads(sys.argv[1])}))
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their files, below one folder."""
    folder = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(folder / "wheels"), *PACKAGES], check=True)
    for wheel in (folder / "wheels").iterdir():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture(scope="module")
def findings(packages: Path) -> list[dict[str, Any]]:
    names = [requirement.partition("==")[0] for requirement in PACKAGES]
    result = run(CHECK, ["--json", "--offline", *names], packages, variables={"PYTHONPATH": str(ROOT)})
    assert result.status == 1, result.errors  # each has something that no browser can do
    found: list[dict[str, Any]] = json.loads(result.output)["findings"]
    return found


def uses(tree: ast.AST, module: str) -> Iterator[ast.Attribute]:
    """`module.x` and `module.x.y`, the longest only."""
    inner = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first: ast.expr = node
            while isinstance(first, ast.Attribute):
                first = first.value
            if isinstance(first, ast.Name) and first.id == module and node not in inner:
                yield node
                inner |= set(ast.walk(node))


def test_every_use_is_told_with_its_place(packages: Path, findings: list[dict[str, Any]]) -> None:
    told = {(each["file"], each["line"], each["column"], each["name"]) for each in findings}
    wanted = set()
    for name in (requirement.partition("==")[0] for requirement in PACKAGES):
        for path in (packages / name).rglob("*.py"):
            for node in uses(ast.parse(path.read_bytes()), "cv2"):
                place = (path.relative_to(packages).as_posix(), node.lineno, node.col_offset + 1)
                wanted.add((*place, ast.unparse(node)))
    assert len(wanted) > 500
    assert wanted - told == set()


def test_each_line_has_what_is_told_of_it(packages: Path, findings: list[dict[str, Any]]) -> None:
    libraries = [each for each in findings if each["kind"] in ("opencv", "onnxruntime")]
    assert {each["kind"] for each in libraries} == {"opencv", "onnxruntime"}
    for each in libraries:
        line = (packages / each["file"]).read_text("utf-8").splitlines()[each["line"] - 1]
        assert each["name"].rpartition(".")[2] in line[each["column"] - 1 :], each


def test_the_browser_agrees_with_each_verdict(findings: list[dict[str, Any]], tmp_path: Path) -> None:
    told: dict[str, set[str]] = {}
    for each in findings:
        if each["kind"] in ("opencv", "onnxruntime") and each["name"].startswith(("cv2.", "onnxruntime.")):
            told.setdefault(each["name"], set()).add(each["verdict"])
    write(tmp_path / "script.py", SCRIPT)
    # A method of what cannot be made: its class says so.
    names = {name: ".".join(name.split(".")[:2]) if "Video" in name else name for name in told}
    result = run(PYINFER, ["script.py", json.dumps(sorted(set(names.values())))], tmp_path)
    assert result.status == 0, result.errors
    found = json.loads(result.output)
    missing = {"not in a browser", "no such name"}
    wrong = {
        name: (verdicts, found[names[name]])
        for name, verdicts in told.items()
        if (found[names[name]] in missing) != bool(verdicts & missing)
    }
    assert wrong == {}
    assert {"cv2.VideoCapture", "cv2.resize", "onnxruntime.InferenceSession"} <= set(told)
