"""The storage panel, `<pyinfer-models>`: what visitors see of their stored models, and do with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from pyinfer.host.build import runtime_bundle
from pyinfer.host.serve import serving
from tests.browser.conftest import HANDLES, LOAD, Engines, blank_page
from tests.browser.model_server import ModelServer, Served
from tests.browser.test_model_store import BYTES, SHA256, content_of

MARKUP = "<img src=x onerror='document.title=1'>.onnx"

#: A panel that is there before Python is, as on most pages.
SHOW = """() => {
  const panel = document.createElement("pyinfer-models");
  document.body.replaceChildren(panel);
  if (globalThis.runtime) panel.models = runtime.models;
}"""

STORE = "async (url) => runtime.models.unmount(await runtime.models.fetch(url))"

#: Another last byte of each stored file of a model.
DAMAGE = """async (path) => {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(path);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = reject;
  });
  const work = database.transaction("FILE_DATA", "readwrite");
  work.objectStore("FILE_DATA").openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const { contents } = cursor.value;
    if (contents) {
      contents[contents.length - 1] ^= 1;
      cursor.update(cursor.value);
    }
    cursor.continue();
  };
  await new Promise((resolve) => { work.oncomplete = resolve; });
  database.close();
}"""


class Panel:
    """A page with the panel, seen as a visitor sees it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.element = page.locator("pyinfer-models")
        self.sum = self.element.locator(".sum")
        self.errors: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    def open(cls, context: BrowserContext, url: str) -> Panel:
        """A new tab in which Python runs."""
        panel = cls(context.new_page(), url)
        panel.page.goto(f"{url}/blank")
        panel.page.evaluate(LOAD, {"app": {"name": "panel"}})
        panel.page.evaluate(SHOW)
        return panel

    def handles(self) -> Any:
        """Live handles, while the panel asks nothing."""
        self.page.evaluate("() => document.querySelector('pyinfer-models').refresh()")
        return self.page.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES)

    def address(self, path: str) -> str:
        return f"{self.url}/served/{path}"

    def store(self, path: str) -> None:
        """Fetch a model, and have its bytes on the disk only."""
        self.page.evaluate(STORE, self.address(path))

    def begin_fetch(self, path: str, by: str = "page") -> None:
        """Fetch a model, by the page or by Python."""
        code = f"""
from pyinfer.browser.store import app_models
await app_models().unmount(await app_models().fetch({self.address(path)!r}))"""
        self.page.evaluate(
            """([url, code]) => {
              const { models } = runtime;
              globalThis.fetching = (code
                ? runtime.runPythonAsync(code)
                : models.fetch(url).then((path) => models.unmount(path))).catch(() => {});
            }""",
            [self.address(path), code if by == "Python" else None],
        )

    def ask(self, method: str, *args: Any) -> Any:
        return self.page.evaluate("([method, args]) => runtime.models[method](...args)", [method, list(args)])

    def row(self, name: str) -> Locator:
        title = self.page.get_by_text(name, exact=True)
        return self.element.get_by_role("listitem").filter(has=title)

    def names(self) -> list[str]:
        return self.element.locator(".name").all_inner_texts()

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def focused(self) -> str:
        """What the focused control is called, or says."""
        words: str = self.page.evaluate(
            """() => {
              const { activeElement } = document.querySelector("pyinfer-models").shadowRoot;
              return activeElement ? activeElement.ariaLabel ?? activeElement.textContent : "";
            }"""
        )
        return words


@pytest.fixture(scope="module")
def server() -> ModelServer:
    return ModelServer()


@pytest.fixture(scope="module")
def url(server: ModelServer) -> Iterator[str]:
    extra: dict[str, Any] = {"/blank": blank_page, "/served": server}
    with serving(runtime_bundle(), extra=extra) as url:
        yield url


@pytest.fixture(scope="module")
def tab(browser: Browser, url: str) -> Iterator[Panel]:
    with browser.new_context() as context:
        yield Panel.open(context, url)


@pytest.fixture
def panel(tab: Panel, server: ModelServer) -> Iterator[Panel]:
    """A panel over an empty store; it must leave no handles behind and log no error."""
    server.served.clear()
    server.served.update({name: Served(content_of(seed)) for seed, name in enumerate(("a.onnx", "b.onnx"))})
    server.served["net.onnx"] = Served(BYTES)
    tab.ask("clear")
    tab.errors.clear()
    tab.page.evaluate(SHOW)
    expect(tab.sum).to_have_text("No models are stored")
    before = tab.handles()
    yield tab
    assert tab.handles() == before, "live JavaScript handles are left behind"
    assert [error for error in tab.errors if "Failed to load resource" not in error] == []


