"""The two parts of opencv.js: what every page gets, and neural networks, which come when they are first used.

OpenCV's own inference engine is nearly as large as all that most pages use of the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from pyinfer.errors import BuildError

__all__ = ["NETWORKS", "OPENCV", "PARTS", "classes_in", "is_in", "later_source", "registrations_of"]

OPENCV, NETWORKS = PARTS = ("opencv", "networks")

#: Embind's names of functions and classes that OpenCV's inference engine comes with. The readers of bar codes
#: and of colour charts call it where they are given a network.
_NETWORKS = re.compile(
    r"dnn_(?!blobFrom|imagesFromBlob|NMSBoxes|softNMSBoxes|Image2BlobParams)\w+"
    r"|(read(Net|TensorFromONNX)|writeTextGraph|getAvailableTargets|enableModelDiagnostics)\w*"
    r"|(FaceDetectorYN|FaceRecognizerSF|ALIKED|DISK|LightGlue|TrackerNano|TrackerDaSiamRPN|TrackerVit)\w*"
    r"|(detail_LightGlue|barcode_|mcc_)\w*"
)
#: Classes that networks' classes derive from or give out, and what is called with their objects: in both.
_SHARED = re.compile(
    r"Mat|(Algorithm|AffineFeature|Feature2D|DescriptorMatcher|GraphicalCodeDetector|Tracker)(_(?!create\b)\w+)?"
    r"|AffineFeature_create|[gs]etNumThreads"
    r"|detail_(computeImageFeatures|ImageFeatures|MatchesInfo|FeaturesMatcher)\w*"
)
_STATEMENT = re.compile(
    r"\n    (?:emscripten::)?(?:(?P<function>function)\(|class_<(?P<class>[^\n]*)>\()"
    r"\"(?P<name>\w+)\"(?P<rest>(?:[^;\"]|\"[^\"\n]*\")*);"
)
_MEMBER = re.compile(r"\.(?:class_function|function|property)\(\"(\w+)\"")
_BASE = re.compile(r"base<([\w:]+)>")
_BEGIN = "EMSCRIPTEN_BINDINGS(binding_utils)"


def is_in(part: str, name: str) -> bool:
    """Whether a part has a function or class, by embind's name."""
    of_networks = _NETWORKS.fullmatch(name) is not None
    return part == (NETWORKS if of_networks else OPENCV) or _SHARED.fullmatch(name) is not None


def registrations_of(text: str, part: str) -> str:
    """What OpenCV's own generator wrote, without the functions and classes of the other part.

    Raises
    ------
    BuildError
        The text is not what is known.
    """
    head, registered = _parted(text)
    return head + _STATEMENT.sub(lambda found: found[0] if is_in(part, found["name"]) else "", registered)


def classes_in(text: str) -> dict[str, dict[str, Any]]:
    """Each class of the networks that OpenCV's own generator registers: its ``base`` and its ``members``."""
    _, registered = _parted(text)
    found = {}
    for statement in _STATEMENT.finditer(registered):
        if statement["class"] and not is_in(OPENCV, statement["name"]):
            base = _BASE.search(statement["class"])
            members = sorted({*_MEMBER.findall(statement["rest"])})
            found[statement["name"]] = {
                "base": base[1].replace("::", "_") if base else "",
                "members": members,
            }
    return found


def later_source(text: str, functions: Collection[str], classes: Collection[str]) -> str:
    """The translation unit by which the first part tells, as JSON, what the second has.

    Parameters
    ----------
    text : str
        What OpenCV's own generator wrote.
    functions, classes : collection of str
        Names of all that our bindings have.
    """
    _, registered = _parted(text)
    generated = {each["name"] for each in _STATEMENT.finditer(registered) if each["function"]}
    later = {
        "functions": sorted(name for name in {*generated, *functions} if not is_in(OPENCV, name)),
        "classes": {
            **{name: {"base": "", "members": []} for name in sorted(classes) if not is_in(OPENCV, name)},
            **classes_in(text),
        },
    }
    # A compiler need not take one literal of more than 65536 characters.
    lines = json.dumps(later, indent=0).splitlines()
    literals = "\n".join(f'    R"({line})"' for line in lines)
    return (
        '#include <string>\n\n#include "emscripten/bind.h"\n\n'
        f"EMSCRIPTEN_BINDINGS(pyinfer_later) {{\n"
        f'  emscripten::function("pyinferLater", +[] {{\n    return std::string(\n{literals});\n  }});\n}}\n'
    )


def _parted(text: str) -> tuple[str, str]:
    head, begin, registered = text.partition(_BEGIN)
    if not begin:
        raise BuildError("OpenCV's generator for JavaScript wrote no bindings")
    return head + begin, registered
