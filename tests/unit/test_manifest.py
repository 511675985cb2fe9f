"""A manifest says what it must, or says what is wrong with it."""

from __future__ import annotations

import json

import pytest

from pyinfer.errors import ManifestError
from pyinfer.manifest import AppManifest, ModelFile, ModelPiece, ModelSpec

SHA256 = "0123456789abcdef" * 4
MODEL = {"name": "heart.onnx", "url": "app/heart.onnx", "sha256": SHA256, "size": 10}
WEIGHTS = {"path": "w", "url": "w", "sha256": SHA256, "size": 1}
SHARDS = [{"url": "a", "sha256": SHA256, "size": 4}, {"url": "b", "sha256": SHA256, "size": 6}]


def test_an_app_survives_json() -> None:
    app = AppManifest(
        name="ct-heart",
        entry="ct_heart.main:locate",
        packages=("scipy",),
        wheels=("app/x.whl",),
        models=(
            ModelSpec(name="heart", url="app/heart.onnx", sha256=SHA256, size=10, mirrors=("b/heart.onnx",)),
            ModelSpec(
                name="big",
                url="big",
                sha256=SHA256,
                size=10,
                shards=(
                    ModelPiece(url="a", sha256=SHA256, size=4, mirrors=("c",)),
                    ModelPiece(url="b", sha256=SHA256, size=6),
                ),
                external_data=(ModelFile(path="data/w", url="w", sha256=SHA256, size=1),),
            ),
        ),
    )
    assert AppManifest.from_json(json.loads(json.dumps(app.to_json()))) == app


def test_a_page_may_give_an_app_in_part() -> None:
    assert AppManifest.from_json({}) == AppManifest()


def test_a_model_is_found_by_its_name() -> None:
    app = AppManifest.from_json({"models": [MODEL]})
    assert app.model("heart.onnx").size == 10
    with pytest.raises(ManifestError, match=r"no model lung; it has: heart\.onnx"):
        app.model("lung")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../etc/passwd"}, "plain file name"),
        ({"url": ""}, "url must be an address"),
        ({"sha256": SHA256.upper()}, "64 lower-case hexadecimal"),
        ({"sha256": None}, "64 lower-case hexadecimal"),
        ({"size": -1}, "number of bytes"),
        ({"size": True}, "number of bytes"),
        ({"size": "10"}, "number of bytes"),
        ({"shard": []}, "no 'shard'; known are"),
        ({"shards": {}}, "shards must be a list"),
        ({"shards": SHARDS[:1]}, "have 4 bytes, not 10"),
        ({"shards": [{"url": "a", "size": 10}]}, "must have sha256"),
        ({"mirrors": [""]}, "mirrors must be a list of addresses"),
        ({"path": "x"}, "no 'path'; known are"),
        ({"external_data": [{**WEIGHTS, "path": "../w"}]}, "below the model's folder"),
        ({"external_data": [WEIGHTS, WEIGHTS]}, "one path"),
    ],
)
def test_a_wrong_model_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        ModelSpec.from_json({**MODEL, **change})


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ([], "must be a table"),
        ({"entyr": "x"}, "no 'entyr'; known are assets, entry, models"),
        ({"entry": "heart main"}, '"module" or "module:function"'),
        ({"entry": "heart:main:x"}, '"module" or "module:function"'),
        ({"name": ""}, "name"),
        ({"packages": "scipy"}, "packages must be a list"),
        ({"packages": [1]}, "packages must be a list of strings"),
        ({"models": [MODEL, MODEL]}, r"two models are named heart\.onnx"),
    ],
)
def test_a_wrong_app_is_refused(app: object, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        AppManifest.from_json(app)
