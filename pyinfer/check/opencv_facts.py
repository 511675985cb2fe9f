"""What is known of each name of ``cv2``: what `pyinfer generate` found, the same as on the coverage page."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from .opencv_4 import dropped
from .shims import coverage
from .verdict import ABSENT, DIFFERS, MISSING, WORKS, Verdict

__all__ = ["OpenCvFacts", "opencv_facts"]


class OpenCvFacts:
    """Looks names up; all are below ``cv2``, and those of modules and classes are dotted.

    Parameters
    ----------
    content : dict
        Of ``coverage.json``; see `generate/facts.py`.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self.version: str = content["version"]
        self._modules = frozenset(content["modules"].split())
        self._values = frozenset(content["values"].split())
        self._functions = frozenset(content["functions"].split())
        self._bases: dict[str, str] = content["classes"]
        self._members: dict[str, frozenset[str]] = {
            name: frozenset(words.split()) for name, words in content["members"].items()
        }
        self._aliases: dict[str, str] = content["aliases"]
        self._makes: dict[str, str] = content["makes"]
        self._differs: dict[str, str] = content["differs"]
        self._missing = {
            name: (why, instead or "") for why, instead, names in content["missing"] for name in names.split()
        }

    def is_constant(self, name: str) -> bool:
        """Whether it is a number."""
        return name in self._values

    def has(self, name: str) -> bool:
        """Whether native has it."""
        return self._is_plain(name) or self._member(name) is not None

    def attribute(self, name: str, attribute: str, of_object: bool) -> str | None:
        """The name of an attribute; None of what is none of OpenCV's: a function's, a number's."""
        name = self._aliases.get(name, name)
        if name in self._functions or name in self._values:
            return None
        if attribute.startswith("__") or (attribute.startswith("_") and name):
            return None
        if of_object and name in self._bases:
            owner = next(
                (base for base in self._line(name) if attribute in self._members.get(base, ())), name
            )
            return f"{owner}.{attribute}"
        if name in self._bases or not name or name in self._modules or dropped(name):
            # `cv2.cv2` was `cv2` once.
            return f"{name}.{attribute}".removeprefix(".").removeprefix("cv2.")
        return None

    def made_by(self, name: str) -> str | None:
        """The class of the object that a call makes."""
        name = self._aliases.get(name, name)
        if name in self._bases:
            return name
        owner, _, member = name.rpartition(".")
        owner = self._aliases.get(owner, owner)
        # Natively a static method is a function, too: `ORB.create` is `ORB_create`.
        return self._makes.get(name) or (
            self._makes.get(f"{owner}_{member}") if owner in self._bases else None
        )

    def verdict(self, name: str) -> Verdict:
        """Whether it works, in the coverage page's words."""
        found = self._aliases.get(name, name)
        if not self._is_plain(found):
            member = self._member(found)
            if member is None:
                return self._absent(name)
            found = member
        if found in self._missing:
            return Verdict(MISSING, *self._missing[found])
        if found in self._differs:
            return Verdict(DIFFERS, self._differs[found])
        return Verdict(WORKS)

    def _is_plain(self, name: str) -> bool:
        known = name in self._functions or name in self._bases or name in self._aliases
        # What begins with an underscore is of the package, not of the library.
        return (
            known
            or name in self._values
            or name in self._modules
            or name.startswith(("_", "typing.", "data."))
        )

    def _member(self, name: str) -> str | None:
        """A method or property, with the class that has it; None if there is none."""
        owner, _, member = name.rpartition(".")
        owner = self._aliases.get(owner, owner)
        if owner not in self._bases:
            return None
        line = list(self._line(owner))
        found = next((base for base in line if member in self._members.get(base, ())), None)
        # A static method, and a value of an enumeration in a class, are in the class's module, too.
        return f"{found}.{member}" if found else self._beside(line, member)

    def _beside(self, line: list[str], member: str) -> str | None:
        for owner in line:
            beside = f"{owner}_{member}"
            if beside in self._functions or beside in self._values:
                return beside
            if self._bases[owner] == "numpy.ndarray" or owner == "error":
                return owner
        return None

    def _line(self, name: str) -> Iterator[str]:
        """A class, and those that it is derived from."""
        while name in self._bases:
            yield name
            name = self._bases[name]

    def _absent(self, name: str) -> Verdict:
        told = dropped(name)
        if told:
            return Verdict(ABSENT, *told)
        module, _, short = name.rpartition(".")
        known = self._functions | self._bases.keys() | self._values | self._modules
        beside = {each.rpartition(".")[2]: each for each in known if each.rpartition(".")[0] == module}
        beside |= {each: f"{module}.{each}" for each in self._members.get(module, ())}
        near = difflib.get_close_matches(short, beside, 1, 0.8)
        return Verdict(
            ABSENT, f"OpenCV {self.version} has no such name", f"cv2.{beside[near[0]]}?" if near else ""
        )


@cache
def opencv_facts() -> OpenCvFacts:
    """The facts of the shim that this package carries."""
    return OpenCvFacts(json.loads(coverage()))
