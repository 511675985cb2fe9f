"""Which parity case compares which name with native, and where results may differ: read in the tests.

A parity file holds dictionaries of cases, each a call, and test functions that compare a case's result with
native's. A name counts as compared where its own result is: not where it only makes another call's argument.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from .syntax import (
    aliases_of_cv2,
    assigned,
    conditions_of,
    dictionary_items,
    dotted_name,
    text_pattern,
    words_in,
)

__all__ = ["Evidence", "Proof", "Tolerance", "read_evidence"]

#: About arguments that fit nowhere: what is compared there is mostly an error.
_ODD = frozenset(("test_bad_input",))


@dataclass(frozen=True)
class Proof:
    """One case.

    Attributes
    ----------
    file : str
        ``"parity/test_channels.py"``, below ``tests``.
    case : str
        The case's key, or the name of a test function without cases.
    compared : bool
        With native's result; else both are only asserted to be right.
    """

    file: str
    case: str
    compared: bool = True


@dataclass(frozen=True)
class Tolerance:
    """Results that need not be native's to the last bit.

    Attributes
    ----------
    names : tuple of str
        What gives them.
    cases : tuple of str
        Which of the file's cases; empty for all of a test function.
    extent : str
        How far apart they may be.
    because : str
        Why, in the test's words.
    """

    file: str
    names: tuple[str, ...]
    cases: tuple[str, ...]
    extent: str
    because: str


@dataclass
class Evidence:
    """What the parity files say.

    Attributes
    ----------
    proofs : dict
        Name below ``cv2`` -> cases that compare it, the most telling first.
    methods : dict
        Attribute of any object -> cases it is used in, with the names used in the same case.
    """

    proofs: dict[str, list[Proof]] = field(default_factory=dict)
    methods: dict[str, list[tuple[Proof, frozenset[str]]]] = field(default_factory=dict)
    tolerances: list[Tolerance] = field(default_factory=list)


def read_evidence(files: Iterable[Path], known: Collection[str]) -> Evidence:
    """Read parity files.

    Parameters
    ----------
    files : iterable of Path
    known : collection of str
        The names below ``cv2`` that count.
    """
    evidence = Evidence()
    for path in sorted(files):
        if path.stem not in _ODD:
            _File(path, known).add_to(evidence)
    for name, proofs in evidence.proofs.items():
        proofs.sort(key=partial(_rank, name.rpartition(".")[2]))
    return evidence


def _rank(short: str, proof: Proof) -> tuple[bool, bool, bool, bool]:
    case = proof.case.removeprefix("test_")
    return not proof.compared, not case.startswith(short), "…" in case, len(case) > len(short)


@dataclass
class _Uses:
    """What a piece of a program mentions."""

    #: Names below ``cv2``, without those in the arguments of a call of another.
    outer: set[str] = field(default_factory=set)
    #: Names below ``cv2``.
    all: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    #: Functions and values of the file's own.
    helpers: set[str] = field(default_factory=set)
    #: Words in strings, with an ellipsis where an f-string has a value; and names of keywords.
    texts: set[str] = field(default_factory=set)
    #: Whether attributes are looked up by name; and below which modules of ``cv2``, with a dot behind.
    by_name: bool = False
    prefixes: set[str] = field(default_factory=set)

    def attributes_by_name(self) -> set[str]:
        """What ``getattr(instance, f"get{name}")`` may ask for."""
        patterns = [text for text in self.texts if text.count("…") == 1]
        words = self.texts | {p.replace("…", word) for p in patterns for word in self.texts}
        return words if self.by_name else set()

    def update(self, other: _Uses) -> None:
        self.outer |= other.outer
        self.all |= other.all
        self.attributes |= other.attributes
        self.helpers |= other.helpers
        self.texts |= other.texts
        self.by_name |= other.by_name
        self.prefixes |= other.prefixes


class _File:
    def __init__(self, path: Path, known: Collection[str]) -> None:
        self._name = f"{path.parent.name}/{path.name}"
        self._known = known
        self._top: dict[str, ast.AST] = {}
        self._tests: list[ast.FunctionDef] = []
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                self._top[node.name] = node
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    self._tests.append(node)
            elif isinstance(node, ast.Assign):
                self._top.update(assigned(node))
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                more = self._top.get(node.target.id)
                if isinstance(more, ast.Dict) and isinstance(node.value, ast.Dict):
                    more.keys += node.value.keys
                    more.values += node.value.values
        self._aliases = aliases_of_cv2(tree)

    def add_to(self, evidence: Evidence) -> None:
        for test in self._tests:
            calls = [node for node in ast.walk(test) if isinstance(node, ast.Call)]
            comparing = [
                call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "parity"
            ]
            if not comparing and not any(isinstance(node, ast.Assert) for node in ast.walk(test)):
                continue  # it is about errors
            own, subjects = self._cases(test)
            for case, uses in subjects.items():
                proof = Proof(self._name, case, compared=bool(comparing))
                for name in self._subjects(case, uses):
                    evidence.proofs.setdefault(name, []).append(proof)
                # A method may be called of what the case made.
                closure = self._closure(uses)
                closure.update(self._closure(own))
                closure.texts.add(case)
                for attribute in closure.attributes | closure.attributes_by_name():
                    evidence.methods.setdefault(attribute, []).append((proof, frozenset(closure.all)))
            for call in comparing:
                tolerance = self._tolerance(test, call, subjects)
                if tolerance:
                    evidence.tolerances.append(tolerance)

    def _cases(self, test: ast.FunctionDef) -> tuple[_Uses, dict[str, _Uses]]:
        """What a test mentions, and what each of its cases does: itself, if it has no dictionary of them."""
        dictionaries = [
            value
            for name in dict.fromkeys(n.id for n in ast.walk(test) if isinstance(n, ast.Name))
            if isinstance(value := self._top.get(name), ast.Dict)
        ]
        own = _Uses()
        for node in (*test.decorator_list, *test.body):
            own.update(self._uses(node))
        own.helpers -= {name for name, value in self._top.items() if value in dictionaries}
        found = {test.name: own} if own.outer or not dictionaries else {}
        for dictionary in dictionaries:
            for key, value in dictionary_items(dictionary):
                found[key] = self._uses(value)
        return own, found

    def _subjects(self, case: str, uses: _Uses) -> set[str]:
        """The names whose results a case compares."""
        outer, waiting, seen = set(uses.outer), sorted(uses.helpers), set[str]()
        while waiting and not outer:
            helper = self._top[name := waiting.pop()]
            if isinstance(helper, ast.FunctionDef) and name not in seen:
                seen.add(name)
                returned = self._returned(helper)
                outer |= returned.outer
                waiting += sorted(returned.helpers)
        closure = self._closure(uses)
        named = {each for each in closure.all if case.startswith(each.rpartition(".")[2])}
        return outer | named | self._looked_up(closure)

    def _looked_up(self, uses: _Uses) -> set[str]:
        """The names that ``getattr(cv2.utils, name)`` finds, for all that ``name`` may be."""
        plain = {f"{prefix}{text}" for prefix in uses.prefixes for text in uses.texts}
        patterns = [each.replace("…", "*") for each in plain if "…" in each and len(each.strip("…")) > 3]
        return {
            name for name in self._known if name in plain or any(fnmatchcase(name, each) for each in patterns)
        }

    def _returned(self, function: ast.FunctionDef) -> _Uses:
        """What a helper's result is made by."""
        uses = _Uses()
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                uses.update(self._uses(node.value))
        if not uses.outer:
            uses.update(self._uses(ast.Module(function.body, [])))
        return uses

    def _closure(self, uses: _Uses) -> _Uses:
        """The same with all that the helpers mention."""
        found, waiting, seen = _Uses(), [uses], set[str]()
        while waiting:
            each = waiting.pop()
            found.update(each)
            for helper in each.helpers - seen:
                seen.add(helper)
                waiting.append(self._uses(self._top[helper]))
        return found

    def _uses(self, node: ast.AST, inside: bool = False) -> _Uses:
        uses = _Uses()
        dotted = dotted_name(node)
        if dotted:
            head, _, rest = self._resolved(dotted).partition(".")
            name = self._longest(rest) if head == "cv2" else ""
            if name:
                uses.all.add(name)
                if not inside:
                    uses.outer.add(name)
            elif head in self._top:
                uses.helpers.add(head)
            uses.attributes |= {*rest.removeprefix(name).split(".")} - {""}
            return uses
        if isinstance(node, ast.JoinedStr):
            uses.texts.add(text_pattern(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            uses.texts |= set(node.value.split())
        elif isinstance(node, ast.keyword) and node.arg:
            uses.texts.add(node.arg)
        elif isinstance(node, ast.Attribute):
            uses.attributes.add(node.attr)
        elif isinstance(node, ast.Call) and dotted_name(node.func) in ("getattr", "setattr"):
            uses.by_name = True
            module, _, rest = self._resolved(dotted_name(node.args[0])).partition(".")
            if module == "cv2":
                uses.prefixes.add(f"{rest}." if rest else "")
        is_call_of_cv2 = isinstance(node, ast.Call) and bool(self._uses(node.func).outer)
        for child in ast.iter_child_nodes(node):
            inner = inside or (is_call_of_cv2 and child is not getattr(node, "func", None))
            uses.update(self._uses(child, inner))
        return uses

    def _resolved(self, dotted: str) -> str:
        """A dotted name with what its head is another name for."""
        head, dot, rest = dotted.partition(".")
        return f"{self._aliases.get(head, head)}{dot}{rest}"

    def _longest(self, dotted: str) -> str:
        while dotted and dotted not in self._known:
            dotted = dotted.rpartition(".")[0]
        return dotted

    # Tolerances

    def _tolerance(self, test: ast.FunctionDef, call: ast.Call, cases: dict[str, _Uses]) -> Tolerance | None:
        words = {word.arg: word.value for word in call.keywords if word.arg}
        if "because" not in words:
            return None
        conditions = [*conditions_of(test, call), *self._locals(test, words)]
        chosen = {
            case: uses
            for case, uses in cases.items()
            if case == test.name
            or all(self._holds(each, case) is not negated for each, negated in conditions)
        }
        told = {text for each, negated in conditions if not negated for text in self._names_in(each)}
        names: set[str] = set()
        for case, uses in chosen.items():
            names |= self._subjects(case, uses)
        return Tolerance(
            file=self._name,
            names=tuple(sorted(names)),
            cases=tuple(sorted(told)),
            extent=_extent(words),
            because=self._text(words["because"]),
        )

    def _locals(self, test: ast.FunctionDef, words: dict[str, ast.expr]) -> Iterator[tuple[ast.expr, bool]]:
        """The conditions that were given a name before the call."""
        named = {n.id for word in words.values() for n in ast.walk(word) if isinstance(n, ast.Name)}
        for node in ast.walk(test):
            if isinstance(node, ast.Assign):
                yield from (
                    (node.value, False)
                    for target in node.targets
                    if isinstance(target, ast.Name) and target.id in named
                )

    def _names_in(self, condition: ast.expr) -> set[str]:
        """The cases that a condition speaks of: their names, or how these begin, then with an ellipsis."""
        texts = set(words_in([condition]))
        for node in ast.walk(condition):
            if isinstance(node, ast.Name) and node.id in self._top:
                texts |= set(words_in([self._top[node.id]]))
        by_start = any(isinstance(n, ast.Attribute) and n.attr == "startswith" for n in ast.walk(condition))
        return {f"{text}…" for text in texts} if by_start else texts

    def _holds(self, condition: ast.expr, case: str) -> bool:
        texts = self._names_in(condition)
        return not texts or any(
            fnmatchcase(case, text.replace("…", "*")) or fnmatchcase(text, case.replace("…", "*"))
            for text in texts
        )

    def _text(self, node: ast.expr) -> str:
        if isinstance(node, ast.IfExp):
            return self._text(node.body)
        if isinstance(node, ast.Name) and node.id in self._top:
            node = self._top[node.id]  # type: ignore[assignment]
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _extent(words: dict[str, ast.expr]) -> str:
    relative = words.get("relative")
    if isinstance(relative, ast.Constant):
        return f"within {float(str(relative.value)):g} of the largest value"
    if relative is not None:
        return "within a stated part of the largest value"
    return "at most 1 grey level apart"
