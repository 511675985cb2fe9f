"""Our own opencv.js in the cache: whole or refused, and taken where it is there unless npm's is asked for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pyinfer.errors import SetupError
from pyinfer.host.bundle import Bundle
from pyinfer.host.cli import main
from pyinfer.host.content_security_policy import policy_of
from pyinfer.host.opencv.carried import add_engine, later_files, variant_files, words_for
from pyinfer.host.opencv.choice import choosing, chosen_engine, opencv_option
from pyinfer.host.opencv.engine import built_engine, engine_folder
from tests.unit.opencv_engine import put_engine


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PYINFER_OPENCV", raising=False)
    return tmp_path / "cache"


def test_an_engine_has_its_variants_in_their_order() -> None:
    assert built_engine() is None
    folder = put_engine("baseline", "simd")
    engine = built_engine()
    assert engine is not None
    assert (engine.version, list(engine.variants)) == ("5.0.0", ["simd", "baseline"])
    assert engine.variants["simd"]["wasm"].read() == b"simd opencv.wasm"
    assert engine.variants["baseline"]["module"].path == folder / "baseline" / "opencv.mjs"


BREAKS: dict[str, Callable[[Path], object]] = {
    "opencv.wasm is missing": lambda folder: (folder / "simd" / "opencv.wasm").unlink(),
    "engine.json is missing": lambda folder: (folder / "engine.json").unlink(),
    "does not say what an engine has": lambda folder: (folder / "engine.json").write_text("{"),
    "names no variant simd": lambda folder: (folder / "engine.json").write_text(
        json.dumps({"version": "5.0.0", "variants": {}})
    ),
}


@pytest.mark.parametrize("words", BREAKS)
@pytest.mark.parametrize("choice", ["auto", "full"])
def test_a_broken_engine_is_refused_and_what_mends_it_is_named(words: str, choice: str) -> None:
    BREAKS[words](put_engine("simd", "threads"))
    with choosing(choice), pytest.raises(SetupError, match=f"{words}.*`pyinfer opencv build`.*--opencv npm"):
        chosen_engine()
    with choosing("npm"):
        assert chosen_engine() is None


def test_other_bytes_than_were_built_get_into_no_bundle(tmp_path: Path) -> None:
    (put_engine("simd") / "simd" / "opencv.wasm").write_bytes(b"half")
    engine = built_engine()
    assert engine is not None
    with pytest.raises(SetupError, match=r"opencv\.wasm is not what was built"):
        add_engine(Bundle(tmp_path), "pyinfer", engine)


def test_ours_is_taken_where_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_engine() is None
    put_engine("simd")
    assert chosen_engine() == built_engine() is not None
    monkeypatch.setenv("PYINFER_OPENCV", "npm")
    assert chosen_engine() is None
    with choosing("full"):
        assert chosen_engine() is not None
    monkeypatch.setenv("PYINFER_OPENCV", "nmp")
    with pytest.raises(SetupError, match="PYINFER_OPENCV is 'nmp': it may be auto, full, npm"):
        chosen_engine()


def test_ours_is_not_replaced_by_npms_in_silence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["build", "--opencv", "full", "-o", str(tmp_path / "dist")]) == 1
    assert "`pyinfer opencv build`" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_the_option_holds_for_its_verb_alone() -> None:
    put_engine("simd")

    @click.command()
    @opencv_option
    def verb() -> None:
        print(chosen_engine() is None)

    assert CliRunner().invoke(verb, ["--opencv", "npm"]).output == "True\n"
    assert CliRunner().invoke(verb, []).output == "False\n"
    assert CliRunner().invoke(verb, ["--opencv", "other"]).exit_code == 2


@pytest.mark.parametrize("verb", ["build", "run", "serve", "demo", "bench", "verify", "model verify"])
def test_every_verb_that_uses_an_engine_has_the_option(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*verb.split(), "--help"]) == 0
    assert "--opencv [auto|full|npm]" in capsys.readouterr().out


def test_a_bundle_says_which_it_has(tmp_path: Path) -> None:
    put_engine("simd", "threads")
    engine = built_engine()
    assert engine is not None
    bundle = Bundle(tmp_path)
    manifest = {"opencv": add_engine(bundle, "pyinfer", engine), "start": {"engines": ["opencv"]}}
    entry = manifest["opencv"]
    assert entry["variants"]["simd"].items() <= entry.items()
    assert variant_files(manifest) == set(bundle.sizes)
    threads = set(entry["variants"]["threads"].values())
    assert later_files(manifest) == {*threads, entry["networksModule"], entry["networksWasm"]}
    manifest["start"]["engines"].append("networks")
    assert later_files(manifest) == threads
    assert words_for(manifest) == "5.0.0, our own build (simd, threads)"
    npm = {
        "opencv": {"build": "npm", "version": "5.0.0", "module": "a", "wasm": "b"},
        "start": {"engines": []},
    }
    assert (variant_files(npm), later_files(npm), words_for(npm)) == (set(), set(), "5.0.0, npm's build")


def test_serve_refuses_a_folder_with_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyinfer.json").write_text('{"opencv": {"build": "npm", "version": "5.0.0"}}')
    assert main(["serve", "--opencv", "full", str(tmp_path)]) == 1
    assert "npm's build: `pyinfer build --opencv full` builds it anew" in capsys.readouterr().err


def test_only_the_worker_of_npms_build_may_make_code() -> None:
    strict, npm = (policy_of(f"/pyinfer/{name}.0123456789abcdef.js") for name in ("strict-worker", "worker"))
    assert npm.replace(" 'unsafe-eval'", "") == strict != npm
    threads = policy_of("/pyinfer/onnxruntime-0123456789abcdef/a.mjs")
    assert "'wasm-unsafe-eval'" in threads
    for name in ("opencv.threads.0123456789abcdef.mjs", "opencv.threads.worker.0123456789abcdef.js"):
        assert policy_of(f"/pyinfer/{name}") == threads
    for other in ("opencv.simd", "opencv"):
        assert policy_of(f"/pyinfer/{other}.0123456789abcdef.mjs") == policy_of("/")


def test_doctor_says_which_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    assert "npm's build (`pyinfer opencv build` makes our own)" in capsys.readouterr().out
    put_engine("simd", "baseline")
    main(["doctor"])
    assert "our own build of 5.0.0: simd, baseline" in capsys.readouterr().out
    shutil.rmtree(engine_folder() / "simd")
    main(["doctor"])
    assert "our own opencv.js is broken" in capsys.readouterr().out
