"""`pyinfer build`, with the real parts: everything is there, every hash is right, twice gives the same."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfer.errors import RequirementError
from pyinfer.host import build
from pyinfer.host.cli import main
from pyinfer.host.javascript import node
from pyinfer.host.places import node_modules
from pyinfer.manifest import AppManifest

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "ct-heart"
version = "1.0"
dependencies = ["numpy", "opencv-python-headless>=4.8", "onnxruntime", "pillow"]
[tool.pyinfer]
entry = "ct_heart:locate"
[[tool.pyinfer.models]]
name = "heart"
path = "heart.onnx"
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    (folder / "ct_heart").mkdir()
    (folder / "ct_heart" / "__init__.py").write_text("def locate(): return 1\n")
    (folder / "heart.onnx").write_bytes(b"weights" * 100)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def built(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.build_app(app, tmp_path_factory.mktemp("built") / "dist", compress=False)


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((built / "pyinfer.json").read_text())
    return value


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_app_gives_the_same_bytes(app: Path, built: Path, tmp_path: Path) -> None:
    again = files(build.build_app(app, tmp_path / "dist", compress=False))
    first = files(built)
    assert set(again) == set(first)
    assert [name for name in first if first[name] != again[name]] == []


def test_everything_the_manifest_names_is_there(built: Path, manifest: dict[str, Any]) -> None:
    pyodide = manifest["pyodide"]
    urls = [manifest["worker"], manifest["engineRoom"], pyodide["lockFileURL"]]
    urls += [f"{pyodide['indexURL']}{name}" for name in ("pyodide.mjs", "pyodide.asm.wasm")]
    start = manifest["start"]
    urls += [start["standard"], *start["archives"], *(each["url"] for each in start["libraries"])]
    urls += [each["archive"] for each in start["onUse"]]
    urls += [
        manifest[part][kind] for part in ("opencv", "onnxruntime", "jpeg") for kind in ("module", "wasm")
    ]
    urls += manifest["onnxruntime"]["accelerated"].values()
    for url in urls:
        assert manifest["sizes"].get(url) == (built / url).stat().st_size, url
    for name in ("pyinfer.js", "pyinfer.classic.js", "pyinfer.d.ts", "index.html"):
        assert (built / name).is_file(), name
    versions = [manifest[part]["version"] for part in ("pyodide", "opencv", "onnxruntime")]
    assert versions == ["314.0.7", "5.0.0", "1.30.0"]


def test_the_lock_file_holds_all_that_is_loaded_with_right_hashes(
    built: Path, manifest: dict[str, Any]
) -> None:
    lock = json.loads((built / manifest["pyodide"]["lockFileURL"]).read_text())
    packages = lock["packages"]
    for entry in packages.values():
        wheel = built / manifest["pyodide"]["packageBaseUrl"] / entry["file_name"]
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() == entry["sha256"], entry["name"]
        assert set(entry["depends"]) <= set(packages), entry["name"]
    assert set(manifest["packages"]) <= set(packages)
    assert {"numpy", "pillow", "pyinfer-web", "onnxruntime-gpu", "opencv-python"} <= set(manifest["packages"])
    assert packages["opencv-python"]["version"].startswith("5."), "Pyodide's own opencv-python got in"
    assert {"cv2", "onnxruntime", "pyinfer"} <= set(packages["pyinfer-web"]["imports"])
    assert packages["ct-heart"]["depends"] == ["numpy", "onnxruntime", "opencv-python-headless", "pillow"]


def test_the_app_is_described(app: Path, built: Path, manifest: dict[str, Any]) -> None:
    described = AppManifest.from_json(manifest["app"])
    assert (described.name, described.entry, described.packages) == (
        "ct-heart",
        "ct_heart:locate",
        ("ct-heart",),
    )
    model = described.model("heart")
    content = (app / "heart.onnx").read_bytes()
    assert (built / model.url).read_bytes() == content
    assert (model.sha256, model.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_model_may_come_in_pieces(app: Path, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    for name in ("ct_heart", "heart.onnx"):
        (tmp_path / "app" / name).symlink_to(app / name)
    (tmp_path / "app" / "pyproject.toml").write_text(f"{PROJECT}shard_size = 300\n")
    built = build.build_app(tmp_path / "app", tmp_path / "dist", compress=False)
    model = AppManifest.from_json(json.loads((built / "pyinfer.json").read_text())["app"]).model("heart")
    pieces = [(built / shard.url).read_bytes() for shard in model.shards]
    assert [len(piece) for piece in pieces] == [300, 300, 100]
    assert b"".join(pieces) == (app / "heart.onnx").read_bytes()
    for piece, shard in zip(pieces, model.shards, strict=True):
        assert shard.sha256 == hashlib.sha256(piece).hexdigest()
    assert not (built / model.url).exists()


def test_the_integrity_list_has_every_file(built: Path) -> None:
    listed = json.loads((built / "integrity.json").read_text())
    assert set(listed) == set(files(built)) - {"integrity.json"}
    for name, integrity in listed.items():
        digest = hashlib.sha384((built / name).read_bytes()).digest()
        assert integrity == f"sha384-{base64.b64encode(digest).decode()}", name


def test_the_service_worker_keeps_what_a_start_needs(built: Path, manifest: dict[str, Any]) -> None:
    head = (built / manifest["serviceWorker"]).read_bytes().partition(b"\n")[0]
    offline = json.loads(head.removeprefix(b"self.pyinferOffline=").removesuffix(b";"))
    stored = {entry["url"]: entry for entry in offline["stored"]}
    for url, entry in stored.items():
        digest = hashlib.sha256((built / url).read_bytes()).digest()
        assert entry["integrity"] == f"sha256-{base64.b64encode(digest).decode()}"
        assert (entry["revision"] is None) == (url in manifest["sizes"]), url
    assert {"index.html", "pyinfer.js", "pyinfer.json", manifest["worker"]} <= set(stored)
    models = {model["url"] for model in manifest["app"]["models"]}
    assert set(manifest["sizes"]) - set(stored) == models | set(offline["storedOnUse"])
    # What is imported must be there without a network, too; what is installed from may be asked for then.
    assert {each["archive"] for each in manifest["start"]["onUse"]} <= set(stored)
    assert [url for url in stored if url.endswith(".whl")] == []
    assert offline["build"] == manifest["build"]


def test_what_cannot_be_installed_in_the_browser_is_said_at_build_time(app: Path, tmp_path: Path) -> None:
    copy = tmp_path / "app"
    (copy / "ct_heart").mkdir(parents=True)
    for name, content in files(app).items():
        (copy / name).write_bytes(content.replace(b'"pillow"', b'"torch"'))
    with pytest.raises(RequirementError, match="no pure-Python wheel of torch for"):
        build.build_app(copy, tmp_path / "dist", compress=False)
    assert list(tmp_path.iterdir()) == [copy]


def test_types_come_with_the_runtime(built: Path, tmp_path: Path) -> None:
    compiler = node_modules() / "typescript" / "bin" / "tsc"
    options = [
        "--ignoreConfig",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    ]
    right = 'const p = await loadPyinfer({ thread: "worker" }); const out: unknown = await p.call("a:b", 1);'
    wrong = 'await loadPyinfer({ thread: "moon" });'
    for name, code in (("right", right), ("wrong", wrong)):
        script = f"import {{ loadPyinfer }} from '{built.as_posix()}/pyinfer.js';\n{code}\nexport {{}};\n"
        (tmp_path / f"{name}.ts").write_text(script)
        command = [node(), str(compiler), *options, "--target", "es2022", str(tmp_path / f"{name}.ts")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (name == "right"), done.stdout


def test_no_machine_path_gets_into_a_bundle(app: Path, built: Path) -> None:
    needles = [str(Path(build.__file__).parents[2]).encode(), str(app).encode(), str(built).encode()]
    for name, content in files(built).items():
        if name.endswith((".js", ".json", ".html", ".ts", ".mjs")):
            assert not [needle for needle in needles if needle in content], name


def test_a_runtime_alone_has_no_app_and_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--no-compress", "--json", "-o", str(tmp_path / "dist")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["folder"], told["app"], told["models"]) == (str(tmp_path / "dist"), None, [])
    assert told["bytes"] > told["first_visit_bytes"] > 10_000_000
    assert json.loads((tmp_path / "dist" / "pyinfer.json").read_text())["app"] is None
    assert not (tmp_path / "dist" / "index.html").exists()


def test_without_the_parts_one_line_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PYINFER_OPENCV", raising=False)  # or our own opencv.js would be missed first
    assert main(["build", "-o", str(tmp_path / "dist")]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "run `pyinfer setup`" in error
    assert list(tmp_path.iterdir()) == [tmp_path / "cache"]


def test_the_cached_runtime_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = build.runtime_bundle()
    before = (folder / "pyinfer.json").stat().st_mtime_ns
    assert build.runtime_bundle() == folder
    assert (folder / "pyinfer.json").stat().st_mtime_ns == before
    sources = build.source_files()
    monkeypatch.setattr(build, "source_files", lambda: sources[1:])
    monkeypatch.setattr(build, "build_runtime", lambda target, compress: target.mkdir(exist_ok=True))
    other = build.runtime_bundle()
    assert other != folder, "a change of the sources must give another bundle"
    other.rmdir()
