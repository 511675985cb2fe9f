"""`pyinfer demo`: builds the demo site and serves it."""

from __future__ import annotations

import click

from pyinfer.host.build import build_site
from pyinfer.host.demo_route import route
from pyinfer.host.opencv.choice import opencv_option
from pyinfer.host.places import cache_dir
from pyinfer.host.serve import address_options, listening, serve_on

__all__ = ["ENDPOINTS", "command"]

#: What the demo server has besides the site's files.
ENDPOINTS = {"/route": route}


@click.command()
@address_options
@click.option(
    "--compress/--no-compress",
    help="Also write .br and .gz variants: takes minutes the first time, of no use on one machine.",
)
@opencv_option
def command(*, host: str, port: int, compress: bool) -> None:
    """It is an app like any other, in the folder site/."""
    with listening(host, port) as listener:  # before the build: a port in use is told at once
        folder = build_site(cache_dir() / "demo", compress=compress)
        serve_on(listener, folder, extra=ENDPOINTS)
