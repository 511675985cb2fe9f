"""From an app's folder to its answer in a browser: `pyinfer build`, nginx, Chromium."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pyinfer.host.build import build_app
from tests.server.chromium import evaluate
from tests.server.servers import nginx

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "ct-heart"
version = "1.0"
dependencies = ["numpy", "opencv-python-headless>=4.8"]
[tool.pyinfer]
entry = "ct_heart:locate"
assets = ["étiquettes 1#.txt", "templates"]
"""
PYTHON = """
import sys
from importlib.metadata import version
import cv2, numpy as np

def locate(factor=1):
    print("printed on the way")
    picture = np.full((40, 60, 3), 7, np.uint8)
    with open("étiquettes 1#.txt") as labels:
        label = labels.read()
    assert cv2.imread("templates/deep/a.png").shape == (4, 6, 3)
    total = cv2.resize(picture, (30, 20)).sum().item() * factor
    return [sys.platform, version("opencv-python-headless"), total, label]
"""
ANSWER = """() => new Promise((resolve) => {
  const status = document.getElementById("status");
  const check = () => {
    if (["Done", "Stopped"].includes(status.textContent)) {
      resolve(["status", "output", "error"].map((id) => document.getElementById(id).textContent));
    }
  };
  new MutationObserver(check).observe(status, { childList: true });
  check();
})"""


IMPORTED = """async () => {
  const { loadApp, locate } = await import("/app.js");
  const first = await locate(2);
  const runtime = await loadApp();
  await runtime.close();
  const again = await locate(3);
  const other = await loadApp();
  await other.close();
  return [first[2], again[2], runtime === other];
}"""


def test_an_app_with_no_page_of_its_own_answers_in_the_browser(tmp_path: Path) -> None:
    app = tmp_path / "an app, été"
    (app / "ct_heart").mkdir(parents=True)
    (app / "étiquettes 1#.txt").write_text("cœur", "utf-8")
    (app / "templates" / "deep").mkdir(parents=True)
    cv2.imwrite(str(app / "templates" / "deep" / "a.png"), np.zeros((4, 6, 3), np.uint8))
    (app / "ct_heart" / "__init__.py").write_text(PYTHON)
    (app / "pyproject.toml").write_text(PROJECT)
    built = build_app(app, tmp_path / "dist ü", compress=False)
    (tmp_path / "nginx").mkdir()
    with nginx(built, tmp_path / "nginx") as url:
        status, output, error = evaluate(f"{url}/", ANSWER)
        totals = evaluate(f"{url}/", IMPORTED)
    assert (status, error) == ("Done", "")
    assert output.startswith("printed on the way\n")
    assert '"emscripten"' in output
    assert '"5.0.0.93"' in output
    assert str(20 * 30 * 3 * 7) in output
    assert "cœur" in output
    assert totals == [2 * 20 * 30 * 3 * 7, 3 * 20 * 30 * 3 * 7, False]
