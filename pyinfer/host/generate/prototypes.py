"""What OpenCV's own binding generator reads from the headers: names, C++ order, defaults, directions.

``gen2.py`` and ``hdr_parser.py`` are imported from the unpacked source distribution while the
generator runs; nothing of them is copied into this project.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Bindings", "ClassPrototype", "Parameter", "Property", "Prototype", "read_bindings"]

#: In the order in which native's build scans them; later modules refer to classes of earlier ones.
_MODULES = (
    *("core", "flann", "geometry", "imgproc", "dnn", "features", "imgcodecs", "ptcloud", "photo"),
    *("stereo", "calib", "video", "objdetect", "videoio", "highgui", "stitching"),
)

#: What native's own build leaves out (modules/python/bindings/CMakeLists.txt).
_SKIPPED_HEADERS = re.compile(
    r"/(cuda|hal|opencl|legacy)/|fast_math|utils/trace|\.inl\.h|_inl\.h|\.details|private|detection_based"
)


@dataclass(frozen=True)
class Parameter:
    """One C++ parameter.

    Attributes
    ----------
    type : str
        As the parser writes it: ``"Mat"``, ``"vector_Mat"``, ``"int"``, ``"Size"``, ...
    default : str
        C++ source of the default value, empty if it must be given.
    direction : str
        ``"in"``, ``"out"`` or ``"inout"``.
    words : tuple of str
        ``"arithmetic"`` (a scalar may stand for an array), ``"nd"`` (the last axis is never channels).
    is_path : bool
        It names a file.
    moved : bool
        C++ takes it over.
    """

    type: str
    name: str
    default: str
    direction: str
    words: tuple[str, ...]
    is_path: bool
    moved: bool = False


@dataclass(frozen=True)
class Prototype:
    """One overload of a function, parameters in C++ order.

    Attributes
    ----------
    python : str
        The signature that native documents: ``"resize(src, dsize[, dst[, fx...]]) -> dst"``.
    callee : str
        What C++ calls it: ``"cv::resize"``; of a method its bare name.
    namespace : str
        C++'s, in which its types are named.
    is_plain : bool
        Whether C++ has it, with these parameters: some are only made up for Python.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    python: str
    callee: str = ""
    namespace: str = "cv"
    is_plain: bool = True


@dataclass(frozen=True)
class Property:
    """A member of a class that Python reads, and writes unless it is ``readonly``."""

    type: str
    name: str
    readonly: bool


@dataclass(frozen=True)
class ClassPrototype:
    """A class that OpenCV's Python binding wraps.

    Attributes
    ----------
    name : str
        Python's name below ``cv2``: ``"ORB"``, ``"aruco.Board"``, ``"SimpleBlobDetector.Params"``.
    id : str
        The C++ name with underscores: ``"aruco_Board"``.
    cpp : str
        The C++ name: ``"cv::aruco::Board"``.
    is_simple : bool
        Whether objects are copied; others are held by shared pointers.
    base : str
        The base class's id, empty if there is none.
    constructors : list of Prototype
        None where only a static method or a function makes objects.
    methods, statics : dict
        Name -> overloads, in native's order; what is inherited is in the base class.
    properties : list of Property
    """

    name: str
    id: str
    cpp: str
    is_simple: bool
    base: str
    constructors: list[Prototype]
    methods: dict[str, list[Prototype]]
    statics: dict[str, list[Prototype]]
    properties: list[Property]


@dataclass(frozen=True)
class Bindings:
    """What OpenCV's Python binding wraps.

    Attributes
    ----------
    functions : dict
        Python name below ``cv2`` (``"resize"``, ``"dnn.blobFromImage"``) -> overloads, in native's order.
    classes : dict
        Id -> class, base classes first.
    enumerations : set of str
        C++ names with underscores for their colons, without ``cv``: ``"dnn_Backend"``.
    """

    functions: dict[str, list[Prototype]]
    classes: dict[str, ClassPrototype]
    enumerations: frozenset[str]


#: Classes without attributes whose objects Python makes all the same.
_FILLED_BY_METHODS = ("TriangleRasterizeSettings",)


class _Macros(dict[str, int]):
    """Preprocessor definitions; an unknown one is 0, as in C++."""

    def __missing__(self, name: str) -> int:
        return 0


