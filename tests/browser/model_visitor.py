"""A visitor of a page that stores models, for the tests of the model store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.browser.handles import handles_at_rest
from tests.browser.model_server import Served
from tests.browser.page_scripts import HANDLES, LOAD

__all__ = ["BYTES", "MEGABYTE", "SHA256", "ModelVisitor", "Room", "content_of", "digest"]

MEGABYTE = 1 << 20


def content_of(seed: int, size: int = MEGABYTE) -> bytes:
    """Bytes of no pattern."""
    return hashlib.shake_128(seed.to_bytes(4, "big")).digest(size)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


BYTES = content_of(1)
SHA256 = digest(BYTES)

_CLEAR_DATABASES = """async () => {
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const database = await new Promise((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = reject;
    });
    const work = database.transaction("FILE_DATA", "readwrite");
    work.objectStore("FILE_DATA").clear();
    await new Promise((resolve) => { work.oncomplete = resolve; });
    database.close();
  }
}"""


class ModelVisitor:
    """A browser's profile and the page that is open in it, which stays open from test to test.

    Parameters
    ----------
    app : dict, optional
        The app that runs there.
    """

    def __init__(self, context: BrowserContext, url: str, app: dict[str, Any] | None = None) -> None:
        self.context = context
        self.url = url
        self._app = app or {"name": "test"}
        self._room: Room | None = None

    def visit(self) -> Room:
        """The page that is open, or else a new one."""
        if self._room is None or self._room.page.is_closed():
            self._room = self.open()
        return self._room

    def come_back(self) -> Room:
        """The page is closed, and visited again."""
        if self._room:
            self._room.leave()
        return self.visit()

    def open(self) -> Room:
        """One more page."""
        page = self.context.new_page()
        page.goto(f"{self.url}/blank")
        page.evaluate(LOAD, {"app": self._app})
        return Room(page, self.url)

    def tidy(self) -> None:
        """Nothing is stored or open any more; a page that can't be tidied is closed."""
        room, self._room = self._room, None
        if room and not room.page.is_closed():
            try:
                room.tidy()
                self._room = room
            finally:
                if self._room is None:
                    room.page.close()


class Room:
    """A page; when it is tidied or left, nothing of JavaScript's may be held that was not before."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self._opened: set[str] = set()
        self._before = self._handles()

    def _handles(self) -> Any:
        return handles_at_rest(lambda: self.run(HANDLES))

    def run(self, code: str) -> Any:
        """The value of Python source."""
        return self.page.evaluate("(code) => runtime.runPythonAsync(code)", code)

    def tidy(self) -> None:
        for path in self._opened:
            self.ask("unmount", path)  # some are not open any more
        self._opened.clear()
        self.page.evaluate(_CLEAR_DATABASES)
        self.page.evaluate("() => { notices.length = 0; }")
        self._check_handles()

    def leave(self) -> None:
        self._check_handles()
        self.page.close()

    def _check_handles(self) -> None:
        assert self._handles() == self._before, "live JavaScript handles are left behind"

    def ask(self, method: str, *args: Any) -> Any:
        """A method of ``runtime.models``; an error as its type and message."""
        return self.page.evaluate(
            """([method, args]) => runtime.models[method](...args)
              .catch((error) => ({ type: error.type, message: error.message }))""",
            [method, list(args)],
        )

    def address(self, name: str) -> str:
        return f"{self.url}/served/{name}" if "." in name and "/" not in name else name

    def fetch(self, name: str = "net.onnx", **options: Any) -> Any:
        """The path of what is served under a name, or of a model of the app; or an error."""
        return self._note(self.ask("fetch", self.address(name), options))

    def fetch_anew(self, name: str = "net.onnx", **options: Any) -> Any:
        """The same, not from memory."""
        for path in self._opened:
            self.ask("unmount", path)
        self._opened.clear()
        return self.fetch(name, **options)

    def fetch_with_a_break(self, first: Served, name: str = "net.onnx", **options: Any) -> Any:
        """The same, of a server that stops after ``first.breaks_after`` bytes when they have come."""
        self.begin_fetch(name, **options)
        self.wait_for_bytes(first.breaks_after or 0)
        first.go_on.set()
        return self.end_fetch()

    def begin_fetch(self, name: str = "net.onnx", **options: Any) -> None:
        self.page.evaluate(
            """([url, options]) => {
              globalThis.arrived = 0;
              const onProgress = (loaded) => { globalThis.arrived = loaded; };
              globalThis.fetching = runtime.models.fetch(url, { ...options, onProgress })
                .catch((error) => ({ type: error.type, message: error.message }));
            }""",
            [self.address(name), options],
        )

    def wait_for_bytes(self, count: int) -> None:
        self.page.wait_for_function("(count) => arrived >= count", arg=count)

    def end_fetch(self) -> Any:
        return self._note(self.page.evaluate("() => fetching"))

    def _note(self, path: Any) -> Any:
        if isinstance(path, str):
            self._opened.add(path)
        return path

    def read(self, path: str) -> str:
        """The digest of the file's bytes, as Python reads them."""
        assert isinstance(path, str), path
        found: str = self.run(f"import hashlib\nhashlib.sha256(open({path!r}, 'rb').read()).hexdigest()")
        return found

    def notices(self) -> list[str]:
        found: list[str] = self.page.evaluate("() => notices")
        return found

    @contextmanager
    def offline(self) -> Iterator[None]:
        """The browser has no network."""
        self.page.context.set_offline(True)
        try:
            yield
        finally:
            self.page.context.set_offline(False)

    def devtools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)
