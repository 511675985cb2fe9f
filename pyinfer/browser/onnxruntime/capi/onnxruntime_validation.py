"""Natively this checks the machine; here there is nothing to be checked."""

from __future__ import annotations

__all__ = ["check_distro_info", "check_training_module", "get_package_name_and_version_info"]


def check_distro_info() -> None:
    """Does nothing."""


def check_training_module() -> tuple[bool, str, str, str]:
    """Whether training is there, the package's name, its version and CUDA's."""
    return (False, *get_package_name_and_version_info())


def get_package_name_and_version_info() -> tuple[str, str, str]:
    """The package's name, its version and CUDA's."""
    from . import build_and_package_info

    return build_and_package_info.package_name, build_and_package_info.__version__, ""