def height(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["height"]


def test_a_panel_waits_for_python_and_then_says_that_nothing_is_stored(panel: Panel) -> None:
    panel.page.evaluate("() => { document.body.innerHTML = '<pyinfer-models></pyinfer-models>'; }")
    expect(panel.sum).to_have_text("Waiting for Python")
    before = height(panel.element)
    panel.page.evaluate("() => { document.querySelector('pyinfer-models').models = runtime.models; }")
    expect(panel.sum).to_have_text("No models are stored")
    expect(panel.element).to_contain_text("A model appears here when it is fetched")
    expect(panel.button("Delete all")).to_be_hidden()
    assert height(panel.element) == before


@pytest.mark.parametrize("by", ["page", "Python"])
def test_a_fetch_is_seen_from_its_first_byte_to_its_last(panel: Panel, server: ModelServer, by: str) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    panel.begin_fetch("net.onnx", by)
    row = panel.row("net.onnx")
    expect(row).to_contain_text("0.3 of 1.0 MB")
    progress = row.get_by_role("progressbar", name="Fetching net.onnx")
    assert progress.evaluate("(bar) => bar.value") == 300_000 / len(BYTES)
    expect(row.get_by_role("button")).to_have_count(0)
    before = height(panel.element)
    served.breaks_after = None
    served.go_on.set()
    expect(panel.sum).to_have_text("1.0 MB in 1 model")
    expect(progress).to_be_hidden()
    expect(row).to_contain_text("Used just now")
    assert height(panel.element) == before


def test_a_panel_that_comes_late_shows_what_is_under_way(panel: Panel, server: ModelServer) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    panel.begin_fetch("net.onnx")
    expect(panel.row("net.onnx")).to_contain_text("0.3 of 1.0 MB")
    panel.page.evaluate(SHOW)
    expect(panel.row("net.onnx")).to_contain_text("0.3 of 1.0 MB")
    served.breaks_after = None
    served.go_on.set()
    panel.page.evaluate("() => fetching")


@pytest.mark.parametrize("by", ["page", "Python"])
def test_a_fetch_that_fails_says_why_until_it_is_dismissed_or_succeeds(
    panel: Panel, server: ModelServer, by: str
) -> None:
    server.served["a.onnx"].status = server.served["b.onnx"].status = "404 Not Found"
    for name in ("a.onnx", "b.onnx"):
        panel.begin_fetch(name, by)
        expect(panel.row(name)).to_contain_text("the server answered 404 Not Found")
    panel.button("Dismiss the failure of a.onnx").click()
    expect(panel.row("a.onnx")).to_have_count(0)
    assert panel.focused() == "Dismiss the failure of b.onnx"
    server.served["b.onnx"].status = "200 OK"
    panel.begin_fetch("b.onnx", by)
    expect(panel.row("b.onnx")).to_contain_text("Used just now")
    expect(panel.row("b.onnx")).not_to_contain_text("404")


def test_a_model_is_kept_and_let_go_with_the_keyboard(panel: Panel) -> None:
    panel.store("net.onnx")
    switch = panel.element.get_by_role("switch", name="Keep net.onnx")
    expect(switch).not_to_be_checked()
    switch.focus()
    for kept in (True, False):
        panel.page.keyboard.press("Space")
        expect(switch).to_be_checked(checked=kept)
        assert panel.ask("info", "net.onnx")["kept"] is kept
        assert panel.focused() == "Keep net.onnx"
    panel.row("net.onnx").get_by_text("Keep", exact=True).click()
    expect(panel.row("net.onnx")).to_contain_text("stays when room is needed")


def test_verifying_answers_in_the_line_of_the_model(panel: Panel) -> None:
    panel.store("net.onnx")
    before = height(panel.element)
    panel.button("Verify net.onnx").click()
    expect(panel.row("net.onnx")).to_contain_text("Verified: all 1.0 MB are what was fetched")
    expect(panel.element.get_by_role("status")).to_have_text("net.onnx is verified")
    assert height(panel.element) == before


def test_verifying_a_damaged_model_deletes_it_and_says_so(panel: Panel) -> None:
    panel.store("net.onnx")
    identity = panel.ask("info", "net.onnx")["identity"]
    panel.page.evaluate(DAMAGE, f"/pyinfer/models/panel/{identity}")
    panel.button("Verify net.onnx").click()
    message = panel.element.get_by_role("alert")
    expect(message).to_contain_text("net.onnx had changed on this machine and was deleted.")
    expect(panel.sum).to_have_text("No models are stored")
    panel.button("Dismiss").click()
    expect(message).to_be_empty()
    panel.store("net.onnx")
    panel.button("Verify net.onnx").click()
    expect(panel.row("net.onnx")).to_contain_text("Verified")


def test_one_model_is_deleted_after_a_question(panel: Panel) -> None:
    for name in ("a.onnx", "b.onnx"):
        panel.store(name)
    expect(panel.sum).to_have_text("2.1 MB in 2 models")
    before = height(panel.element)
    panel.button("Delete a.onnx").focus()
    panel.page.keyboard.press("Enter")
    question = panel.element.get_by_role("group", name="Delete a.onnx?")
    expect(question).to_contain_text("Delete it?")
    assert panel.focused() == "Cancel"
    assert height(panel.element) == before
    panel.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert panel.focused() == "Delete a.onnx"
    for name, then in (("a.onnx", "Delete b.onnx"), ("b.onnx", "No models are stored")):
        panel.page.keyboard.press("Enter")
        panel.page.keyboard.press("Shift+Tab")
        panel.page.keyboard.press("Enter")
        expect(panel.row(name)).to_have_count(0)
        assert panel.focused() == then
    assert panel.ask("list") == []


def test_all_models_are_deleted_after_a_question(panel: Panel) -> None:
    for name in ("a.onnx", "b.onnx"):
        panel.store(name)
    panel.button("Delete all").click()
    question = panel.element.get_by_role("group", name="Delete all models?")
    expect(question).to_contain_text("Delete all?")
    question.get_by_role("button", name="Cancel").click()
    assert len(panel.ask("list")) == 2
    panel.ask("keep", "a.onnx")
    panel.button("Delete all").click()
    expect(question).to_contain_text("Delete all, kept ones too?")
    question.get_by_role("button", name="Delete all").click()
    expect(panel.sum).to_have_text("No models are stored")
    assert panel.focused() == "No models are stored"
    assert panel.ask("list") == []


def test_what_another_tab_does_is_seen_and_takes_no_focus_away(panel: Panel) -> None:
    panel.store("net.onnx")
    panel.button("Verify net.onnx").focus()
    other = Panel.open(panel.page.context, panel.url)
    expect(other.sum).to_have_text("1.0 MB in 1 model")
    other.store("a.onnx")
    expect(panel.sum).to_have_text("2.1 MB in 2 models")
    assert panel.names() == ["a.onnx", "net.onnx"]
    assert panel.focused() == "Verify net.onnx"
    panel.button("Delete a.onnx").click()
    panel.element.get_by_role("group", name="Delete a.onnx?").get_by_role("button", name="Delete").click()
    expect(other.sum).to_have_text("1.0 MB in 1 model")
    other.ask("keep", "net.onnx")
    expect(panel.element.get_by_role("switch", name="Keep net.onnx")).to_be_checked()
    assert other.errors == []
    other.page.close()


def test_models_of_the_same_name_are_told_apart(panel: Panel, server: ModelServer) -> None:
    for folder in ("one", "two"):
        server.served[f"{folder}/net.onnx"] = Served(BYTES)
        panel.store(f"{folder}/net.onnx")
    expect(panel.row("net.onnx")).to_have_count(2)
    second = panel.row("net.onnx").filter(has=panel.page.locator(f"[title*='{panel.address('two')}']"))
    second.get_by_role("button", name="Delete net.onnx", exact=True).click()
    second.get_by_role("button", name="Delete", exact=True).click()
    expect(panel.row("net.onnx")).to_have_count(1)
    assert [model["url"] for model in panel.ask("list")] == [panel.address("one/net.onnx")]


def test_a_name_is_never_markup(panel: Panel, server: ModelServer) -> None:
    server.served[MARKUP] = Served(BYTES)
    panel.page.evaluate(STORE, panel.address("") + "".join(f"%{byte:02x}" for byte in MARKUP.encode()))
    expect(panel.element.locator(".name")).to_have_text(MARKUP)
    assert panel.element.locator("img").count() == 0
    assert panel.page.title() == "test"


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


def test_a_model_for_which_there_is_no_room_is_told(browser: Browser, url: str, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    with browser.new_context() as context:  # Chromium remembers for a while that there was room
        panel = Panel.open(context, url)
        session = context.new_cdp_session(panel.page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": 500_000})
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
def test_a_panel_fits_every_width(panel: Panel, server: ModelServer, width: int) -> None:
    server.served["segmentation" * 12 + ".onnx"] = Served(BYTES)
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
    browser: Browser, url: str, server: ModelServer
) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    with browser.new_context() as context:
        panel = Panel.open(context, url)
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
def test_a_panel_in_other_browsers(engines: Engines, url: str, server: ModelServer, name: str) -> None:
    server.served["net.onnx"] = Served(BYTES)
    engine = engines.get(name)
    engine.open(f"{url}/blank")
    engine.evaluate(LOAD, {"app": {"name": "panel"}})
    head, _, last = HANDLES.strip().rpartition("\n")
    handles = f"import json\n{head}\njson.dumps({last})"
    before = engine.evaluate("(code) => runtime.runPythonAsync(code)", handles)
    seen = engine.evaluate(WATCH, [f"{url}/served/net.onnx", SHA256])
    assert seen == ["No models are stored", "1.0 MB in 1 model", "No models are stored", "1px"]
    after = engine.evaluate("(code) => runtime.runPythonAsync(code)", handles)
    assert json.loads(after) == json.loads(before)
    assert engine.complaints() == []
