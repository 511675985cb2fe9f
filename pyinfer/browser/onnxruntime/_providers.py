"""The `providers` argument: what native accepts, warns about and refuses."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ._tables import ALL_PROVIDERS, AVAILABLE_PROVIDERS

__all__ = [
    "Providers",
    "check_and_normalize_provider_args",
    "chosen_providers",
    "get_all_providers",
    "get_available_providers",
]

Providers: TypeAlias = Sequence[str | tuple[str, dict[Any, Any]]]


def get_all_providers() -> list[str]:
    """Every execution provider that onnxruntime knows, in order of precedence."""
    return list(ALL_PROVIDERS)


def get_available_providers() -> list[str]:
    """The execution providers of the engine that is loaded, in order of precedence."""
    return list(AVAILABLE_PROVIDERS)


def chosen_providers(
    providers: Providers | None, provider_options: Sequence[dict[Any, Any]] | None
) -> dict[str, dict[str, str]]:
    """The providers that a session computes with, and their options as text.

    Warns of providers that are not available or come twice, and ends with the CPU, which takes
    what no other provider does.

    Raises
    ------
    ValueError
        The arguments do not have the form that native asks for.
    RuntimeError
        No version of onnxruntime has a provider of that name.
    """
    names, options = check_and_normalize_provider_args(providers, provider_options, AVAILABLE_PROVIDERS)
    wanted = dict(zip(names, options, strict=True))
    for name in wanted:
        if name not in ALL_PROVIDERS:
            raise RuntimeError(f"Unknown Provider Type: {name}")
    chosen = {name: options for name, options in wanted.items() if name in AVAILABLE_PROVIDERS}
    return {**chosen, "CPUExecutionProvider": {}}  # the CPU has no options


def check_and_normalize_provider_args(
    providers: Providers | None,
    provider_options: Sequence[dict[Any, Any]] | None,
    available_provider_names: Sequence[str],
) -> tuple[list[str], list[dict[str, str]]]:
    """The names of ``providers``, each once, and the options of each as text.

    Warns of those that are not available or come twice.

    Raises
    ------
    ValueError
        The arguments do not have the form that native asks for.
    """
    wanted: dict[str, dict[str, str]] = {}
    for name, options in _pairs(providers, provider_options):
        if name not in available_provider_names:
            warnings.warn(
                f"Specified provider '{name}' is not in available provider names."
                f"Available providers: '{', '.join(available_provider_names)}'",
                stacklevel=5,
            )
        if name in wanted:
            warnings.warn(f"Duplicate provider '{name}' encountered, ignoring.", stacklevel=5)
        else:
            wanted[name] = {str(key): str(value) for key, value in options.items()}
    return list(wanted), list(wanted.values())


def _pairs(
    providers: Providers | None, provider_options: Sequence[dict[Any, Any]] | None
) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    if providers is None:
        return
    if not isinstance(providers, Sequence):
        iter(providers)
        raise ValueError("'providers' should be a sequence.")
    if provider_options is None:
        for provider in providers:
            match provider:
                case str():
                    yield provider, {}
                case (str() as name, dict() as options) if isinstance(provider, tuple):
                    yield name, options
                case _:
                    raise ValueError("'providers' values must be either strings or (string, dict) tuples.")
        return
    if not isinstance(provider_options, Sequence):
        raise ValueError("'provider_options' should be a sequence.")
    if len(providers) != len(provider_options):
        raise ValueError("'providers' and 'provider_options' should be the same length if both are given.")
    for provider, options in zip(providers, provider_options, strict=True):
        if not isinstance(provider, str):
            raise ValueError(
                "Only string values for 'providers' are supported if 'provider_options' is given."
            )
        if not isinstance(options, dict):
            raise ValueError("'provider_options' values must be dicts.")
        yield provider, options
