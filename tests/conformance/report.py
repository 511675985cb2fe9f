"""`python -m tests.conformance.report`, or `make conformance`: writes REPORT.md anew."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from pyinfer.host.places import chromium
from tests.browser.conftest import CHROMIUM_FLAGS

from .run_all import Outcome, run_all

__all__ = ["REPORT", "report_of"]

REPORT = Path(__file__).with_name("REPORT.md")

_LONGEST = 240

#: Where in ONNX Runtime's sources something failed: file, line and the function's signature.
_PLACES = re.compile(
    r"(?:/[\w.]+)+/onnxruntime/core/\S+ .*?\)(?:::<lambda\(\)>)?(?: const)?(?: \[[^\]]*\])? "
)

#: Why some fail on one side only, by words of what they say.
_REASONS = {
    "[ShapeInferenceError]": "native catches this, logs it and goes on; the engine's build for WebAssembly "
    "catches nothing before the call ends",
    "Failed to construct locale": "this desktop has no English locale; the engine's C++ library has none "
    "but C's, and takes any name",
}

_SIZES = re.compile(r"=\d+")


def report_of(outcomes: dict[str, Outcome]) -> str:
    """The report on what became of the cases, in Markdown."""
    native = {name for name, outcome in outcomes.items() if not outcome.native}
    javascript = {name for name, outcome in outcomes.items() if not outcome.javascript}
    browser = {name for name, outcome in outcomes.items() if not outcome.browser}
    floor = native & javascript
    share = 100 * len(floor & browser) / len(floor)
    differing = {name: outcomes[name].browser for name in sorted(native - browser)}
    return "\n".join(
        [
            "# ONNX's node tests",
            "",
            f"The cases that the package onnx {version('onnx')} defines, run through `onnxruntime` "
            f"{version('onnxruntime')} on a desktop, through pyinfer's `onnxruntime` in Chromium (the same "
            "script, unedited), and through the public JavaScript of onnxruntime-web, which is asked only to "
            "create the session and to run it. A case passes in Python if its outputs have the expected "
            "dtypes, shapes and values. `make conformance` writes this page anew, and `make test` holds it "
            "to be true.",
            "",
            "| | cases |",
            "|---|---:|",
            f"| all | {len(outcomes)} |",
            f"| pass natively | {len(native)} |",
            f"| pass in the browser | {len(browser)} |",
            f"| carried out by onnxruntime-web's JavaScript | {len(javascript)} |",
            f"| pass natively and are carried out by the JavaScript | {len(floor)} |",
            f"| of these pass in the browser | {len(floor & browser)} ({share:.1f} %) |",
            f"| pass natively and in the browser, but the JavaScript refuses | "
            f"{len((native & browser) - javascript)} |",
            f"| pass natively, but not in the browser | {len(differing)} |",
            f"| pass in the browser, but not natively | {len(browser - native)} |",
            "",
            "## Pass natively, but not in the browser",
            "",
            *_groups(differing),
            "## Pass in the browser, but not natively",
            "",
            *_groups({name: outcomes[name].native for name in sorted(browser - native)}),
            "## Pass in neither",
            "",
            "With what the browser says.",
            "",
            *_groups(
                {
                    name: outcome.browser
                    for name, outcome in sorted(outcomes.items())
                    if outcome.native and outcome.browser
                }
            ),
        ]
    )


def _groups(reasons: dict[str, str]) -> Iterable[str]:
    """A list of the cases by what was said of them."""
    groups = defaultdict(list)
    for name, reason in reasons.items():
        said = _SIZES.sub("=n", _PLACES.sub("", reason))
        groups[said[:_LONGEST]].append(f"`{name.removeprefix('test_')}`")
    for reason, names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        why = next((f" ({why})" for said, why in _REASONS.items() if said in reason), "")
        yield f"- {len(names)}: ``{reason}``{why}: {', '.join(names)}"
    yield ""


if __name__ == "__main__":
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS)
        REPORT.write_text(report_of(run_all(Path(folder), browser)))
        browser.close()
    print(f"written: {REPORT}")
