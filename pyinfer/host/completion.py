"""`pyinfer completion`: what makes a shell complete the command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]

_EXAMPLES = """\
\b
Where it goes:
  bash  eval "$(pyinfer completion bash)"         in ~/.bashrc
  zsh   eval "$(pyinfer completion zsh)"          in ~/.zshrc
  fish  pyinfer completion fish > ~/.config/fish/completions/pyinfer.fish
"""


@click.command(epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, *, shell: str) -> None:
    """Verbs, options and files are completed then."""
    completion = get_completion_class(shell)
    assert completion is not None  # click has these three
    program = context.find_root()
    print(completion(program.command, {}, "pyinfer", "_PYINFER_COMPLETE").source())
