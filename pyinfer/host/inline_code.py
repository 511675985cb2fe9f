"""Moves a page's inline scripts and styles into files of their own.

The Content-Security-Policy allows nothing inline, or whatever got into a page could run there; and a file
with a content hash is stored by browsers for good. What a page does stays the same: relative addresses in
the code mean what they meant, and scripts run in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

__all__ = ["blocked_code", "without_inline_code"]

_SCRIPTS = frozenset(("", "module", "text/javascript", "application/javascript"))
#: Scripts for the browser itself that it takes from no file.
_ONLY_INLINE = frozenset(("importmap", "speculationrules"))

_Attributes = list[tuple[str, str | None]]


def without_inline_code(text: str, publish: Callable[[str, bytes], str]) -> str:
    """A page whose code lies in files.

    Parameters
    ----------
    text : str
        HTML.
    publish : callable
        Takes ``"js"`` or ``"css"`` and the code, and gives its URL relative to the page.
    """
    parser = _Parser(text)
    parts: list[str] = []
    end = 0
    for tag, attributes, start, inner, inner_end, after in parser.elements:
        code = text[inner:inner_end]
        if not code.strip():
            continue
        parts.append(text[end:start])
        if tag == "style":
            url = publish("css", code.encode())
            parts.append(_tag("link", [("rel", "stylesheet"), *attributes, ("href", url)]))
        else:
            url = publish("js", code.encode())
            # On a script in a file they would mean something: that it need not run in its turn.
            is_module = dict(attributes).get("type") == "module"
            kept = [each for each in attributes if is_module or each[0] not in ("async", "defer")]
            parts.append(f"{_tag('script', [*kept, ('src', url)])}</script>")
        end = after
    return "".join([*parts, text[end:]])


def blocked_code(text: str) -> list[str]:
    """What of a page the policy blocks, since it can stand in no file; in words for its author."""
    return _Parser(text).blocked


def _tag(name: str, attributes: _Attributes) -> str:
    written = [name if value is None else f'{name}="{escape(value)}"' for name, value in attributes]
    return f"<{' '.join([name, *written])}>"


class _Parser(HTMLParser):
    """Finds scripts and styles with their places."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[tuple[str, _Attributes, int, int, int, int]] = []
        self.blocked: list[str] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._open: tuple[str, _Attributes, int, int] | None = None
        self._text = text
        self.feed(text)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        self.blocked += [f"{name} of <{tag}>" for name, _ in attrs if name.startswith("on")]
        values = dict(attrs)
        kind = (values.get("type") or "").strip().lower()
        if tag == "script" and kind in _ONLY_INLINE:
            self.blocked.append(f'<script type="{kind}">')
        is_script = tag == "script" and "src" not in values and kind in _SCRIPTS
        if is_script or tag == "style":
            start = self._offset()
            self._open = (tag, attrs, start, start + len(self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[0] == tag:
            start = self._offset()
            self.elements.append((*self._open, start, self._text.index(">", start) + 1))
            self._open = None
