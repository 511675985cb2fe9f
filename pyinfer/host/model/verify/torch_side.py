"""The original as a PyTorch network. PyTorch is imported when one is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from .comparison import ORIGINAL
from .side import Arrays, Run, SideError

__all__ = ["open_torch", "torch_version"]


def open_torch(source: str, weights: str | None = None) -> Run:
    """A PyTorch network that takes its inputs in the order of the result's.

    Parameters
    ----------
    source : str
        ``module:function``, ``file.py:function``, or an exported program.
    weights : str, optional
        A file of a ``state_dict`` for a network that a function gives.

    Raises
    ------
    ModelError
        There is no such network. What is returned raises `SideError`.
    """
    import torch

    from pyinfer.host.model.network import load_network, load_program, load_weights

    network: Any
    if source.endswith(".pt2"):
        network = load_program(source).module()
    else:
        network = load_network(source)
        if weights is not None:
            load_weights(network, weights, source)

    def run(feeds: Arrays) -> Arrays:
        tensors = [torch.from_numpy(array) for array in feeds.values()]
        try:
            with torch.inference_mode():
                outputs = list(_tensors(network(*tensors)))
        except Exception as error:  # whatever the network's own code raises
            raise SideError(f"the {ORIGINAL}", f"{type(error).__name__}: {error}") from error
        return {str(number): tensor.cpu().numpy() for number, tensor in enumerate(outputs)}

    return run


def torch_version() -> str:
    """Which one is installed."""
    return version("torch")


def _tensors(value: Any) -> Iterable[Any]:
    """The tensors in what a network returns, in the order in which the exporter makes outputs of them."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _tensors(each)
    elif value is not None:
        yield value
