"""Builds the wheel of a project, the same bytes from the same files."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from build import BuildBackendException, BuildException, ProjectBuilder, check_dependency
from build.env import DefaultIsolatedEnv
from pyproject_hooks import quiet_subprocess_runner

from pyinfer.errors import BuildError

__all__ = ["build_project_wheel"]

# 1 January 2020: the date of every entry in the archive.
_SOURCE_DATE_EPOCH = "1577836800"

_DEFAULT_BACKEND = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
# Beside an app, but not of it.
_NOT_SHIPPED = frozenset({"setup.py", "conftest.py", "noxfile.py", "test", "tests", "docs"})


def build_project_wheel(project: Path, destination: Path) -> Path:
    """Build a wheel with the build backend that the project's pyproject.toml names, by default hatchling.

    The backend of this environment is used where it satisfies the project, else one is installed
    for the occasion. Where hatchling is used by default, nothing is written into the project's folder; the
    wheel gets the modules and packages that lie there or in ``src``, unless the project configures hatch.

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
        with _with_backend(project) as source:
            return _build(source, destination)
    except (BuildBackendException, BuildException, CalledProcessError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"a wheel could not be built: {_reason(error)}") from error


def _build(project: Path, destination: Path) -> Path:
    builder = ProjectBuilder(project, runner=_run)
    # The backend can only be asked for further requirements where it is there.
    is_here = not any(any(check_dependency(requirement)) for requirement in builder.build_system_requires)
    if is_here and not builder.check_dependencies("wheel"):
        return Path(builder.build("wheel", destination))
    with DefaultIsolatedEnv() as environment:
        builder = ProjectBuilder.from_isolated_env(environment, project, runner=_run)
        environment.install(builder.build_system_requires)
        environment.install(builder.get_requires_for_build("wheel"))
        return Path(builder.build("wheel", destination))


@contextmanager
def _with_backend(project: Path) -> Iterator[Path]:
    """The project itself if it names a backend or is made for setuptools, else one like it with hatchling."""
    text = (project / "pyproject.toml").read_text("utf-8")
    document = tomllib.loads(text)
    tool = document.get("tool", {})
    for_setuptools = "setuptools" in tool or any((project / f"setup.{end}").exists() for end in ("py", "cfg"))
    if "build-system" in document or for_setuptools:
        yield project
        return
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for path in project.iterdir():  # as links: the models may be large
            (copy / path.name).symlink_to(path.absolute(), path.is_dir())
        (copy / "pyproject.toml").unlink()
        (copy / "pyproject.toml").write_text(text + _DEFAULT_BACKEND, "utf-8")
        if "hatch" not in tool and not (copy / "hatch.toml").exists():
            (copy / "hatch.toml").write_text(_selection(project, tool.get("pyinfer", {})), "utf-8")
        yield copy


def _selection(project: Path, app: Mapping[str, Any]) -> str:
    """hatch's configuration to ship every module and package, without the app's models."""
    names = [
        path.relative_to(project).as_posix()
        for folder in (project, project / "src")
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.name not in _NOT_SHIPPED and _is_importable(path)
    ]
    if not names:
        raise BuildError(f"a wheel could not be built: {project} has no Python module or package")
    models = [f"/{model['path']}" for model in app.get("models", []) if "path" in model]
    table = {"only-include": names, "sources": ["src"], "exclude": models}
    # A list of strings is written in JSON as it is in TOML.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
    return "\n".join(["[build.targets.wheel]", *lines, ""])


def _is_importable(path: Path) -> bool:
    if path.is_dir():
        return path.name.isidentifier() and (path / "__init__.py").is_file()
    return path.suffix == ".py" and path.stem.isidentifier()


def _run(cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
    quiet_subprocess_runner(cmd, cwd, {**(extra_environ or {}), "SOURCE_DATE_EPOCH": _SOURCE_DATE_EPOCH})


def _reason(error: Exception) -> str:
    """The last line that the build backend or pip wrote, which is its exception."""
    cause = getattr(error, "exception", error)
    for output in (getattr(cause, "stderr", None), getattr(cause, "output", None)):
        lines = output.decode(errors="replace").strip().splitlines() if output else []
        if lines:
            return str(lines[-1])
    return str(error)
