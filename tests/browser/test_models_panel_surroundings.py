"""The storage panel and what surrounds it: the browser, the end of Python, how pages look, other browsers."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import HANDLES, LOAD, Engines
from tests.browser.model_server import ModelServer, Served
from tests.browser.panel import Panel
from tests.browser.test_model_store import BYTES, SHA256


def test_the_browser_is_asked_to_keep_what_is_stored(panel: Panel) -> None:
    session = panel.page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]
    panel.button("Ask it not to").click()
    expect(panel.element).to_contain_text("The browser said no.")
    (target,) = [
        info
        for info in session.send("Target.getTargets")["targetInfos"]
        if info["type"] == "page" and info["url"] == panel.page.url
    ]
    permission = {
        "permission": {"name": "persistent-storage"},
        "setting": "granted",
        "origin": panel.url,
        "browserContextId": target["browserContextId"],
    }
    session.send("Browser.setPermission", permission)
    panel.button("Ask again").focus()
    panel.page.keyboard.press("Enter")
    expect(panel.element).to_contain_text("The browser has promised to keep this.")
    expect(panel.button("Ask again")).to_be_hidden()
    assert panel.ask("usage")["persisted"]
    assert panel.focused() == "No models are stored"


def test_the_room_is_what_the_browser_says(panel: Panel) -> None:
    panel.store("net.onnx")
    expect(panel.element).to_contain_text(
        re.compile(r"This site uses \d\.\d MB of 10\.7 GB · \d+ kB is other data")
    )
    usage = panel.ask("usage")
    meter = panel.element.get_by_role("meter", name="Storage used")
    assert meter.evaluate("(meter) => [meter.ariaValueNow, meter.ariaValueMax].map(Number)") == [
        usage["used"],
        usage["quota"],
    ]


def test_a_model_for_which_there_is_no_room_is_told(
    browser: Browser, panel_url: str, panel_server: ModelServer
) -> None:
    panel_server.served["net.onnx"] = Served(BYTES)
    with browser.new_context() as context:  # Chromium remembers for a while that there was room
        panel = Panel.open(context, panel_url)
        session = context.new_cdp_session(panel.page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": panel_url, "quotaSize": 500_000})
        panel.store("net.onnx")
        expect(panel.element.get_by_role("alert")).to_contain_text("net.onnx is used from memory this once")
        expect(panel.row("net.onnx")).to_have_count(0)
        panel.button("Dismiss").click()
        assert panel.focused() == "No models are stored"
        assert panel.errors == []


def test_an_interrupt_of_python_does_not_reach_the_visitor(panel: Panel) -> None:
    panel.store("net.onnx")
    panel.page.evaluate(
        """async () => {
          const started = new Promise((resolve) => {
            runtime.addEventListener("stdout", resolve, { once: true });
          });
          globalThis.looping = runtime.runPythonAsync("print('on')\\nwhile True: pass").catch(() => {});
          await started;
          document.querySelector("pyinfer-models").refresh();
          await runtime.interrupt();
          await looping;
        }"""
    )
    panel.store("a.onnx")
    expect(panel.sum).to_have_text("2.1 MB in 2 models")
    expect(panel.element.get_by_role("alert")).to_be_empty()


def test_a_panel_that_was_away_is_up_to_date_again(panel: Panel) -> None:
    panel.page.evaluate(
        "() => { globalThis.away = document.querySelector('pyinfer-models'); away.remove(); }"
    )
    panel.store("net.onnx")
    panel.page.evaluate("() => document.body.append(away)")
    expect(panel.sum).to_have_text("1.0 MB in 1 model")


@pytest.mark.parametrize("width", [280, 390, 1280])
def test_a_panel_fits_every_width(panel: Panel, panel_server: ModelServer, width: int) -> None:
    panel_server.served["segmentation" * 12 + ".onnx"] = Served(BYTES)
    panel.store("segmentation" * 12 + ".onnx")
    panel.page.set_viewport_size({"width": width, "height": 800})
    expect(panel.sum).to_have_text("1.0 MB in 1 model")
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= width
    inner, outer = (
        panel.element.locator(".row").evaluate(f"(row) => row.{side}")
        for side in ("scrollWidth", "clientWidth")
    )
    assert inner <= outer


def test_colours_follow_the_page(panel: Panel) -> None:
    colours = """() => {
      const { color, backgroundColor } = getComputedStyle(
        document.querySelector("pyinfer-models").shadowRoot.querySelector(".panel"));
      return [color, backgroundColor];
    }"""
    scheme = "(scheme) => { document.documentElement.style.colorScheme = scheme; }"
    found = {}
    for name in ("light", "dark"):
        panel.page.evaluate(scheme, name)
        found[name] = panel.page.evaluate(colours)
    panel.page.evaluate("() => document.documentElement.style.setProperty('--pyinfer-ink', 'rgb(1, 2, 3)')")
    own = panel.page.evaluate(colours)
    panel.page.evaluate("() => document.documentElement.removeAttribute('style')")
    assert found == {
        "light": ["rgb(0, 0, 0)", "rgb(255, 255, 255)"],
        "dark": ["rgb(255, 255, 255)", "rgb(18, 18, 18)"],
    }
    assert own[0] == "rgb(1, 2, 3)"


def test_a_python_that_ends_is_told_with_what_it_was_fetching(
    browser: Browser, panel_url: str, panel_server: ModelServer
) -> None:
    served = panel_server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    with browser.new_context() as context:
        panel = Panel.open(context, panel_url)
        panel.begin_fetch("net.onnx")
        expect(panel.row("net.onnx")).to_contain_text("0.3 of 1.0 MB")
        panel.page.evaluate("() => runtime.close()")
        served.go_on.set()
        expect(panel.row("net.onnx")).to_contain_text("Closed by close()")
        expect(panel.element.get_by_role("alert")).to_contain_text("Python has ended")
        assert panel.errors == []


WATCH = """async ([url, sha256]) => {
  const panel = document.createElement("pyinfer-models");
  document.body.append(panel);
  panel.models = runtime.models;
  const inner = (selector) => panel.shadowRoot.querySelector(selector);
  const until = async (isSo) => { while (!isSo()) await new Promise(requestAnimationFrame); };
  const seen = [];
  const state = async (words) => {
    await until(() => inner(".sum").textContent === words);
    seen.push(words);
  };
  await state("No models are stored");
  await runtime.models.unmount(await runtime.models.fetch(url, { sha256 }));
  await state("1.0 MB in 1 model");
  inner("[role=switch]").click();
  await until(() => inner("[role=switch]").checked);
  inner("[aria-label^=Verify]").click();
  await until(() => inner(".details").textContent.startsWith("Verified"));
  inner("[aria-label^=Delete][type=button]").click();
  inner(".row .danger").click();
  await state("No models are stored");
  await panel.refresh();
  seen.push(getComputedStyle(inner(".panel")).borderTopWidth);
  panel.remove();
  return seen;
}"""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["Firefox", "WebKitGTK"])
def test_a_panel_in_other_browsers(
    engines: Engines, panel_url: str, panel_server: ModelServer, name: str
) -> None:
    panel_server.served["net.onnx"] = Served(BYTES)
    engine = engines.get(name)
    engine.open(f"{panel_url}/blank")
    engine.evaluate(LOAD, {"app": {"name": "panel"}})
    head, _, last = HANDLES.strip().rpartition("\n")
    handles = f"import json\n{head}\njson.dumps({last})"
    before = engine.evaluate("(code) => runtime.runPythonAsync(code)", handles)
    seen = engine.evaluate(WATCH, [f"{panel_url}/served/net.onnx", SHA256])
    assert seen == ["No models are stored", "1.0 MB in 1 model", "No models are stored", "1px"]
    after = engine.evaluate("(code) => runtime.runPythonAsync(code)", handles)
    assert json.loads(after) == json.loads(before)
    assert engine.complaints() == []
