"""A PyTorch network, from where its user says that it is. Importing this imports PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from pyinfer.errors import ModelError

__all__ = [
    "check_weights",
    "first_line",
    "is_own",
    "layer_of",
    "load_network",
    "load_program",
    "load_weights",
    "place_of",
    "words_of_place",
]

_FEW = 3
_LAYERS = str(Path(torch.__file__).parent / "nn" / "modules")
_CALLS = ("_call_impl", "_wrapped_call_impl")  # they are between any two modules
#: Code that is not the user's.
_FOREIGN = tuple(
    str(Path(folder).resolve())
    for folder in (Path(torch.__file__).parent, Path(__file__).parent, Path(importlib.__file__).parent)
)


def load_network(source: str) -> nn.Module:
    """Call the function of ``module:function`` or ``file.py:function``; its network is set to inference.

    Raises
    ------
    ModelError
        There is no such module or function, it raises, or it gives no `torch.nn.Module`.
    """
    where, _, name = source.rpartition(":")
    module = _import(where)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise ModelError(f"{source}: {where} has no {name}")
        found = getattr(found, part)
    if not isinstance(found, nn.Module):
        if not callable(found):
            raise ModelError(f"{source} is no function, but {_a(found)}")
        try:
            found = found()
        except (Exception, SystemExit) as error:
            raise ModelError(f"{source}() raised {first_line(error)}{place_of(error)}") from error
    if not isinstance(found, nn.Module):
        raise ModelError(f"{source}() gave {_a(found)}; it must give a torch.nn.Module")
    return found.eval()


def load_program(path: str) -> torch.export.ExportedProgram:
    """Read what `torch.export.save` wrote.

    Raises
    ------
    ModelError
        There is no such file, or it holds something else.
    """
    if not Path(path).is_file():
        raise ModelError(f"{path}: no such file")
    try:
        return torch.export.load(path)
    except Exception as error:
        raise ModelError(
            f"{path}: no exported program can be read from it: {first_line(error)} "
            "(it is for files of torch.export.save)"
        ) from error


def load_weights(network: nn.Module, path: str, source: str) -> None:
    """Give a network the weights that `torch.save` wrote of its ``state_dict()``.

    Raises
    ------
    ModelError
        The file can't be read, or holds weights for another network.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file") from None
    except (pickle.UnpicklingError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise ModelError(
            f"{path}: no weights can be read from it: only a state_dict is, and no other objects"
        ) from error
    if not isinstance(state, Mapping) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelError(f"{path} holds {_a(state)} of other things than tensors: save network.state_dict()")
    own = network.state_dict()
    faults = []
    if lacking := [name for name in own if name not in state]:
        faults.append(f"it lacks {_some(lacking)}")
    if foreign := [name for name in state if name not in own]:
        faults.append(f"it has {_some(foreign)}, which the network has not")
    faults += [
        f"{name} is {tuple(state[name].shape)} and must be {tuple(own[name].shape)}"
        for name in own
        if name in state and state[name].shape != own[name].shape
    ][:1]
    if faults:
        raise ModelError(f"{path} holds no weights of {source}: {'; '.join(faults)}")
    network.load_state_dict(state)


def check_weights(network: nn.Module, source: str) -> None:
    """Refuse a network with weights that are not numbers.

    Raises
    ------
    ModelError
        A parameter is NaN or infinite, or a buffer (which may be a mask with infinities) is NaN.
    """
    for name, tensor in (*network.named_parameters(), *network.named_buffers()):
        if tensor.is_floating_point():
            is_bad = tensor.isnan() if not isinstance(tensor, nn.Parameter) else ~tensor.isfinite()
            if count := int(is_bad.sum()):
                raise ModelError(f"{source}: {count} of the weights of {name!r} are NaN or infinite")


def first_line(error: BaseException) -> str:
    """``ValueError: what it says``, in a line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = " ".join(lines[:2]) if lines and lines[0].endswith(":") else "".join(lines[:1])
    return f"{type(error).__name__}{f': {said}' if said else ''}"


def place_of(error: BaseException) -> str:
    """`` (net.py, line 12: `if x.sum() > 0:`)``: where in the user's own code an error arose; or nothing."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({Path(error.filename).name}, line {error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)]
    return words_of_place(own[-1].filename, own[-1].lineno, own[-1].line) if own else ""


def layer_of(error: BaseException) -> str:
    """``, in transformer.py of PyTorch: `if mask ...` ``, if a layer of it raised an error."""
    layers = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_LAYERS)
    ]
    own = [index for index, frame in enumerate(layers) if frame.name not in _CALLS]
    if not own:
        return ""
    last = layers[own[-1]]
    return f", in {Path(last.filename).name} of PyTorch: `{last.line}`"


def is_own(file: str) -> bool:
    """Whether a file of a traceback is neither PyTorch's nor pyinfer's."""
    return not file.startswith("<") and not str(Path(file).resolve()).startswith(_FOREIGN)


def words_of_place(file: str, line: int | None, code: str | None) -> str:
    """`` (net.py, line 12: `return x`)``."""
    return f" ({Path(file).name}, line {line}{f': `{code.strip()}`' if code else ''})"


def _import(where: str) -> ModuleType:
    path = Path(where)
    is_file = path.suffix == ".py"
    if is_file and not path.is_file():
        raise ModelError(f"{where}: no such file")
    folder = str(path.resolve().parent if is_file else Path.cwd())
    sys.path.insert(0, folder)
    try:
        return _import_file(path) if is_file else importlib.import_module(where)
    except ModuleNotFoundError as error:
        if not is_file and f"{where}.".startswith(f"{error.name}."):
            raise ModelError(f"there is no module {where} (looked for in {folder}, too)") from None
        raise ModelError(f"importing {where} raised {first_line(error)}{place_of(error)}") from error
    except (Exception, SystemExit) as error:
        raise ModelError(f"importing {where} raised {first_line(error)}{place_of(error)}") from error
    finally:
        sys.path.remove(folder)


def _import_file(path: Path) -> ModuleType:
    """Import under a name of its own, so that a file ``torch.py`` or ``json.py`` hides nothing."""
    name = f"pyinfer_network_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickle look for it
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _some(names: list[str]) -> str:
    more = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")
