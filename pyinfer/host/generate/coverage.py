"""The coverage page: of every name of native's whether it is the same here, how it differs, or why it lacks.

Nothing in it is claimed by hand but :mod:`.differences`: the shim is asked what it has, and the tests what
they compare.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyinfer.browser.cv2._class_members import WRAPPERS
from pyinfer.browser.cv2._class_spec import parse_npm_class
from pyinfer.browser.cv2._class_table import CLASSES
from pyinfer.browser.cv2._spec import parse_row

from .differences import DIFFERENCES
from .engine import EngineInventory
from .evidence import Evidence, Proof, Tolerance, read_evidence
from .prototypes import Prototype
from .shim import Answer, Lack, ask_shim
from .surface import Name

__all__ = ["Coverage", "Entry", "Survey", "read_coverage", "read_survey"]

EXACT, DIFFERS, MISSING, UNPROVEN = "exact", "differs", "missing", "not yet compared"

_TESTS = Path(__file__).parents[3] / "tests"
_SURVEY = Path(__file__).with_name("survey.csv")
_TOP = 200


@dataclass(frozen=True)
class Entry:
    """One name, and what can be said of it.

    Attributes
    ----------
    name : str
        Below ``cv2``, of a method with its class.
    status : str
        ``"exact"``, ``"differs"``, ``"missing"``, or ``"not yet compared"`` where no test is found.
    how : str
        How it differs.
    lack : Lack or None
        Why it is missing.
    proofs : tuple of Proof
    """

    name: str
    status: str
    how: str = ""
    lack: Lack | None = None
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Survey:
    """One row of the survey: in how many repositories a name is used, how often, whether native has it."""

    name: str
    repositories: str
    uses: str
    native: str


@dataclass(frozen=True)
class Coverage:
    """What the page tells.

    Attributes
    ----------
    functions, classes : dict
        Name -> entry.
    members : dict
        Class -> the entries of its methods and properties.
    aliases : dict
        Second name of a class -> its dotted one.
    constants : dict
        Submodule, empty for ``cv2`` itself -> how many constants it has.
    shared : frozenset of str
        The functions that opencv.js has too.
    survey : list of Survey
        The most used names, until there are enough that native has.
    """

    functions: dict[str, Entry]
    classes: dict[str, Entry]
    members: dict[str, list[Entry]]
    aliases: dict[str, str]
    constants: dict[str, int]
    shared: frozenset[str]
    survey: list[Survey]

    def unproven(self) -> list[str]:
        """What works, but no test compares."""
        entries = [*self.functions.values(), *self.classes.values()]
        entries += [entry for entries in self.members.values() for entry in entries]
        return sorted(entry.name for entry in entries if entry.status == UNPROVEN)

    def surveyed(self, row: Survey) -> Entry | None:
        """The entry of a surveyed name; None if native does not have it."""
        if row.native != "yes":
            return None
        name = self.aliases.get(row.name, row.name)
        owner, _, member = name.rpartition(".")
        owner = self.aliases.get(owner, owner)
        known = self.functions.get(name) or self.classes.get(name)
        known = known or next((e for e in self.members.get(owner, ()) if e.name == f"{owner}.{member}"), None)
        # Anything else is a value or a module, and test_cv2_names.py looks at each that is public.
        proofs = () if name.startswith("_") else (Proof("unit/test_cv2_names.py", "test_name_is_there"),)
        return known or Entry(name, EXACT, proofs=proofs)


def read_coverage(
    names: list[Name],
    functions: Mapping[str, tuple[str, ...]],
    signatures: Mapping[str, tuple[str, ...]],
    prototypes: Mapping[str, list[Prototype]],
    bases: Mapping[str, str],
    engine: EngineInventory,
) -> Coverage:
    """Find out what is covered.

    Parameters
    ----------
    functions, signatures : mapping
        The table's rows.
    prototypes : mapping
        Function -> native's overloads.
    bases : mapping
        Class -> the one that it is derived from.
    engine : EngineInventory
        What opencv.js has.

    Raises
    ------
    BuildError
        The shim could not be asked.
    """
    known = {name.full for name in names if name.kind in ("function", "class")}
    evidence = read_evidence((_TESTS / "parity").glob("test_*.py"), known)
    answers = ask_shim(names, engine)
    # Classes in classes have no other name of their own than their second one.
    found = {name.target: name for name in names if name.kind == "class"}
    found |= {name.target: name for name in names if name.kind == "class" and name.full == name.target}
    classes = dict(sorted(found.items()))
    answers |= {target: answers[name.full] for target, name in classes.items()}
    reader = _Reader(evidence, {**functions, **signatures}, bases, answers)
    modules = ["", *(name.full for name in names if name.kind == "module")]
    counted = Counter(name.module for name in names if name.kind == "constant")
    given = [name.full for name in names if name.kind == "function"]
    return Coverage(
        functions={
            name: reader.entry(name, _lacking(prototypes.get(name, []), functions.get(name)))
            for name in given
        },
        classes={target: reader.class_entry(target) for target in classes},
        members={target: reader.members(target) for target, name in classes.items() if name.members},
        aliases={n.full: n.target for n in names if n.kind == "class" and n.target != n.full},
        constants={module: counted[module] for module in modules},
        shared=frozenset(n for n in given if n in functions or n.replace(".", "_") in engine.functions),
        survey=read_survey(),
    )


def read_survey() -> list[Survey]:
    """The rows of ``survey.csv`` down to the 200th that native has."""
    with _SURVEY.open(encoding="utf-8", newline="") as file:
        rows = [Survey(**row) for row in csv.DictReader(file)]
    ranks = [index for index, row in enumerate(rows) if row.native == "yes"]
    return rows[: ranks[_TOP - 1] + 1]


def _lacking(prototypes: list[Prototype], rows: tuple[str, ...] | None) -> str:
    """Which of native's overloads opencv.js lacks."""
    if rows is None:
        return ""
    known = {parse_row(row).names for row in rows}
    missing = [each.python for each in prototypes if _given(each.python) not in known]
    return "".join(f"without `{signature.partition(' -> ')[0]}`; " for signature in missing).removesuffix(
        "; "
    )


