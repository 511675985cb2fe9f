"""Which files are read for imports, and the bytecode of sources: the real Pyodide, made-up distributions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.start import bytecode, plan
from pyinfer.host.start.browser_folders import SITE_PACKAGES
from pyinfer.host.start.bytecode import compile_sources
from pyinfer.host.start.distribution import Distribution
from pyinfer.host.start.plan import make_plan


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    for module in (bytecode, plan):
        monkeypatch.setattr(module, "cache_dir", lambda: folder)
    return folder


def distribution(files: dict[str, bytes]) -> Distribution:
    return Distribution("made", "1.0", SITE_PACKAGES, SITE_PACKAGES, files, {}, {})


def test_what_is_read_is_found_by_importing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = distribution(
        {
            "made/__init__.py": b"from . import used\nimport wave",
            "made/used.py": b"",
            "made/unused.py": b"",
            "broken.py": b"import made.used, no_such_module",
            "leaving.py": b"raise SystemExit(3)",
            "page.py": b"import pyinfer_js",
        }
    )
    names = ["made", "broken", "leaving", "csv", "page"]
    found = make_plan([made], names, readies=["page"])
    assert found.imports == ("made", "csv")
    assert found.failures["broken"] == "ModuleNotFoundError: No module named 'no_such_module'"
    assert found.failures["leaving"] == "SystemExit: 3"
    read = {f"{SITE_PACKAGES}/made/__init__.py", f"{SITE_PACKAGES}/made/used.py", f"{SITE_PACKAGES}/page.py"}
    assert {path for path in found.files if path.startswith(SITE_PACKAGES)} == read
    assert {f"/lib/python314.zip/{name}.py" for name in ("wave", "csv", "encodings/utf_8")} <= found.files
    assert "/lib/python314.zip/os.py" not in found.files, "Pyodide has it built in"

    monkeypatch.setattr(plan, "run_with_pyodide", None)
    assert make_plan([made], names, readies=["page"]) == found


def test_a_package_finds_its_own_version() -> None:
    source = b"import importlib.metadata\nassert importlib.metadata.version('made') == '1.0'"
    info = {"made-1.0.dist-info/METADATA": b"Name: made\nVersion: 1.0\n"}
    made = Distribution("made", "1.0", SITE_PACKAGES, SITE_PACKAGES, {"made.py": source}, info, {})
    assert make_plan([made], ["made"]).failures == {}


def test_bytecode_is_what_the_browsers_python_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"{SITE_PACKAGES}/made.py"
    source = b'"""Said."""\nimport no_such_module\n'
    compiled = compile_sources({place: source, f"{SITE_PACKAGES}/other.py": b"x = '\xc3\xa4'"})
    assert place.encode() in compiled[place], "the path of tracebacks"
    assert b"Said." in compiled[place]
    found = make_plan([distribution({"made.pyc": compiled[place]})], ["made"])
    assert found.failures == {"made": "ModuleNotFoundError: No module named 'no_such_module'"}

    monkeypatch.setattr(bytecode, "run_with_pyodide", None)
    assert compile_sources({place: source}) == {place: compiled[place]}


def test_the_same_bytecode_comes_of_any_company(cache: Path) -> None:
    first = compile_sources({"/a.py": b"name = ('text', 1.5)", "/b.py": b"def name(text): return 'text'"})
    for kept in cache.rglob("*.pyc"):
        kept.unlink()
    assert compile_sources({"/b.py": b"def name(text): return 'text'"})["/b.py"] == first["/b.py"]


def test_a_source_with_an_error_is_said() -> None:
    with pytest.raises(BuildError, match="SyntaxError"):
        compile_sources({"/wrong.py": b"def"})


def test_a_plan_is_made_anew_for_other_files() -> None:
    plans = [make_plan([distribution({"made.py": content})], ["made"]) for content in (b"", b"import wave")]
    assert ["/lib/python314.zip/wave.py" in each.files for each in plans] == [False, True]
