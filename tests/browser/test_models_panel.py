"""The storage panel, `<pyinfer-models>`: what visitors see of their stored models, and do with them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.model_server import ModelServer, Served
from tests.browser.panel import SHOW, STORE, Panel, height
from tests.browser.test_model_store import BYTES

MARKUP = "<img src=x onerror='document.title=1'>.onnx"

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


def test_a_panel_waits_for_python_and_then_says_that_nothing_is_stored(panel: Panel) -> None:
    panel.page.evaluate("() => { document.body.innerHTML = '<pyinfer-models></pyinfer-models>'; }")
    expect(panel.sum).to_have_text("Waiting for Python")
    before = height(panel.element)
    panel.page.evaluate("() => { document.querySelector('pyinfer-models').models = runtime.models; }")
    expect(panel.sum).to_have_text("No models are stored")
    expect(panel.element).to_contain_text("A model appears here when it is fetched")
    expect(panel.button("Delete all")).to_be_hidden()
    assert height(panel.element) == before


def test_a_panel_below_the_fold_asks_nothing_until_it_comes_into_view(panel: Panel) -> None:
    panel.page.evaluate(
        """() => {
          document.body.innerHTML = '<div style="height: 500vh"></div><pyinfer-models></pyinfer-models>';
          document.querySelector('pyinfer-models').models = runtime.models;
        }"""
    )
    panel.store("net.onnx")
    assert [model["name"] for model in panel.ask("list")] == ["net.onnx"]
    expect(panel.sum).to_have_text("Looking for stored models")
    panel.element.scroll_into_view_if_needed()
    expect(panel.sum).to_have_text("1.0 MB in 1 model")


@pytest.mark.parametrize("by", ["page", "Python"])
def test_a_fetch_is_seen_from_its_first_byte_to_its_last(
    panel: Panel, panel_server: ModelServer, by: str
) -> None:
    served = panel_server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
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


def test_a_panel_that_comes_late_shows_what_is_under_way(panel: Panel, panel_server: ModelServer) -> None:
    served = panel_server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    panel.begin_fetch("net.onnx")
    expect(panel.row("net.onnx")).to_contain_text("0.3 of 1.0 MB")
    panel.page.evaluate(SHOW)
    expect(panel.row("net.onnx")).to_contain_text("0.3 of 1.0 MB")
    served.breaks_after = None
    served.go_on.set()
    panel.page.evaluate("() => fetching")


@pytest.mark.parametrize("by", ["page", "Python"])
def test_a_fetch_that_fails_says_why_until_it_is_dismissed_or_succeeds(
    panel: Panel, panel_server: ModelServer, by: str
) -> None:
    panel_server.served["a.onnx"].status = panel_server.served["b.onnx"].status = "404 Not Found"
    for name in ("a.onnx", "b.onnx"):
        panel.begin_fetch(name, by)
        expect(panel.row(name)).to_contain_text("the server answered 404 Not Found")
    panel.button("Dismiss the failure of a.onnx").click()
    expect(panel.row("a.onnx")).to_have_count(0)
    assert panel.focused() == "Dismiss the failure of b.onnx"
    panel_server.served["b.onnx"].status = "200 OK"
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


def test_models_of_the_same_name_are_told_apart(panel: Panel, panel_server: ModelServer) -> None:
    for folder in ("one", "two"):
        panel_server.served[f"{folder}/net.onnx"] = Served(BYTES)
        panel.store(f"{folder}/net.onnx")
    expect(panel.row("net.onnx")).to_have_count(2)
    second = panel.row("net.onnx").filter(has=panel.page.locator(f"[title*='{panel.address('two')}']"))
    second.get_by_role("button", name="Delete net.onnx", exact=True).click()
    second.get_by_role("button", name="Delete", exact=True).click()
    expect(panel.row("net.onnx")).to_have_count(1)
    assert [model["url"] for model in panel.ask("list")] == [panel.address("one/net.onnx")]


def test_a_name_is_never_markup(panel: Panel, panel_server: ModelServer) -> None:
    panel_server.served[MARKUP] = Served(BYTES)
    panel.page.evaluate(STORE, panel.address("") + "".join(f"%{byte:02x}" for byte in MARKUP.encode()))
    expect(panel.element.locator(".name")).to_have_text(MARKUP)
    assert panel.element.locator("img").count() == 0
    assert panel.page.title() == "test"
