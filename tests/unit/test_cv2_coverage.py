"""The coverage page: made of what the shim and the tests say, and nothing that works goes untested."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.host.generate import coverage, coverage_page
from pyinfer.host.generate.coverage import DIFFERS
from pyinfer.host.generate.differences import DIFFERENCES
from pyinfer.host.generate.evidence import Evidence, Proof, read_evidence
from pyinfer.host.generate.surface import native_names

PARITY = Path(__file__).parents[1] / "parity"
KNOWN = {"add", "blur", "dnn.NMSBoxes", "erode", "imread", "resize", "utils.dumpInt", "utils.dumpBool", "ORB"}


def test_page_is_up_to_date():
    for path, text in coverage_page().items():
        assert path.read_text(encoding="utf-8") == text, "run `pyinfer generate`"


def test_all_that_works_is_compared():
    assert coverage().unproven() == []


def test_all_of_native_is_told_of():
    covered = coverage()
    told = {*covered.functions, *covered.classes, *covered.aliases}
    native = {name.full for name in native_names() if name.kind in ("function", "class")}
    assert told == native | set(covered.aliases.values())
    assert len(covered.shared) >= 177
    assert sum(row.native == "yes" for row in covered.survey) == 200


def test_each_lack_of_the_survey_has_an_alternative():
    covered = coverage()
    entries = [entry for row in covered.survey if (entry := covered.surveyed(row))]
    assert not [entry.name for entry in entries if entry.lack and not entry.lack.alternative]


def test_differences_told_by_hand_are_of_what_works():
    covered = coverage()
    members = {entry.name: entry for entries in covered.members.values() for entry in entries}
    entries = {**covered.functions, **members}
    assert {name for name in DIFFERENCES if entries[name].status != DIFFERS} == set()


def test_each_tolerance_is_of_some_function():
    known = {name.full for name in native_names() if name.kind in ("function", "class")}
    read = read_evidence(PARITY.glob("test_*.py"), known)
    for tolerance in read.tolerances:
        assert tolerance.because
        if "cv2." in (PARITY.parent / tolerance.file).read_text(encoding="utf-8"):
            assert tolerance.names, f"{tolerance.file}: {tolerance.because}"


def read(folder: Path, text: str) -> Evidence:
    (folder / "test_it.py").write_text(f"import cv2\n{text}")
    return read_evidence([folder / "test_it.py"], KNOWN)


TAIL = """
def test_it(case, parity):
    parity(CASES[case]())
"""


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ('CASES = {"one": lambda: cv2.add(1, 2)}', {"add": "one"}),
        ('CASES = {"one": lambda: [cv2.add(cv2.blur(1), 2)]}', {"add": "one"}),  # blur is only an argument
        ('CASES = {"blur_it": lambda: cv2.add(cv2.blur(1), 2)}', {"add": "blur_it", "blur": "blur_it"}),
        ('CASES = {"one": lambda: [cv2.add(x, 1) for x in cv2.blur(3)]}', {"add": "one", "blur": "one"}),
        ('CASES = {f"one_{k}": lambda: cv2.erode(k) for k in "ab"}', {}),
        ('CASES = {**{f"one_{k}": lambda: cv2.erode(k) for k in "ab"}}', {"erode": "one_…"}),
        ('CASES = {}\nCASES |= {"two": lambda: cv2.erode(1)}', {"erode": "two"}),
        ('nms = cv2.dnn.NMSBoxes\nCASES = {"one": lambda: nms([], [])}', {"dnn.NMSBoxes": "one"}),
        ('d = cv2.dnn\nn = d.NMSBoxes\nCASES = {"one": lambda: n([])}', {"dnn.NMSBoxes": "one"}),
        (
            'def made():\n    a = cv2.blur(1)\n    return cv2.add(a, 1)\nCASES = {"one": lambda: made()}',
            {"add": "one"},
        ),
        (
            'ALL = ["dumpInt", "dumpBool"]\nCASES = {"one": lambda: [getattr(cv2.utils, n)(1) for n in ALL]}',
            {"utils.dumpInt": "one", "utils.dumpBool": "one"},
        ),
        ('WORD = "add"\nCASES = {"one": lambda: cv2.erode(1)}', {"erode": "one"}),
    ],
)
def test_what_a_case_compares(cases, expected, tmp_path):
    proofs = read(tmp_path, cases + TAIL).proofs
    assert {name: proof[0].case for name, proof in proofs.items()} == expected


def test_errors_prove_nothing(tmp_path):
    text = 'ERRORS = {"one": lambda: cv2.add()}\ndef test_it(n, parity):\n    parity.raised(ERRORS[n])\n'
    assert read(tmp_path, text).proofs == {}


def test_what_is_only_asserted_comes_last(tmp_path):
    text = "def test_a():\n    assert cv2.add(1, 1) == 2\ndef test_b(parity):\n    parity(cv2.add(1, 1))\n"
    file = f"{tmp_path.name}/test_it.py"
    assert read(tmp_path, text).proofs["add"] == [
        Proof(file, "test_b"),
        Proof(file, "test_a", compared=False),
    ]


def test_methods_are_told_with_what_made_the_object(tmp_path):
    text = 'CASES = {"one": lambda: cv2.ORB(5).detect(1)}' + TAIL
    ((proof, used),) = read(tmp_path, text).methods["detect"]
    assert proof.case == "one"
    assert "ORB" in used


@pytest.mark.parametrize(
    ("test", "names", "cases"),
    [
        ('parity(CASES[case](), levels=1, because="w")', ("add", "blur"), ()),
        (
            'if case == "add_it":\n        parity(CASES[case](), levels=1, because="w")\n'
            "    else:\n        parity(CASES[case]())",
            ("add",),
            ("add_it",),
        ),
        (
            "if case in EXACT:\n        parity(CASES[case]())\n"
            '    else:\n        parity(CASES[case](), relative=1e-3, because="w")',
            ("blur",),
            (),
        ),
        (
            'wide = case.startswith("bl")\n'
            '    parity(CASES[case](), levels=int(wide), because=WHY if wide else "")',
            ("blur",),
            ("bl…",),
        ),
    ],
)
def test_what_may_differ(test, names, cases, tmp_path):
    head = 'WHY, EXACT = "w", {"add_it"}\n'
    cases_of_both = 'CASES = {"add_it": lambda: cv2.add(1), "blur_it": lambda: cv2.blur(2)}\n'
    (tolerance,) = read(tmp_path, f"{head}{cases_of_both}def test_it(case, parity):\n    {test}\n").tolerances
    assert (tolerance.names, tolerance.cases, tolerance.because) == (names, cases, "w")
    assert tolerance.extent in ("at most 1 grey level apart", "within 0.001 of the largest value")
