"""The script page when its Python goes away at a bad time: whatever waited gets the next Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.visitor import ANSWER, END_WORKER, START, WATCH_WORKERS, Visitor

STUBBORN = """
while True:
    try:
        print('on and on')
        while True: pass
    except KeyboardInterrupt:
        pass
"""


@pytest.fixture
def watched(newcomer: Visitor) -> Visitor:
    newcomer.page.add_init_script(WATCH_WORKERS)
    return newcomer


def try_again(visitor: Visitor) -> None:
    visitor.expect_state("failed")
    visitor.page.locator("#status-retry").click()
    visitor.wait_until_ready()


def stop_stubborn_code(visitor: Visitor) -> None:
    """Leaves the page waiting for Python to give in."""
    visitor.run(STUBBORN, wait=False)
    visitor.expect_words("editor-output", "on and on")
    visitor.page.locator("#editor-stop").click()


def test_python_that_ends_while_it_starts(watched: Visitor, site_url: str) -> None:
    held: list[Route] = []
    with watched.page.expect_request("**/opencv.*.wasm", timeout=START):
        watched.page.route("**/opencv.*.wasm", lambda route: held.append(route))
        watched.page.goto(f"{site_url}/script.html")
        watched.run("print('at last')", wait=False)
    watched.page.evaluate(END_WORKER)
    watched.expect_state("failed")
    watched.page.unroute("**/opencv.*.wasm")
    of_first_start = len(held)
    try_again(watched)
    watched.expect_words("editor-output", "at last")
    assert len(held) == of_first_start


def test_python_that_ends_while_it_is_being_stopped(watched: Visitor, site_url: str) -> None:
    watched.open(site_url, "script")
    stop_stubborn_code(watched)
    watched.page.evaluate(END_WORKER)
    try_again(watched)
    assert watched.run("print(6 * 7)") == "42\n"


def test_python_that_cannot_be_restarted_after_a_stop(watched: Visitor, site_url: str) -> None:
    watched.open(site_url, "script")
    watched.page.evaluate("globalThis.noWorkers = true")
    stop_stubborn_code(watched)
    watched.expect_state("failed")
    watched.page.evaluate("globalThis.noWorkers = false")
    try_again(watched)
    assert watched.run("print(6 * 7)") == "42\n"


def test_files_and_variables_after_python_ends(watched: Visitor, site_url: str) -> None:
    """Files that the visitor gave come back; variables can't, and the page says so."""
    watched.open(site_url, "script")
    watched.drop("files", "kept.txt", b"still here")
    watched.expect_words("files-list", "kept.txt")
    watched.run("from js import self; self.close()", wait=False)
    watched.expect_state("failed")
    assert watched.words("status-words").startswith("Python stopped: ")
    watched.expect_words("editor-words", "variables are gone", timeout=ANSWER)
    try_again(watched)
    watched.expect_words("files-list", "kept.txt")
    assert watched.run("open('kept.txt').read()") == '"still here"\n'
