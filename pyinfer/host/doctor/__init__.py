"""`pyinfer doctor [URL]`: what is wrong with this machine's set-up, or with a deployment, and what mends it.

Without an address it tells what of the set-up is there. With one it asks the server by HTTP, opens
what is there in a headless browser, and says of each item whether it is right; of each fault, the
lines of nginx's configuration that mend it.

Exit status: 0 if nothing is wrong, 1 if something is, or nothing could be looked at, 2 for a wrong
command line.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import click

__all__ = ["command"]


class _Address(click.ParamType[str]):
    """An address that a browser would take."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        try:
            address = urlsplit(text)
            _ = address.port
        except ValueError as error:
            self.fail(f"{text!r} is no address: {error}", param, ctx)
        if address.scheme not in ("http", "https") or not address.hostname:
            self.fail(f"{text!r} is no address: it begins with https:// (or http://) and a host", param, ctx)
        return text


@click.command(
    epilog="\b\nExamples:\n  pyinfer doctor                            is everything here?\n"
    "  pyinfer doctor https://app.example/       is everything right there?\n"
    "  pyinfer doctor --json --no-browser http://127.0.0.1:8000/ > report.json"
)
@click.argument("url", metavar="[URL]", type=_Address(), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON (with a URL).")
@click.option("--browser/--no-browser", default=True, help="Whether to open it in a headless browser, too.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    help="How long the browser may take, and a server be silent (at most 30).",
)
def command(*, url: str | None, as_json: bool, browser: bool, timeout: float) -> int:
    """URL is that of a page or folder that `pyinfer build` wrote and some server serves.

    Without URL: what of this machine's set-up is there. The exit status is 1 if something is wrong.
    """
    if url is None:
        if as_json:
            raise click.UsageError("--json needs a URL")
        from .local_setup import tell_local_setup

        return tell_local_setup()
    from .examination import examine
    from .findings import FAULT
    from .report import render_json, render_text

    findings = examine(url, timeout=timeout, in_browser=browser)
    if as_json:
        print(render_json(url, findings))
    else:
        click.echo(render_text(url, findings))
    return 1 if any(each.status == FAULT for each in findings) else 0
