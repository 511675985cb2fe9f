"""Commands by name: a verb a module, imported only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any, NamedTuple

import click

from pyinfer.host.verbosity import Verbosity

__all__ = ["Verb", "Verbs"]


class Verb(NamedTuple):
    """Where a verb is, and what it does, in a line."""

    module: str
    help: str


def _common_option(name: str, *declarations: str, help: str) -> click.Option:
    def keep(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:  # here, or for the verb that this one is a part of
            setattr(context.ensure_object(Verbosity), name, True)

    return click.Option(declarations, is_flag=True, expose_value=False, callback=keep, help=help)


_COMMON = (
    _common_option("quiet", "-q", "--quiet", help="Tell nothing but results and errors."),
    _common_option("traceback", "--traceback", help="Show where in pyinfer an error arose."),
)


class Verbs(click.Group):
    """Verbs by name; the others are not even imported when one is called, or when all are listed.

    Parameters
    ----------
    verbs : dict of str to Verb
        By the words that users write. Each module has a ``command``, a `click.Command` that returns its
        exit status.
    package : str
        The package that the modules are in.
    **settings
        Those of `click.Group`.
    """

    def __init__(self, *, verbs: Mapping[str, Verb], package: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._verbs = verbs
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._verbs:
            return None
        if cmd_name not in self.commands:
            verb = self._verbs[cmd_name]
            command: click.Command = importlib.import_module(f"{self._package}.{verb.module}").command
            command.name = cmd_name
            command.params += _COMMON
            said = f"{verb.help[0].upper()}{verb.help[1:]}."
            command.help = said if command.help is None else f"{said}\n\n{cleandoc(command.help)}"
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._verbs and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self._verbs, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in self._verbs.items()])
