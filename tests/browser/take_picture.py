"""Take the README's picture of the demo site: ``python -m tests.browser.take_picture``.

Builds the site, draws a digit and writes ``site/picture.png``.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from pyinfer.host.build import build_site
from pyinfer.host.places import chromium
from pyinfer.host.serve import serving
from tests.browser.conftest import CHROMIUM_FLAGS

TARGET = Path(__file__).resolve().parents[2] / "site" / "picture.png"
VIEW = {"width": 1280, "height": 1060}
COLOURS = 128  # the page has few; a palette keeps the file small


def main() -> None:
    """Take the picture."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = build_site(Path(temporary) / "dist", compress=False)
        with serving(folder) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS)
            page = browser.new_page(viewport=VIEW, color_scheme="light")
            page.goto(f"{url}/digits.html")
            expect(page.locator("#status")).to_have_attribute("data-state", "ready", timeout=90_000)
            page.get_by_role("button", name="Draw a 2").click()
            expect(page.locator("#digits-words")).to_contain_text("Python took")
            page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
            encoded = page.screenshot()
            browser.close()
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    Image.fromarray(picture).quantize(COLOURS).save(TARGET, optimize=True)
    print(f"{TARGET.name}: {VIEW['width']} x {VIEW['height']}, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
