"""The speed page, used as a visitor uses it: every engine that headless Chromium has, really timed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.serve import serving
from tests.browser.axe import complaints
from tests.browser.conftest import Engines
from tests.browser.site_pictures import SITE
from tests.browser.visitor import Visitor

from pyinfer_demo import speed  # isort: skip

MEASUREMENT = 240_000  # milliseconds that one may take on a busy machine
BATCHES = [2, 4, 8]
COLUMNS = [
    *("series", "engine", "provider", "threads", "stage", "batch"),
    *("median_ms", "min_ms", "max_ms", "median_ms_per_frame", "samples"),
]
EVERYWHERE = [
    "python-1",
    "by-hand-1",
    "tensorflow-wasm",
    "tensorflow-webgl",
    "litert-wasm",
]
#: A number with its unit, as the table has them.
TIME = r"[\d.]+ ms"
NONE = "\N{EN DASH}"

COUNT_WORKERS = """
globalThis.liveWorkers = 0;
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    liveWorkers += 1;
  }
  terminate() {
    super.terminate();
    liveWorkers -= 1;
  }
};
"""
#: Python's workers end a moment after they were told to.
ONE_WORKER_LEFT = """
() => new Promise((resolve) => {
  const look = () => liveWorkers === 1 ? resolve() : requestAnimationFrame(look);
  look();
})
"""

MEASURE_SOME = """
async () => {
  const find = (id) => document.getElementById(id);
  const until = (test) => new Promise((resolve) => {
    const look = () => {
      if (test()) {
        observer.disconnect();
        resolve();
      }
    };
    const observer = new MutationObserver(look);
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    observer.observe(document.body, all);
    look();
  });
  await until(() => find("status").dataset.state === "ready");
  await until(() => !find("speed-series").textContent.includes("Looking"));
  for (const row of document.querySelectorAll("#speed-series li")) {
    const box = row.querySelector("input");
    const isWanted = ["python-1", "by-hand-1", "tensorflow-wasm"].includes(row.dataset.series);
    if (box.checked && !isWanted) box.click();
  }
  find("speed-largest").value = "4";
  find("speed-largest").dispatchEvent(new Event("change"));
  find("speed-run").click();
  await until(() => !find("speed-run").disabled);
  return [find("speed-words").textContent, document.querySelectorAll("#speed-chart g > .mark").length];
}
"""


class Timekeeper(Visitor):
    """A visitor of the speed page."""

    def go(self, url: str) -> None:
        self.page.add_init_script(COUNT_WORKERS)
        self.open(url, "speed")
        # Asked for in the background.
        expect(self.series("python-webgpu").locator(".words")).not_to_contain_text("Looking")
        expect(self.series("python-webnn").locator(".words")).not_to_contain_text("Looking")

    def series(self, name: str) -> Any:
        return self.page.locator(f"#speed-series [data-series='{name}']")

    def names(self, state: str) -> list[str]:
        """The series in a state."""
        found = self.page.locator(f"#speed-series [data-state='{state}']")
        return [str(name) for name in found.evaluate_all("all => all.map((one) => one.dataset.series)")]

    def choose_only(self, *names: str) -> None:
        for box in self.page.locator("#speed-series input:enabled").all():
            box.uncheck()
        for name in names:
            self.series(name).locator("input").check()

    def measure(self, largest: int = BATCHES[-1]) -> None:
        """Measure, and wait for the end."""
        self.begin(largest)
        self.expect_words("speed-words", "Measured", MEASUREMENT)

    def begin(self, largest: int, repeats: int = 3) -> None:
        self.page.locator("#speed-largest").select_option(str(largest))
        self.page.locator("#speed-rounds").select_option(str(repeats))
        self.page.locator("#speed-run").press("Enter")

    def switch(self, words: str) -> None:
        self.page.get_by_text(words, exact=True).click()

    def table(self) -> dict[str, list[str]]:
        """The table's columns by their headings."""
        rows = self.page.locator("#speed-table tr").evaluate_all(
            "all => all.map((row) => [...row.cells].map((cell) => cell.innerText))"
        )
        return {heading: list(cells) for heading, *cells in zip(*rows, strict=True)}

    def wait_until_engines_ended(self) -> None:
        """The page's own Python stays."""
        self.page.evaluate(ONE_WORKER_LEFT)

    def copied(self, what: str) -> str:
        self.page.get_by_role("button", name=f"Copy as {what}").click()
        self.expect_words("speed-words", f"Copied as {what}.")
        return str(self.page.evaluate("navigator.clipboard.readText()"))


