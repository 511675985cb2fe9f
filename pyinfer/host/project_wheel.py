"""Builds the wheel of a project, the same bytes from the same files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError

from build import BuildBackendException, BuildException, ProjectBuilder
from build.env import DefaultIsolatedEnv
from pyproject_hooks import quiet_subprocess_runner

from pyinfer.errors import BuildError

__all__ = ["build_project_wheel"]

# 1 January 2020: the date of every entry in the archive.
_SOURCE_DATE_EPOCH = "1577836800"


def build_project_wheel(project: Path, destination: Path) -> Path:
    """Build a wheel with the build backend that the project's pyproject.toml names.

    The backend of this environment is used where it satisfies the project, else one is installed
    for the occasion.

    Parameters
    ----------
    project : Path
        The project's folder.
    destination : Path
        The folder to put the wheel into.

    Returns
    -------
    Path
        The wheel.

    Raises
    ------
    BuildError
        With the backend's reason, in one line.
    """
    try:
        builder = ProjectBuilder(project, runner=_run)
        if not builder.check_dependencies("wheel"):
            return Path(builder.build("wheel", destination))
        with DefaultIsolatedEnv() as environment:
            builder = ProjectBuilder.from_isolated_env(environment, project, runner=_run)
            environment.install(builder.build_system_requires)
            environment.install(builder.get_requires_for_build("wheel"))
            return Path(builder.build("wheel", destination))
    except (BuildBackendException, BuildException, CalledProcessError) as error:
        raise BuildError(f"a wheel could not be built: {_reason(error)}") from error


def _run(cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
    quiet_subprocess_runner(cmd, cwd, {**(extra_environ or {}), "SOURCE_DATE_EPOCH": _SOURCE_DATE_EPOCH})


def _reason(error: Exception) -> str:
    """The last line that the build backend wrote, which is its exception."""
    cause = getattr(error, "exception", error)
    output = getattr(cause, "output", None)
    return str(output.decode(errors="replace").strip().splitlines()[-1]) if output else str(error)
