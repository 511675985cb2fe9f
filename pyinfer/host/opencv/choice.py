"""Which opencv.js a bundle gets: our own build, or npm's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import click

from pyinfer.errors import SetupError

from .engine import Engine, built_engine

__all__ = ["CHOICES", "choosing", "chosen_engine", "opencv_option"]

#: Ours where it has been built; ours; npm's.
CHOICES = ("auto", "full", "npm")

#: Of the environment; it says what is taken where nobody chooses.
_VARIABLE = "PYINFER_OPENCV"

_Function = TypeVar("_Function", bound=Callable[..., Any])

_choice: ContextVar[str | None] = ContextVar("opencv", default=None)


def chosen_engine() -> Engine | None:
    """Our own engine, or None for npm's: as `choosing` says, or ``PYINFER_OPENCV``, or what there is.

    Raises
    ------
    SetupError
        Ours is wanted and was not built, or is broken; or the variable says something else.
    """
    choice = _choice.get() or os.environ.get(_VARIABLE) or CHOICES[0]
    if choice not in CHOICES:
        raise SetupError(f"{_VARIABLE} is {choice!r}: it may be {', '.join(CHOICES)}")
    if choice == "npm":
        return None
    engine = built_engine()
    if engine is None and choice == "full":
        raise SetupError(
            "our own opencv.js has not been built on this machine: `pyinfer opencv build` does it, in up "
            "to half an hour a variant; npm's needs no build"
        )
    return engine


@contextmanager
def choosing(choice: str) -> Iterator[None]:
    """Let what is built within the block have this opencv.js: one of `CHOICES`."""
    token = _choice.set(choice)
    try:
        yield
    finally:
        _choice.reset(token)


def opencv_option(function: _Function) -> _Function:
    """``--opencv``, which holds until the verb ends."""

    def choose(context: click.Context, _: click.Parameter, choice: str | None) -> None:
        if choice is not None:
            context.with_resource(choosing(choice))

    return click.option(
        "--opencv",
        type=click.Choice(CHOICES),
        expose_value=False,
        callback=choose,
        help="full: the opencv.js that `pyinfer opencv build` made; npm: that of npm; auto: full, where it "
        f"was made. By default what {_VARIABLE} says, or auto.",
    )(function)