def read_bindings(sources: Path) -> Bindings:
    """All functions and classes that OpenCV's Python binding wraps.

    Parameters
    ----------
    sources : Path
        The unpacked ``opencv`` folder of the opencv-python source distribution.
    """
    folder = str(sources / "modules" / "python" / "src2")
    sys.path.insert(0, folder)
    try:
        gen2 = importlib.import_module("gen2")
        hdr_parser = importlib.import_module("hdr_parser")
    finally:
        sys.path.remove(folder)
    generator = gen2.PythonWrapperGenerator()
    generator.clear()
    generator.parser = hdr_parser.CppHeaderParser(
        generate_umat_decls=False,
        generate_gpumat_decls=False,
        preprocessor_definitions=_Macros(
            CV_VERSION_MAJOR=5,
            OPENCV_BINDINGS_PARSER=1,
            OPENCV_HAVE_FILESYSTEM_SUPPORT=1,
            HAVE_OPENCV_DNN=1,
            HAVE_OPENCV_FLANN=1,
        ),
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it remarks on classes with two bases
        for header in _headers(sources):
            for declaration in generator.parser.parse(str(header)):
                _add(generator, declaration)
    functions = {}
    for namespace, content in generator.namespaces.items():
        module = namespace.removeprefix("cv").removeprefix(".")
        for name, info in content.funcs.items():
            functions[f"{module}.{name}" if module else name] = _overloads(info)
    classes = {name: _class(info) for name, info in generator.classes.items()}
    return Bindings(functions, classes, frozenset(generator.enums))


def _headers(sources: Path) -> list[Path]:
    found: list[Path] = []
    for module in _MODULES:
        folder = sources / "modules" / module
        for root, pattern in (
            (folder / "include", "**/*.hpp"),
            (folder / "misc" / "python", "python_*.hpp"),
            (folder / "misc" / "python", "shadow*.hpp"),
        ):
            found += sorted(path for path in root.glob(pattern) if not _SKIPPED_HEADERS.search(str(path)))
    return found


def _add(generator: Any, declaration: Any) -> None:
    kind, _, rest = declaration[0].partition(" ")
    if kind in ("struct", "class"):
        generator.add_class(kind, rest.strip(), declaration)
    elif kind == "const":
        generator.add_const(declaration[0].replace("const ", "").strip(), declaration)
    elif kind == "enum":
        generator.add_enum(declaration[0].rsplit(" ", 1)[1], declaration)
    else:
        generator.add_func(declaration)


def _class(info: Any) -> ClassPrototype:
    methods = {name: _overloads(method) for name, method in info.methods.items() if not method.is_static}
    statics = {name: _overloads(method) for name, method in info.methods.items() if method.is_static}
    return ClassPrototype(
        name=info.full_export_name.removeprefix("cv."),
        id=info.class_id,
        cpp=info.cname,
        is_simple=bool(info.issimple),
        base=info.base or "",
        constructors=_overloads(info.constructor) if info.constructor else _structure(info),
        methods=methods,
        statics=statics,
        properties=[Property(prop.tp, prop.export_name, prop.readonly) for prop in info.props],
    )


def _structure(info: Any) -> list[Prototype]:
    """The constructor of a class that is only made to be filled in; none if others make its objects."""
    if not info.issimple or not (info.props or info.name in _FILLED_BY_METHODS):
        return []
    return [Prototype(info.name, (), "", f"{info.name}() -> <{info.class_id} object>")]


def _overloads(function: Any) -> list[Prototype]:
    return [_prototype(function, variant) for variant in function.variants]


def _prototype(function: Any, variant: Any) -> Prototype:
    return Prototype(
        name=function.name,
        parameters=tuple(
            Parameter(
                type=arg.tp,
                name=arg.export_name,
                default=arg.defval,
                direction=("inout" if arg.inputarg else "out") if arg.outputarg else "in",
                words=("arithmetic",) * arg.arithm_op_src_arg + ("nd",) * arg.nd_mat,
                is_path=bool(arg.pathlike),
                moved=bool(arg.isrvalueref),
            )
            for arg in variant.args
            if arg.tp != "RNG*"  # Python can't pass one: the default is taken
        ),
        returns=variant.rettype,
        python=variant.py_prototype,
        callee=function.cname,
        namespace=function.namespace.replace(".", "::"),
        is_plain=not variant.isphantom and all(arg.enclosing_arg is None for arg in variant.args),
    )
