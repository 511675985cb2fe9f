"""`pyinfer check PATH...`: what of a program a browser can run, by reading it.

Every name of ``cv2`` and ``onnxruntime`` that a file uses is looked up in what the shims themselves say;
so are imports, and what no page can do: processes, threads, sockets, files that lie elsewhere.
Nothing of the program is run or imported.

Exit status: 0 if nothing stops the program, 1 if something does, 2 for a wrong command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from packaging.requirements import Requirement

from pyinfer.check.judge import imported_packages, judge, uses_of
from pyinfer.check.uses import Use
from pyinfer.check.verdict import MISSING, Finding, Verdict
from pyinfer.host.lock_file import BROWSER_ENVIRONMENT

from .packages import Distributions
from .report import render_json, render_table
from .sources import Source, StatedRequirement, own_modules, parse, read_requirements, sources

__all__ = ["check", "command"]


def _python(context: click.Context, parameter: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in paths:
        if path.is_file() and path.suffix not in (".py", ".pyw"):
            raise click.BadParameter(f"{path}: neither a Python file nor a folder")
    if not any(True for path in paths for _ in sources(path)):
        raise click.BadParameter(f"no Python file in {', '.join(map(str, paths))}")
    return paths


@click.command(
    epilog="\b\nExamples:\n  pyinfer check locate.py\n  pyinfer check --json my-app/ > report.json"
)
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    callback=_python,
)
@click.option("--all", "everything", is_flag=True, help="List what works, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, those that work, too.")
@click.option("--offline", is_flag=True, help="Don't ask the package index for packages.")
def command(*, paths: tuple[Path, ...], everything: bool, as_json: bool, offline: bool) -> int:
    """PATH is a Python file, a folder with its pyproject.toml or requirements.txt, or a package's folder.

    The exit status is 1 if something stops the program in a browser.
    """
    findings = check(paths, not offline)
    number = sum(1 for path in paths for _ in sources(path))
    if as_json:
        print(render_json(findings, number))
    else:
        text = render_table(findings, number, everything)
        click.echo(text)  # without its colours where they are not wanted
    return 1 if any(each.stops for each in findings) else 0


def check(paths: Sequence[Path], ask_index: bool = True) -> list[Finding]:
    """What is to be said of some files and folders, by file and line.

    Parameters
    ----------
    paths : sequence of Path
        Python files, and folders of such.
    ask_index : bool, optional
        Whether the package index may be asked.

    Raises
    ------
    SetupError
        The pinned parts are not there: `pyinfer setup` brings them.
    """
    findings: list[Finding] = []
    found = list(dict.fromkeys(source for path in paths for source in sources(path)))
    read: list[tuple[Source, list[Use]]] = []
    for source in found:
        tree = parse(source)
        if isinstance(tree, SyntaxError):
            findings.append(_unread(source, tree))
            continue
        try:
            read.append((source, uses_of(tree)))
        except RecursionError:
            findings.append(
                _unread(source, SyntaxError("it is nested too deeply", (source.shown, 1, 1, None)))
            )
    stated: list[StatedRequirement] = []
    for requirement in (each for path in paths for each in read_requirements(path)):
        if isinstance(requirement, StatedRequirement):
            stated.append(requirement)
        else:
            file, line, why = requirement
            findings.append(Finding(file.as_posix(), line, 1, "package", file.name, Verdict(MISSING, why)))
    own = own_modules(found)
    distributions = Distributions(
        (each.requirement for each in stated), {path.absolute().parent for path in paths}, ask_index
    )
    imported = {module for _, uses in read for module in imported_packages(uses, own)}
    needed = [each for each in stated if _is_for_browser(each.requirement)]
    distributions.prepare(
        [*map(distributions.requirement_of, imported), *(each.requirement for each in needed)]
    )
    for each in needed:
        verdict = distributions.verdict(each.requirement)
        findings.append(
            Finding(each.file.as_posix(), each.line, 1, "package", each.requirement.name, verdict)
        )
    for source, uses in read:
        findings += judge(source.shown, uses, own, distributions)
    return sorted(findings, key=lambda each: (each.file, each.line, each.column, each.name))


def _is_for_browser(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(BROWSER_ENVIRONMENT)


def _unread(source: Source, error: SyntaxError) -> Finding:
    verdict = Verdict(MISSING, f"{error.msg}: the file was not looked at")
    return Finding(source.shown, error.lineno or 1, error.offset or 1, "syntax", source.path.name, verdict)