def _given(signature: str) -> tuple[str, ...]:
    """The parameter names of ``resize(src, dsize[, dst]) -> dst``."""
    inside = signature[signature.index("(") + 1 : signature.rindex(")")]
    return tuple(word.strip(" []") for word in inside.split(",") if word.strip(" []"))


class _Reader:
    def __init__(
        self,
        evidence: Evidence,
        rows: Mapping[str, tuple[str, ...]],
        bases: Mapping[str, str],
        answers: Mapping[str, Answer],
    ) -> None:
        self._evidence = evidence
        self._bases = bases
        self._answers = answers
        self._own_makers = self._find_own_makers(rows)
        self._makers = self._find_makers()

    def entry(self, name: str, lacking: str = "") -> Entry:
        """What can be said of a function."""
        lack = self._answers[name].lack
        if lack:
            return Entry(name, MISSING, lack=lack)
        owner, _, member = name.rpartition("_")
        proofs = (*self._evidence.proofs.get(name, ()), *_seen_elsewhere(name), *self._used(owner, member))
        told = [_allowed(name, each) for each in self._evidence.tolerances if name in each.names]
        how = "; ".join(filter(None, (DIFFERENCES.get(name, ""), lacking, *dict.fromkeys(told))))
        status = (DIFFERS if how else EXACT) if proofs else UNPROVEN
        return Entry(name, status, how, proofs=proofs)

    def class_entry(self, name: str) -> Entry:
        """What can be said of a class as a whole."""
        lack = self._whole_lack(name)
        if lack:
            return Entry(name, MISSING, lack=lack)
        proofs = [
            proof for maker in sorted(self._makers[name]) for proof in self._evidence.proofs.get(maker, ())
        ]
        proofs += _seen_elsewhere(name)
        allowed = {
            _allowed(name, each)
            for each in self._evidence.tolerances
            if not self._own_makers[name].isdisjoint(each.names)
        }
        told = DIFFERENCES.get(name, ""), self._lacking(name, "__init__"), *sorted(allowed)
        how = "; ".join(filter(None, told))
        return Entry(name, (DIFFERS if how else EXACT) if proofs else UNPROVEN, how, proofs=tuple(proofs))

    def members(self, name: str) -> list[Entry]:
        """The same of its methods and properties."""
        return [self._member(name, member, lack) for member, lack in self._answers[name].members.items()]

    def _member(self, name: str, member: str, lack: Lack | None) -> Entry:
        full = f"{name}.{member}"
        # Of a class that lacks as a whole, what needs no object may be there: `VideoWriter.fourcc`.
        lack = lack or (None if self._answers[name].lack else self._whole_lack(name))
        if lack:
            return Entry(full, MISSING, lack=lack)
        module, _, short = name.rpartition(".")
        # Natively a static method is a function too: ORB_create is ORB.create.
        function = f"{module}.{short}_{member}".removeprefix(".")
        proofs = [*self._used(name, member), *self._evidence.proofs.get(function, ()), *_seen_elsewhere(full)]
        how = "; ".join(filter(None, (DIFFERENCES.get(full, ""), self._lacking(name, member))))
        return Entry(full, (DIFFERS if how else EXACT) if proofs else UNPROVEN, how, proofs=tuple(proofs))

    def _whole_lack(self, name: str) -> Lack | None:
        lack = self._answers[name].lack
        if lack or name not in CLASSES:
            return lack
        spec = parse_npm_class(name)
        made = spec.init.overloads or any(method.overloads for method in spec.statics.values())
        others = self._own_makers[name] - {name, name.replace(".", "_")}
        if spec.init.lacking and not made and not others:
            return Lack("opencv.js has the class, but nothing that makes an object of it", None)
        return None

    def _used(self, name: str, member: str) -> Iterator[Proof]:
        """The cases in which a member of a class is used."""
        for proof, used in self._evidence.methods.get(member, ()):
            if not used.isdisjoint(self._makers.get(name, ())):
                yield proof

    def _lacking(self, name: str, member: str) -> str:
        """Which overloads of a method, or of the constructor, opencv.js lacks."""
        if name not in CLASSES or f"{name}.{member}" in WRAPPERS:
            return ""
        spec = parse_npm_class(name)
        known = {"__init__": spec.init, **spec.methods, **spec.statics}.get(member)
        lacking = known.lacking if known and known.overloads else []
        shown = name.rpartition(".")[2] if member == "__init__" else member
        return "; ".join(f"without the overload `{shown}({each.signature()})`" for each in lacking)

    def _find_own_makers(self, rows: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
        """Class -> the names that make objects of it."""
        makers = {name: {name, name.replace(".", "_")} for name in self._bases}
        for function, overloads in rows.items():
            short = {kind.rpartition(".")[2] for row in overloads for kind in parse_row(row).returns}
            for name in self._bases:
                module = name.rpartition(".")[0]
                if name.rpartition(".")[2] in short and function.rpartition(".")[0] in (module, ""):
                    makers[name].add(function)
            owner, _, member = function.rpartition("_")
            if member == "create" and owner in makers:
                makers[owner].add(function)
        makers.setdefault("error", {"error"})
        return makers

    def _find_makers(self) -> dict[str, set[str]]:
        """The same, with those of the classes that are derived from it."""
        makers = {name: set(own) for name, own in self._own_makers.items()}
        for name, own in self._own_makers.items():
            base = self._bases.get(name, "")
            while base in makers:
                makers[base] |= own
                base = self._bases[base]
        return makers


def _allowed(name: str, tolerance: Tolerance) -> str:
    short = name.rpartition(".")[2]
    cases = [case for case in tolerance.cases if case.startswith(short)] or tolerance.cases
    where = f" ({', '.join(f'`{case}`' for case in cases)})" if cases else ""
    return f"{tolerance.extent}{where}: {tolerance.because}"


def _seen_elsewhere(name: str) -> Iterator[Proof]:
    """Tests that use a name which can't be compared with native, such as a window's."""
    if name in DIFFERENCES:
        for file in sorted(
            [*(_TESTS / "browser").glob("test_*.py"), *(_TESTS / "unit").glob("test_cv2_*.py")]
        ):
            if f"cv2.{name}(" in file.read_text(encoding="utf-8"):
                yield Proof(f"{file.parent.name}/{file.name}", "", compared=False)
