"""`pyinfer model shard`: pieces that join to the same bytes, and a table that an app takes."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from pathlib import Path

import pytest

from pyinfer.errors import ManifestError, ModelError
from pyinfer.host import cli
from pyinfer.host.app import read_app
from pyinfer.host.model.shard import ByteCount, shard
from pyinfer.manifest import ModelFile
from tests.unit.small_models import classifier

DATA = Path(__file__).parents[1] / "data"


def joined(file: ModelFile, folder: Path) -> bytes:
    """What the model store makes of the pieces, each checked."""
    content = b""
    for piece in file.shards or (file,):
        part = (folder / piece.url.rpartition("/")[2]).read_bytes()
        assert (len(part), hashlib.sha256(part).hexdigest()) == (piece.size, piece.sha256)
        content += part
    assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    return content


def test_an_app_takes_the_table_and_the_pieces_join_to_the_model(tmp_path: Path, capsys) -> None:
    model = DATA / "network_64.onnx"
    folder = tmp_path / "models"
    assert cli.main(["model", "shard", str(model), "-o", str(folder), "--size", "10kB", "-q"]) == 0
    table = capsys.readouterr().out
    assert (folder / "network_64.toml").read_text("utf-8") == table
    (tmp_path / "pyproject.toml").write_text(f"[tool.pyinfer]\n{table}", "utf-8")
    (spec,) = read_app(tmp_path).remote_models
    assert spec.name == "network_64" and spec.url == "models/network_64.onnx"
    assert len(spec.shards) == -(-model.stat().st_size // 10_000) > 1
    assert spec.shards[0].url.startswith("models/network_64.onnx-1of")
    assert joined(spec, folder) == model.read_bytes()


def test_weights_beside_the_model_are_split_too(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    spec = shard(DATA / "weights_beside.onnx", folder, 6, url="https://models.example/x", name="add")
    (weights,) = spec.external_data
    assert weights.path == "weights.bin"
    assert all(piece.url.startswith("https://models.example/x/") for piece in weights.shards)
    assert joined(weights, folder) == (DATA / "weights.bin").read_bytes()
    assert joined(spec, folder) == (DATA / "weights_beside.onnx").read_bytes()
    table = tomllib.loads((folder / "add.toml").read_text("utf-8"))
    assert table["tool"]["pyinfer"]["models"] == [spec.to_json()]


def test_a_small_model_stays_one_file(tmp_path: Path) -> None:
    model = classifier(tmp_path / "net.onnx")
    spec = shard(model, tmp_path / "models", 1 << 20)
    assert spec.shards == ()
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["net.onnx", "net.toml"]
    assert joined(spec, tmp_path / "models") == model.read_bytes()


def test_what_is_no_model_leaves_nothing_behind(tmp_path: Path) -> None:
    for name in ("weights_beside.onnx",):
        shutil.copy(DATA / name, tmp_path)  # without its weights
    (tmp_path / "text.onnx").write_text("no model")
    folder = tmp_path / "models"
    for name, words in (("none", "no such file"), ("text", "no ONNX"), ("weights_beside", "is not there")):
        with pytest.raises(ModelError, match=words):
            shard(tmp_path / f"{name}.onnx", folder, 100)
    with pytest.raises(ManifestError, match="plain file name"):
        shard(DATA / "network_64.onnx", folder, 100, name="../x")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "count"),
    [("16MiB", 16 << 20), ("10MB", 10_000_000), ("1.5k", 1500), ("65536", 65536), ("64 KiB", 65536)],
)
def test_sizes_are_written_as_people_do(text: str, count: int) -> None:
    assert ByteCount().convert(text, None, None) == count


@pytest.mark.parametrize("text", ["0", "-1", "many", "16MiBs", ""])
def test_what_is_no_size_is_refused(text: str, tmp_path: Path, capsys) -> None:
    assert (
        cli.main(["model", "shard", str(DATA / "network_64.onnx"), "-o", str(tmp_path), "--size", text]) == 2
    )
    assert "is not a size above 0" in capsys.readouterr().err
