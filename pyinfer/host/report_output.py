"""Where a report goes: to standard output as text or JSON, and to a page if one is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from pyinfer.host.progress import note
from pyinfer.host.run_files import absolute

__all__ = ["give_report"]

_Report = TypeVar("_Report")


def give_report(
    report: _Report,
    *,
    text: Callable[[_Report], str],
    json: Callable[[_Report], str] | None,
    page: Callable[[_Report], str],
    html: str | None,
) -> None:
    """Print a report, and write its page.

    Parameters
    ----------
    report : object
    text, json, page : callable
        What each form is made by; ``json`` is None where text is wanted.
    html : str
        The page's path; none if it is empty or None.
    """
    if html:
        Path(html).write_text(page(report), "utf-8")
        note(f"the page is {absolute(html)}")
    if json:
        print(json(report))
    else:
        click.echo(text(report))
