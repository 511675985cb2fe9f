"""Each page of the demo site in Firefox and WebKitGTK: it does what it is for, under its own policy."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pyinfer.host.serve import Application, headers_of_app, serving
from tests.browser.conftest import Engines
from tests.browser.site_pictures import PAGES
from tests.browser.site_steps import Step, steps_of

pytestmark = pytest.mark.timeout(400)

VISITOR = Path(__file__).parent / "scripts" / "visit.js"

#: What the visitor is told who has no camera, as on the machines that run this.
NO_CAMERA: dict[str, list[Step]] = {
    "camera": [
        ("click", "#camera-stop", ""),
        ("see", "#camera-words", "Stopped."),
        ("click", "#camera-start", ""),
        ("see", "#camera-words", "There is no camera here. Play our film, or choose a video or a picture."),
    ],
    "digits": [
        ("click", "#digits-camera", ""),
        ("see", "#digits-words", "There is no camera here. Draw, or choose a picture."),
    ],
}


SCRIPT = '<script src="visit.js"></script>'
#: Goes on to the page when the driver has left: Firefox's workers may wait for ever while it is there.
START_PAGE = (
    b'<!doctype html><title>start</title><link rel="icon" href="data:,"><script src="start.js"></script>'
)
START_SCRIPT = b'fetch("go").then(() => location.replace(`visit${location.search}`));'


def answering(kind: str, content: bytes) -> Application:
    """An application with one answer."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", f"{kind}; charset=utf-8")])
        return [content]

    return answer


class Told:
    """Serves a page with the visitor's script in it, and hears what that tells."""

    def __init__(self, site: Path, name: str) -> None:
        page = (site / f"{name}.html").read_text(encoding="utf-8")
        self._goes = threading.Event()
        self._told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        #: The page as built stays at its own address: the service worker compares it with a hash.
        self.endpoints: dict[str, Application] = {
            "/start": answering("text/html", START_PAGE),
            "/start.js": answering("text/javascript", START_SCRIPT),
            "/go": self._let_go,
            "/visit": answering("text/html", page.replace("<title>", f"{SCRIPT}<title>", 1).encode()),
            "/visit.js": answering("text/javascript", VISITOR.read_bytes()),
            "/told": self._hear,
        }

    def wait(self) -> dict[str, Any]:
        """What the visitor tells, who goes now."""
        self._goes.set()
        return self._told.get(timeout=350)

    def _let_go(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._goes.wait()
        start_response("204 No Content", [])
        return []

    def _hear(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._told.put(json.load(environ["wsgi.input"]))
        start_response("204 No Content", [])
        return []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("browser_name", ["Firefox", "WebKitGTK"])
def test_page_does_what_it_is_for(engines: Engines, site: Path, browser_name: str, name: str) -> None:
    """Each at a port of its own: to a newcomer, whom no service worker serves."""
    steps = steps_of(name) + NO_CAMERA.get(name, [])
    told = Told(site, name)
    with serving(site, headers_of_app(site), extra=told.endpoints) as url:
        engines.get(browser_name).visit(f"{url}/start?{urlencode({'steps': json.dumps(steps)})}")
        found = told.wait()
    status = found.pop("status")
    assert found == {"trouble": "", "complaints": [], "abroad": [], "broken": []}, status
