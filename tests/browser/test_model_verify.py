"""`pyinfer model verify` with the real engine in a page."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.run_command import run
from tests.unit.small_models import LABELS, classifier, folded, pictures

VERIFY = [sys.executable, "-m", "pyinfer.host.cli", "model", "verify"]


def test_a_folded_model_is_the_same_in_the_browser(tmp_path: Path, browser: Browser) -> None:
    original = classifier(tmp_path / "net.onnx")
    result = folded(original, tmp_path / "small.onnx", labels=LABELS)
    inputs = pictures(tmp_path / "inputs", 5)
    arguments = [original.name, result.name, "--inputs", inputs.name, "--html", "report.html", "--json"]
    ended = run(VERIFY, arguments, tmp_path)
    assert ended.status == 0, ended.errors
    content = json.loads(ended.output)
    (output,) = content["outputs"]
    assert [pair["sides"] for pair in output["pairs"]] == [
        ["original", "result natively"],
        ["result natively", "result in the browser"],
    ]
    assert all(pair["relative"] < 1e-5 and pair["agreement"] == 1 for pair in output["pairs"])
    assert content["samples"] == 15 and set(content["accuracy"].values()) == {1}
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        assert page.get_by_role("heading", name="The same as its original").is_visible()
        assert page.get_by_role("cell", name="result natively / result in the browser").is_visible()


def test_a_sample_that_cannot_be_read_ends_the_browser_too(tmp_path: Path) -> None:
    model = classifier(tmp_path / "net.onnx")
    inputs = pictures(tmp_path / "inputs", 1)
    (inputs / "zero.png").write_bytes(b"no picture")
    ended = run(VERIFY, [model.name, model.name, "--inputs", inputs.name, "-q"], tmp_path)
    assert ended.status == 3 and ended.output == b""
    assert "zero.png can't be read" in ended.errors and ended.errors.count("\n") == 1
