"""Hand corrections to generated rows, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["CLASS_REFINEMENTS", "REFINEMENTS", "ClassRefinement", "Refinement", "corrected_members"]


@dataclass(frozen=True)
class Refinement:
    """What is said of one function by hand.

    Attributes
    ----------
    name : str
        Python's name.
    reason : str
        Why the generated rows are not right.
    rows : tuple of str
        The rows to use instead; none if the function is left to :mod:`pyinfer.browser.cv2._special`
        or cannot be offered.
    """

    name: str
    reason: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassRefinement:
    """What is said of one member of a class by hand.

    Attributes
    ----------
    name : str
        ``"Tracker.update"``; ``"TrackerMIL.Params.init"`` for a constructor.
    reason : str
        Why the generated lines are not right.
    lines : tuple of str
        The lines to use instead of each that is generated.
    npm_only : bool
        Whether our own build needs no correction.
    """

    name: str
    reason: str
    lines: tuple[str, ...]
    npm_only: bool = False


REFINEMENTS: tuple[Refinement, ...] = (
    Refinement(
        "minMaxLoc",
        "opencv.js returns one structure where C++ has four pointers",
        ("minMaxLoc(Mat src, Mat mask=None) -> double minVal, double maxVal, Point minLoc, Point maxLoc",),
    ),
    Refinement(
        "minEnclosingCircle",
        "opencv.js returns one structure where C++ has two references",
        ("minEnclosingCircle(Mat points) -> Point2f center, float radius",),
    ),
    Refinement(
        "floodFill",
        "opencv.js fills the fields of an object where C++ has a pointer to the rectangle",
        (
            "floodFill(inout Mat image, inout Mat mask, Point seedPoint, Scalar newVal, out Rect rect, "
            "Scalar loDiff=(0, 0, 0, 0), Scalar upDiff=(0, 0, 0, 0), int flags=4) -> int",
        ),
    ),
    Refinement(
        "CamShift",
        "opencv.js returns the window beside the rotated rectangle",
        ("CamShift(Mat probImage, Rect window, TermCriteria criteria) -> RotatedRect retval, Rect window",),
    ),
    Refinement(
        "meanShift",
        "opencv.js returns the window beside the number of iterations",
        ("meanShift(Mat probImage, Rect window, TermCriteria criteria) -> int retval, Rect window",),
    ),
    Refinement(
        "boxPoints",
        "opencv.js returns a list of points where C++ fills an array: _substitutes makes the array",
    ),
    Refinement(
        "clipLine",
        "opencv.js loses the two clipped points, which C++ returns by reference",
    ),
)

#: Class -> settings that opencv.js does not tell: opencv_corrections.js keeps what it was given.
_SETTINGS = {
    "ORB": (
        *("int MaxFeatures", "double ScaleFactor", "int NLevels", "int EdgeThreshold", "int FirstLevel"),
        *("int WTA_K", "enum ScoreType", "int PatchSize"),
    ),
    "MSER": (
        *("double MaxVariation", "double MinDiversity", "int MaxEvolution", "double AreaThreshold"),
        *("double MinMargin", "int EdgeBlurSize"),
    ),
    "BackgroundSubtractorMOG2": ("int History", "double VarThreshold", "bool DetectShadows"),
    "aruco.CharucoBoard": ("Size ChessboardSize", "float SquareLength", "float MarkerLength"),
}


def _getters() -> Iterator[ClassRefinement]:
    for owner, settings in _SETTINGS.items():
        for kind, name in map(str.split, settings):
            row = f"def get{name} {owner.replace('.', '_')}#get{name}() -> {kind}"
            yield ClassRefinement(
                f"{owner}.get{name}", "opencv.js does not tell what it was given", (row,), True
            )


CLASS_REFINEMENTS: tuple[ClassRefinement, ...] = (
    *_getters(),
    ClassRefinement(
        "dnn.Net.empty",
        "opencv.js lacks it: opencv_corrections.js has it",
        ("def empty dnn_Net#empty() -> bool",),
    ),
    ClassRefinement(
        "dnn.Net.setPreferableTarget",
        "opencv.js lacks it: opencv_corrections.js has it",
        ("def setPreferableTarget dnn_Net#setPreferableTarget(int targetId)",),
    ),
    ClassRefinement(
        "AlignMTB.process",
        "OpenCV writes to arrays and does not say so; _class_members.py returns nothing of them",
        (
            "def process AlignMTB#process(Mat[] src, inout Mat[] dst, Mat times, Mat response)",
            "def process AlignMTB_process(Mat[] src, inout Mat[] dst)",
        ),
    ),
    ClassRefinement(
        "Tracker.update",
        "opencv.js returns the rectangle beside the flag",
        ("def update Tracker#update(Mat image) -> bool retval, Rect boundingBox",),
    ),
    ClassRefinement(
        "SimpleBlobDetector.Params.init",
        "opencv.js has no constructor for it: opencv_objects.js takes a new detector's",
        ("init new SimpleBlobDetector_Params() -> SimpleBlobDetector.Params",),
    ),
    ClassRefinement(
        "DescriptorMatcher.create",
        "opencv.js makes matchers by name only: _class_members.py names the type",
        (
            "static create new DescriptorMatcher(String descriptorMatcherType) -> DescriptorMatcher",
            "static create new DescriptorMatcher(enum matcherType) -> DescriptorMatcher",
        ),
    ),
    ClassRefinement(
        "TrackerMIL.Params.init",
        "opencv.js has no constructor for it: _structures.py keeps them in Python",
        ("init new TrackerMIL_Params() -> TrackerMIL.Params",),
    ),
)


def corrected_members(engine_name: str) -> set[str]:
    """The methods of a class, by its name in opencv.js, that refinements name."""
    lines = (line for refinement in CLASS_REFINEMENTS for line in refinement.lines)
    rows = (line.split(" ", 2)[2] for line in lines if line.startswith("def "))
    names = (row.partition("(")[0].partition("#") for row in rows)
    return {member for owner, _, member in names if owner == engine_name}
