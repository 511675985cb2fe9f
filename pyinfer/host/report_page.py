"""A page that shows a report: one file, that needs no other and no network, in the demo site's look."""

from __future__ import annotations

from html import escape
from pathlib import Path

from pyinfer import __version__

__all__ = ["report_page"]

_STYLE = Path(__file__).with_name("report_page.css")
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<div class="top"><div class="wide">pyinfer <span>{verb}</span></div></div>
<main class="wide">
{body}
</main>
<footer class="wide soft">Written by pyinfer {version}.</footer>
</body>
</html>
"""


def report_page(verb: str, title: str, body: str) -> str:
    """The whole page.

    Parameters
    ----------
    verb : str
        What of `pyinfer` writes it.
    title : str
        In the window's title; text.
    body : str
        HTML: an element of class ``opening``, then sections.
    """
    return _PAGE.format(
        title=escape(title),
        style=_STYLE.read_text("utf-8"),
        verb=escape(verb),
        body=body,
        version=escape(__version__),
    )