@pytest.fixture(scope="module")
def measured(browser: Browser, site_url: str) -> Iterator[Timekeeper]:
    """The page after a measurement of every series."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        visitor = Timekeeper(context.new_page())
        visitor.go(site_url)
        visitor.measure()
        yield visitor


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Timekeeper]:
    """A visitor with an empty profile and no page open."""
    with browser.new_context() as context:
        yield Timekeeper(context.new_page())


def test_every_engine_gives_the_same_answers_and_is_timed(measured: Timekeeper) -> None:
    timed = measured.names("equal")
    assert set(EVERYWHERE) <= set(timed) and measured.names("failed") == []
    assert measured.words("speed-words") == "Measured."
    columns = measured.table()
    assert columns.pop("Batch") == [str(batch) for batch in BATCHES]
    assert len(columns) == len(timed)
    for name, cells in columns.items():
        assert all(re.fullmatch(rf"{TIME}\s+{TIME} to {TIME}", cell) for cell in cells), (name, cells)
    assert measured.page.locator("#speed-chart g > .line").count() == len(timed)
    assert measured.page.locator("#speed-chart g > .mark").count() == len(timed) * len(BATCHES)


def test_two_threads_are_a_series_of_their_own_where_the_machine_has_them(measured: Timekeeper) -> None:
    cores = measured.page.evaluate("navigator.hardwareConcurrency")
    threads = [count for count in (1, 2, 4, 8) if count <= cores]
    for engine in ("python", "by-hand"):
        series = [name for name in measured.names("equal") if re.fullmatch(rf"{engine}-\d", name)]
        assert series == [f"{engine}-{count}" for count in threads]


def test_device_that_is_not_there_is_told_and_not_timed(measured: Timekeeper) -> None:
    missing = measured.names("missing")
    assert missing, "headless Chromium has a device: this test needs another browser"
    for name in missing:
        row = measured.series(name)
        expect(row.locator(".words")).to_contain_text(re.compile("This browser has no Web|No device for Web"))
        expect(row.locator("input")).to_be_disabled()


def test_times_from_pixels_are_those_of_whoever_reads_pixels(measured: Timekeeper) -> None:
    measured.switch("From pixels")
    columns = measured.table()
    assert columns["LiteRT.js, WebAssembly"] == columns["TensorFlow.js, WebGL"] == [NONE] * len(BATCHES)
    for name in ("Python, 1 thread", "JavaScript, 1 thread"):
        assert all(re.match(TIME, cell) for cell in columns[name])
    measured.switch("Network alone")


def test_times_per_frame_are_those_per_batch_divided(measured: Timekeeper) -> None:
    whole = measured.table()["Python, 1 thread"]
    measured.switch("Per frame")
    expect(measured.page.locator("#speed-axis")).to_have_text("Milliseconds a frame")
    parts = measured.table()["Python, 1 thread"]
    measured.switch("Per batch")
    for batch, one, part in zip(BATCHES, whole, parts, strict=True):
        assert float(part.split()[0]) == pytest.approx(float(one.split()[0]) / batch, rel=0.02, abs=2e-4)


def test_copied_csv_has_what_the_table_has(measured: Timekeeper) -> None:
    rows = [*csv.DictReader(io.StringIO(measured.copied("CSV")))]
    assert [*rows[0]] == COLUMNS
    columns = measured.table()
    for name, cells in columns.items():
        if name != "Batch":
            series = [row for row in rows if row["series"] == name and row["stage"] == "network"]
            assert [int(row["batch"]) for row in series] == BATCHES
            for row, cell in zip(series, cells, strict=True):
                median, low, high = (float(row[f"{what}_ms"]) for what in ("median", "min", "max"))
                assert low <= median <= high and row["samples"] == "3"
                assert median == pytest.approx(float(cell.split()[0]), rel=0.01, abs=1e-4)
    assert {row["series"] for row in rows if row["stage"] == "pixels"} == {
        name for name in columns if name.startswith(("Python", "JavaScript"))
    }


def test_copied_json_says_where_it_was_measured(measured: Timekeeper, tmp_path: Path) -> None:
    text = measured.copied("JSON")
    content = json.loads(text)
    assert content["isolated"] is True and content["browser"].startswith("Chrome ")
    assert content["cores"] == measured.page.evaluate("navigator.hardwareConcurrency")
    assert content["versions"]["onnxruntime"] == "1.30.0"
    assert {each["version"].split(" ")[0] for each in content["series"]} == {
        "Python",
        "onnxruntime-web",
        "TensorFlow.js",
        "LiteRT.js",
    }
    assert all(0 <= each["difference"] <= 1e-4 and each["times"] for each in content["series"])
    assert "LiteRT.js" in measured.words("speed-measured")
    with measured.page.expect_download() as download:
        measured.page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "speed.json")
    assert (tmp_path / "speed.json").read_text(encoding="utf-8") == text


def test_measuring_moves_nothing_and_leaves_no_worker_behind(measured: Timekeeper, site_url: str) -> None:
    assert measured.page.evaluate("layoutShift") < 0.01
    measured.wait_until_engines_ended()
    abroad = [r for r in measured.requests if not re.match(rf"GET ({re.escape(site_url)}|blob:|data:)", r)]
    assert abroad == [] and measured.errors == []


def test_measuring_never_keeps_the_page_busy(
    newcomer: Timekeeper, browser: Browser, site_url: str, tmp_path: Path
) -> None:
    newcomer.go(site_url)
    browser.start_tracing(page=newcomer.page, path=tmp_path / "trace.json", categories=["toplevel"])
    newcomer.measure()
    browser.stop_tracing()
    events = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    # By the processor's time: engines that are timed take all cores, and the page waits for one in mid-task.
    busy = [
        event.get("tdur", 0) / 1000
        for event in events
        if event["ph"] == "X" and (event["pid"], event["tid"]) in threads
    ]
    assert len(busy) > 100 and max(busy) < 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of_after_a_measurement(measured: Timekeeper, scheme: Any) -> None:
    measured.page.emulate_media(color_scheme=scheme)
    assert complaints(measured.page) == []
    measured.page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_measured_page_fits_every_width(measured: Timekeeper, width: int) -> None:
    measured.page.set_viewport_size({"width": width, "height": 800})
    expect(measured.page.locator("html")).to_have_js_property("scrollWidth", width)
    chart = measured.page.locator("#speed-chart svg")
    expect(chart).not_to_have_attribute("width", re.compile(r"^\d{4}"))
    assert chart.evaluate("chart => chart.clientWidth <= chart.parentElement.clientWidth")
    measured.page.set_viewport_size({"width": 1280, "height": 800})


def test_shown_source_is_what_ran(measured: Timekeeper) -> None:
    measured.page.get_by_text("The Python that runs").click()
    source = measured.page.locator("#speed-source")
    expect(source).to_contain_text("def measure")
    assert source.text_content() == (SITE / "pyinfer_demo" / "speed.py").read_text(encoding="utf-8")
    assert speed.source() == source.text_content()


def test_engine_that_fails_is_told_and_the_others_are_timed(newcomer: Timekeeper, site_url: str) -> None:
    newcomer.page.context.route("**/litert_wasm_internal.*.wasm", lambda route: route.abort())
    newcomer.page.context.route("**/tensorflow.wasm-worker.*.js", lambda route: route.fulfill(status=404))
    newcomer.go(site_url)
    newcomer.choose_only("python-1", "tensorflow-wasm", "litert-wasm")
    newcomer.measure(2)
    assert newcomer.words("speed-words") == "Measured; 2 of 3 could not be timed."
    assert newcomer.names("equal") == ["python-1"]
    for name in ("tensorflow-wasm", "litert-wasm"):
        expect(newcomer.series(name).locator(".words")).to_have_text(re.compile("Not timed: .+"))
    columns = newcomer.table()
    assert columns["LiteRT.js, WebAssembly"] == [NONE] and re.match(TIME, columns["Python, 1 thread"][0])


def test_engine_with_other_answers_is_not_timed(newcomer: Timekeeper, site_url: str) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        assert "INTER_AREA" in response.text()
        route.fulfill(response=response, body=response.text().replace("INTER_AREA", "INTER_NEAREST"))

    newcomer.page.context.route(re.compile(r"/by_hand\.\w+-worker\."), answer)
    newcomer.go(site_url)
    newcomer.choose_only("python-1", "by-hand-1")
    newcomer.measure(4)
    expect(newcomer.series("by-hand-1").locator(".words")).to_contain_text("its answers differ by")
    assert newcomer.table()["JavaScript, 1 thread"] == [NONE, NONE]


def test_stop_ends_all_engines_at_once_and_it_can_be_measured_again(
    newcomer: Timekeeper, site_url: str
) -> None:
    newcomer.go(site_url)
    newcomer.choose_only("python-1", "by-hand-1", "tensorflow-wasm")
    newcomer.begin(1024, 25)
    newcomer.expect_words("speed-words", "Timing batches of 8", MEASUREMENT)
    newcomer.page.get_by_role("button", name="Stop").click()
    newcomer.expect_words("speed-words", "Stopped.")
    expect(newcomer.page.locator("#speed-stop")).to_be_disabled()
    newcomer.wait_until_engines_ended()
    # What was measured before stays.
    assert re.match(TIME, newcomer.table()["Python, 1 thread"][0])
    newcomer.measure(2)
    assert len(newcomer.table()["Batch"]) == 1


def test_stop_while_engines_start(newcomer: Timekeeper, site_url: str) -> None:
    newcomer.go(site_url)
    newcomer.choose_only("python-1")
    newcomer.begin(2)
    newcomer.expect_words("speed-words", "Starting and checking", MEASUREMENT)
    newcomer.page.get_by_role("button", name="Stop").click()
    newcomer.expect_words("speed-words", "Stopped.")
    expect(newcomer.series("python-1").locator(".words")).to_have_text("cv2 and onnxruntime, CPU")
    newcomer.wait_until_engines_ended()
    assert newcomer.errors == []


def test_server_without_isolation_has_one_thread_and_says_why(newcomer: Timekeeper, site: Path) -> None:
    with serving(site, ResponseHeaders(isolated=False, has_security_policy=True)) as url:
        newcomer.go(url)
        cores = newcomer.page.evaluate("navigator.hardwareConcurrency")
        if cores > 1:
            expect(newcomer.series("python-2").locator(".words")).to_have_text(
                "This server sends no isolation headers"
            )
        newcomer.choose_only("python-1", "by-hand-1", "litert-wasm")
        newcomer.measure(2)
        assert newcomer.words("speed-words") == "Measured."


def test_nothing_chosen_is_nothing_to_measure(newcomer: Timekeeper, site_url: str) -> None:
    newcomer.go(site_url)
    newcomer.choose_only()
    expect(newcomer.page.locator("#speed-run")).to_be_disabled()
    newcomer.choose_only("litert-wasm")
    expect(newcomer.page.locator("#speed-run")).to_be_enabled()


@pytest.mark.parametrize("name", ["Firefox", "WebKitGTK"])
def test_other_browsers_measure_too(name: str, engines: Engines, site: Path, tmp_path: Path) -> None:
    # What drives these browsers speaks through the page, which the page's own policy forbids.
    folder = shutil.copytree(site, tmp_path / "site", copy_function=os.link)
    page = folder / "speed.html"
    text = page.read_text(encoding="utf-8")
    page.unlink()
    page.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), encoding="utf-8")
    with serving(folder, ResponseHeaders()) as url:
        engine = engines.get(name)
        engine.open(f"{url}/speed.html")
        assert engine.evaluate(MEASURE_SOME, seconds=MEASUREMENT / 1000) == ["Measured.", 6]
