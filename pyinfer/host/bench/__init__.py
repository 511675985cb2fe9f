"""`pyinfer bench [APP]`: how fast pyinfer is on this machine, beside hand-written JavaScript; or an app.

Speeds are ratios, taken side by side in one page of a real Chromium. Prints; asserts nothing. The ratios
that the project has set itself stand beside the measured ones.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, BrowserType, sync_playwright

from pyinfer.errors import SetupError
from pyinfer.host.build import runtime_bundle
from pyinfer.host.opencv.choice import opencv_option
from pyinfer.host.places import chromium
from pyinfer.host.progress import note
from pyinfer.host.run_browser import CHROMIUM_FLAGS
from pyinfer.host.run_files import absolute

from .app import measure_app
from .measurement import Machine, Measurement
from .page import render_page
from .pages import bench_server
from .report import render_json, render_text

__all__ = ["command"]

_EXAMPLES = """\
\b
Examples:
  pyinfer bench                          all of it: some ten minutes
  pyinfer bench --only resize --only start
  pyinfer bench --html bench.html my-app
  pyinfer bench --arguments '["heart", 3]' my-app

\b
The parts of the whole: resize, small-call, pipelines, opencv-engines, image-files, inference,
preprocessing, heart, heart-series, start, memory.
"""


def _arguments(context: click.Context, parameter: click.Parameter, text: str) -> list[Any]:
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no JSON: {error}") from None
    if not isinstance(arguments, list):
        raise click.BadParameter(f"{text!r} is no JSON array")
    return arguments


@click.command(epilog=_EXAMPLES)
@click.option("--only", "names", metavar="PART", multiple=True, help="Measure this part, not all of them.")
@click.option(
    "--arguments",
    metavar="JSON",
    default="[]",
    callback=_arguments,
    help="What APP's entry function is called with: an array.",
)
@click.option(
    "--calls",
    metavar="N",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="How often it is called after the first call.",
)
@opencv_option
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False), help="Write a page with plots.")
@click.argument("app", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(
    *,
    names: tuple[str, ...],
    arguments: list[Any],
    calls: int,
    as_json: bool,
    html: str | None,
    app: Path | None,
) -> int:
    """APP is a folder with a pyproject.toml, as `pyinfer build` takes it: its first and its second start and
    the calls of its entry function are measured. Without it, pyinfer itself is: the shims, beside
    hand-written JavaScript on the same engines and beside the recipe that tutorials give.
    """
    if app is not None and names:
        raise click.UsageError("--only is for pyinfer's own benches: leave out APP, or --only")
    with sync_playwright() as playwright, _browser(playwright.chromium) as browser:
        facts = _facts(browser)
        if not as_json:
            click.echo(" · ".join(facts.values()))
        measuring = (
            measure_app(browser, app, arguments, calls)
            if app
            else _measure(playwright.chromium, browser, names)
        )
        found = []
        for measurement in measuring:
            found.append(measurement)
            if not as_json:
                click.echo(f"\n{render_text(measurement)}")
    if as_json:
        print(render_json(facts, found))
    if html:
        about = f"How fast {app.absolute().name} is" if app else "How fast pyinfer is"
        Path(html).write_text(render_page(facts, found, about), "utf-8")
        note(f"the page is {absolute(html)}")
    return 0


def _measure(chromium_type: BrowserType, browser: Browser, names: tuple[str, ...]) -> Iterator[Measurement]:
    try:
        from .benches import BENCHES
        from .models import detector_640, folded_640, segmenter_64
    except ModuleNotFoundError as error:
        if error.name not in ("onnx", "cv2"):
            raise
        raise SetupError(
            f"the benches need {error.name}: `pip install 'pyinfer-web[bench]'` brings it"
        ) from None
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        known = ", ".join(BENCHES)
        raise click.BadParameter(f"there is no part {unknown[0]!r}; there are {known}", param_hint="'--only'")
    made = {
        "segmenter_64.onnx": segmenter_64(),
        "detector_640.onnx": detector_640(),
        "folded_640.onnx": folded_640(),
    }
    with bench_server(runtime_bundle(), made) as url:
        machine = Machine(browser, chromium_type, url)
        for name in names or BENCHES:
            note(f"measuring {BENCHES[name].words}")
            yield from BENCHES[name].measure(machine)


@contextmanager
def _browser(chromium_type: BrowserType) -> Iterator[Browser]:
    browser = chromium_type.launch(executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def _facts(browser: Browser) -> dict[str, str]:
    return {
        "browser": f"Chromium {browser.version}",
        "processors": f"{os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
    }
