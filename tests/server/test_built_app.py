"""From an app's folder to its answer in a browser: `pyinfer build`, nginx, Chromium."""

from __future__ import annotations

from pathlib import Path

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
"""
PYTHON = """
import sys
from importlib.metadata import version
import cv2, numpy as np

def locate():
    print("printed on the way")
    picture = np.full((40, 60, 3), 7, np.uint8)
    return [sys.platform, version("opencv-python-headless"), cv2.resize(picture, (30, 20)).sum().item()]
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


def test_an_app_with_no_page_of_its_own_answers_in_the_browser(tmp_path: Path) -> None:
    app = tmp_path / "app"
    (app / "ct_heart").mkdir(parents=True)
    (app / "ct_heart" / "__init__.py").write_text(PYTHON)
    (app / "pyproject.toml").write_text(PROJECT)
    built = build_app(app, tmp_path / "dist", compress=False)
    (tmp_path / "nginx").mkdir()
    with nginx(built, tmp_path / "nginx") as url:
        status, output, error = evaluate(f"{url}/", ANSWER)
    assert (status, error) == ("Done", "")
    assert output.startswith("printed on the way\n")
    assert '"emscripten"' in output
    assert '"5.0.0.93"' in output
    assert str(20 * 30 * 3 * 7) in output
