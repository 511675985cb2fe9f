"""The `providers` argument: what native accepts, warns about and refuses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import UnsupportedInBrowser

from ._tables import ALL_PROVIDERS, AVAILABLE_PROVIDERS
from ._warn import warn_script

__all__ = [
    "Providers",
    "before_the_cpu",
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
    """The execution providers that can be used here and now, in order of precedence.

    The CPU always; where Python can wait for a device, ``WebGpuExecutionProvider`` if the browser has an
    adapter for the page, ``WebNNExecutionProvider`` if it makes a context. All may change, so the browser
    is asked each time.
    """
    others = get_bridge().execution_providers.available().split()
    return [name for name in ALL_PROVIDERS if name in AVAILABLE_PROVIDERS or name in others]


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
    UnsupportedInBrowser
        An option asks for what a provider cannot do in a browser.
    """
    available = AVAILABLE_PROVIDERS if _only_cpu(providers) else get_available_providers()
    names, options = check_and_normalize_provider_args(providers, provider_options, available)
    wanted = dict(zip(names, options, strict=True))
    for name in wanted:
        if name not in ALL_PROVIDERS:
            raise RuntimeError(f"Unknown Provider Type: {name}")
    chosen = {name: options for name, options in wanted.items() if name in available}
    for name, settings in chosen.items():
        _refuse_options(name, settings)
    return {**chosen, "CPUExecutionProvider": {}}  # the CPU has no options


def _only_cpu(providers: Providers | None) -> bool:
    """Whether nothing is asked for that would need a question to the browser."""
    names = [entry[0] if isinstance(entry, tuple) and entry else entry for entry in providers or ()]
    return all(name == "CPUExecutionProvider" for name in names)


def _refuse_options(name: str, options: Mapping[str, str]) -> None:
    if name != "WebGpuExecutionProvider":
        return
    for key in ("webgpuInstance", "webgpuDevice", "deviceId"):
        if options.get(key, "0") != "0":
            raise UnsupportedInBrowser(
                f"the option {key!r} of the {name}", "the browser chooses the device", "no such option"
            )
    if options.get("enableGraphCapture", "0") not in ("0", "false"):
        raise UnsupportedInBrowser(
            f"the option 'enableGraphCapture' of the {name}", "OrtValues lie in the CPU's memory here"
        )


def before_the_cpu(providers: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Those of a session's providers that compute something: the CPU leaves nothing to later ones."""
    return dict(itertools.takewhile(lambda item: item[0] != "CPUExecutionProvider", providers.items()))


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
            warn_script(
                f"Specified provider '{name}' is not in available provider names."
                f"Available providers: '{', '.join(available_provider_names)}'"
            )
        if name in wanted:
            warn_script(f"Duplicate provider '{name}' encountered, ignoring.")
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
