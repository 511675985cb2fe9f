"""`pyinfer demo`: builds the demo site and serves it."""

from __future__ import annotations

import argparse

from pyinfer.host.build import build_site
from pyinfer.host.places import cache_dir
from pyinfer.host.serve import add_address_arguments, listening, serve_on

__all__ = ["add_arguments", "main"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `pyinfer demo`."""
    add_address_arguments(parser)
    parser.add_argument(
        "--compress",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="also write .br and .gz variants: takes minutes the first time, of no use on one machine",
    )


def main(args: argparse.Namespace) -> int:
    """`pyinfer demo`."""
    with listening(args.host, args.port) as listener:  # before the build: a port in use is told at once
        folder = build_site(cache_dir() / "demo", compress=args.compress)
        serve_on(listener, folder)
    return 0
