"""``cv2.FileStorage``'s nodes keep what they are nodes of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["REFINERS"]


def _file_storage(base: Any) -> type:
    class FileStorage(base):  # type: ignore[misc]
        __slots__ = ()

    for name in ("getFirstTopLevelNode", "root", "getNode"):
        setattr(FileStorage, name, _keeping(getattr(base, name)))
    return FileStorage


def _file_node(base: Any) -> type:
    class FileNode(base):  # type: ignore[misc]
        __slots__ = ("_owner",)

    for name in ("getNode", "at"):
        setattr(FileNode, name, _keeping(getattr(base, name)))
    return FileNode


def _keeping(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose result keeps the object: the engine's nodes point into their storage."""

    def function(self: Any, *args: Any, **kwargs: Any) -> Any:
        node = method(self, *args, **kwargs)
        node._owner = self
        return node

    function.__name__, function.__qualname__ = method.__name__, method.__qualname__
    function.__module__, function.__doc__ = method.__module__, method.__doc__
    return function


#: Class -> what derives another from it.
REFINERS: dict[str, Callable[[Any], type]] = {"FileNode": _file_node, "FileStorage": _file_storage}
