"""`pyinfer opencv build`: an engine that works takes an earlier one's place as a whole, others don't."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock

from pyinfer.errors import BuildError, SetupError
from pyinfer.host.cli import main
from pyinfer.host.opencv import build
from pyinfer.host.opencv.check import check_engine
from pyinfer.host.opencv.engine import build_folder, built_engine, engine_folder, files_of
from pyinfer.host.opencv.recipe import VARIANTS
from pyinfer.host.opencv_wasm import split_opencv
from pyinfer.host.places import node_modules
from pyinfer.host.progress import Progress


class Compiler:
    """Stands for the compilers: it notes what it is asked for, and writes what it is told to."""

    def __init__(self) -> None:
        self.compiled: list[str] = []
        self.content = "made"
        self.failure: BaseException | None = None

    def compile(self, sources: Path, folder: Path, variant: Any, toolchain: Any, progress: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.compiled.append(variant.name)

    def link(self, sources: Path, folder: Path, variant: Any, toolchain: Any, progress: Any) -> Path:
        if self.failure is not None:
            raise self.failure
        for name in files_of(variant).values():
            (folder / name).write_text(f"{self.content} {variant.name}")
        return folder


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compiler:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    compiler = Compiler()
    monkeypatch.setattr(build, "prepare_toolchain", lambda folder, progress: SimpleNamespace())
    monkeypatch.setattr(build, "unpack_sources", lambda folder, progress: folder / "sources")
    monkeypatch.setattr(build, "compile_libraries", compiler.compile)
    monkeypatch.setattr(build, "link_engine", compiler.link)
    monkeypatch.setattr(build, "check_engine", lambda folder, variant: None)
    return compiler


def wasm(variant: str = "simd") -> bytes:
    engine = built_engine()
    assert engine is not None
    return engine.variants[variant]["wasm"].read()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["simd"]),
        (["--variant", "threads"], ["simd", "threads"]),
        (["--variant", "baseline"], ["simd", "baseline"]),
    ],
)
def test_what_is_asked_for_is_built_and_simd_always(
    compiler: Compiler, arguments: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["opencv", "build", *arguments]) == 0
    engine = built_engine()
    assert engine is not None
    assert compiler.compiled == list(engine.variants) == expected
    assert engine.version == "5.0.0"
    assert str(engine_folder()) in capsys.readouterr().out


def test_a_new_engine_takes_the_place_of_the_old_one_as_a_whole(compiler: Compiler) -> None:
    main(["opencv", "build"])
    compiler.content = "new"
    main(["opencv", "build", "--variant", "simd"])
    assert wasm() == b"new simd"
    assert {path.name for path in engine_folder().iterdir()} == {"engine.json", "simd"}


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (BuildError("OpenCV did not link"), 1, "pyinfer: OpenCV did not link\n"),
        (KeyboardInterrupt(), 130, "pyinfer: interrupted\n"),
    ],
)
def test_what_fails_leaves_the_old_one_in_its_place(
    compiler: Compiler,
    failure: BaseException,
    status: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["opencv", "build"])
    before = wasm()
    compiler.failure = failure
    assert main(["opencv", "build"]) == status
    assert capsys.readouterr().err.lstrip() == words
    assert wasm() == before
    assert not [path for path in build_folder().iterdir() if path.name.startswith("engine.")]


def test_what_a_killed_build_left_is_cleared_away(compiler: Compiler) -> None:
    for name in ("engine.unfinished", "engine.old"):
        (build_folder() / name / "simd").mkdir(parents=True)
    main(["opencv", "build", "--variant", "simd"])
    assert wasm() == b"made simd"
    assert {path.name for path in build_folder().iterdir() if path.is_dir()} == {"engine", "simd"}


def test_a_second_build_waits_for_the_first(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    said: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(Progress, "line", lambda self, text: said.put(text))
    build_folder().mkdir(parents=True)
    first = FileLock(build_folder() / "lock", thread_local=False)
    first.acquire()
    second = threading.Thread(target=main, args=[["opencv", "build", "--variant", "simd"]])
    second.start()
    while said.get(timeout=60) != "another process is building opencv.js; waiting for it":
        pass
    assert compiler.compiled == []
    first.release()
    second.join()
    assert compiler.compiled == ["simd"]


def test_an_engine_that_does_not_work_is_not_taken(tmp_path: Path) -> None:
    """npm's throws numbers, where ours throws Errors."""
    simd = VARIANTS["simd"]
    with pytest.raises(BuildError, match=r"linking made no .*opencv\.mjs"):
        check_engine(tmp_path, simd)
    npm = node_modules() / "@techstark/opencv-js/dist/opencv.js"
    split = split_opencv(npm.read_bytes().decode())
    for part in ("opencv", "networks"):
        (tmp_path / f"{part}.mjs").write_text(split.module, "utf-8")
        (tmp_path / f"{part}.wasm").write_bytes(split.wasm)
    with pytest.raises(BuildError, match=r"does not work: .*a failed call throws no Error"):
        check_engine(tmp_path, simd)
    (tmp_path / "opencv.wasm").write_bytes(split.wasm[:1000])
    with pytest.raises(BuildError, match=r"does not work: .*CompileError"):
        check_engine(tmp_path, simd)


def test_nothing_built_is_nothing_to_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    assert main(["opencv", "pack", "-o", str(tmp_path / "out")]) == 1
    assert "`pyinfer opencv build` builds it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_package_without_its_licences_is_not_packed(compiler: Compiler, tmp_path: Path) -> None:
    from pyinfer.host.opencv.pack import pack_engine

    main(["opencv", "build", "--variant", "simd"])
    engine = built_engine()
    assert engine is not None
    with pytest.raises(SetupError, match=r"LICENSE is missing: run `pyinfer opencv build` again"):
        pack_engine(engine, tmp_path, tmp_path)
    (tmp_path / "opencv").mkdir()
    (tmp_path / "opencv" / "LICENSE").write_text("as is")
    with pytest.raises(SetupError, match=r"libjpeg-turbo.* is missing: run `pyinfer opencv build` again"):
        pack_engine(engine, tmp_path, tmp_path)
    assert not list(tmp_path.glob("*.tgz"))
    shutil.rmtree(engine_folder())
