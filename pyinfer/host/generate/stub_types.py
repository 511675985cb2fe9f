"""Row kinds and C++ types as annotations of the stubs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Scope"]

#: Kind of a parameter -> annotation; names with a capital are those of ``cv2.typing``.
_GIVEN = {
    **dict.fromkeys(("int", "enum", "int64", "int64_t", "size_t", "char", "uchar"), "int"),
    **dict.fromkeys(("double", "float"), "float"),
    **dict.fromkeys(("String", "Path", "string", "c_string"), "str"),
    **{
        name: name
        for name in (
            *("Size", "Size2f", "Point", "Point2f", "Point2d", "Point3f", "Rect", "Rect2f", "Rect2d"),
            *("Range", "Scalar", "TermCriteria", "RotatedRect", "Moments", "Vec2i", "Vec4f", "Vec6f"),
            *("MatShape", "LayerId", "LayerParams", "IndexParams", "SearchParams", "FeatureDetector"),
        )
    },
    "flann_IndexParams": "IndexParams",
    "flann_SearchParams": "SearchParams",
    "bool": "bool",
    "void": "None",
    "NativeByteArray": "bytes",
}

#: Kind of a result -> annotation, where a function gives a tuple of that very length.
_RETURNED = {
    **dict.fromkeys(("Size", "Point", "Range", "Vec2i"), "tuple[int, int]"),
    **dict.fromkeys(("Size2f", "Point2f", "Point2d", "Vec2d"), "tuple[float, float]"),
    "Point3f": "tuple[float, float, float]",
    "Vec3i": "tuple[int, int, int]",
    "Vec3d": "tuple[float, float, float]",
    "Rect": "tuple[int, int, int, int]",
    **dict.fromkeys(("Rect2f", "Rect2d", "Scalar"), "tuple[float, float, float, float]"),
    "RotatedRect": "tuple[tuple[float, float], tuple[float, float], float]",
    "TermCriteria": "tuple[int, int, float]",
}

#: The names of enumerations, which Python knows as integers.
_ENUMERATIONS = frozenset(
    (
        *("AccessFlag", "ColorChart", "ColorSpace", "DataLayout", "QRCodeEncoder_ECIEncodings", "Status"),
        *("Target", "WaveCorrectKind", "cvflann_flann_algorithm_t", "cvflann_flann_distance_t"),
        *("dnn_Backend", "dnn_Target"),
    )
)

#: Vectors of these may be given as an array too.
_NUMBERS = frozenset(
    ("int", "char", "uchar", "float", "double", "Point", "Point2f", "Rect", "Rect2d", "Rect2f")
)

_CLASHING = frozenset(("RotatedRect", "MatShape"))


@dataclass
class Scope:
    """Where an annotation stands: it decides how classes are called, and what must be imported.

    Parameters
    ----------
    module : str
        The namespace below ``cv2``, empty for ``cv2`` itself.
    classes : mapping
        C++ id -> dotted Python name.
    owner : str
        The id of the class around it, in which C++ looks names up first.
    imports : dict
        What annotations needed so far: module -> names.
    """

    module: str
    classes: Mapping[str, str]
    owner: str = ""
    imports: dict[str, set[str]] = field(default_factory=dict)

    def inside(self, owner: str) -> Scope:
        """The scope of a class's members."""
        return Scope(self.module, self.classes, owner, self.imports)

    def given(self, kind: str, or_array: bool = True) -> str:
        """The annotation of a parameter, or of a property, of this kind."""
        plain = _plain(kind)
        if plain.endswith("[]"):
            item = plain.removesuffix("[]")
            sequence = f"{self.use('collections.abc', 'Sequence')}[{self.given(item, or_array)}]"
            return f"{sequence} | {self.typing('MatLike')}" if or_array and item in _NUMBERS else sequence
        if plain == "Mat":
            return self.typing("MatLike")
        if plain == "UMat":
            return f"{self.class_name(plain)} | {self.typing('MatLike')}"
        return self._known(_GIVEN.get(plain), plain)

    def returned(self, kind: str) -> str:
        """The annotation of a result of this kind."""
        plain = _plain(kind)
        if plain.endswith("[]"):
            return self.given(plain, or_array=False)
        return _RETURNED.get(plain) or self.given(plain)

    def typing(self, name: str) -> str:
        """A name of ``cv2.typing``."""
        return self.use("typing.", name)

    def use(self, module: str, name: str) -> str:
        """A name of another module: one that ends with a dot is below ``cv2``."""
        self.imports.setdefault(module, set()).add(name)
        return f"_{name}" if module == "typing." and name in _CLASHING else name

    def class_name(self, dotted: str) -> str:
        """A class of ``cv2``'s, as this module calls it."""
        parts = dotted.split(".")
        own = [*filter(None, self.module.split("."))]
        if parts[: len(own)] == own:
            return ".".join(parts[len(own) :])
        top = parts[0]
        self.imports.setdefault(".", set()).add(top)
        return dotted

    def is_class(self, kind: str) -> bool:
        """Whether it is a class that native's Python knows."""
        return self._class(kind) is not None

    def import_lines(self) -> list[str]:
        """The import statements for what was used."""
        depth = "." * (1 + len([*filter(None, self.module.split("."))]))
        lines = []
        for module, names in sorted(self.imports.items()):
            if module == ".":
                lines.append(f"from {depth} import {', '.join(sorted(names))}")
                continue
            words = [f"{n} as _{n}" if module == "typing." and n in _CLASHING else n for n in sorted(names)]
            origin = f"{depth}{module[:-1]}" if module.endswith(".") else module
            lines.append(f"from {origin} import {', '.join(words)}")
        return lines

    def _known(self, annotation: str | None, plain: str) -> str:
        if annotation is not None:
            return self.typing(annotation) if annotation[0].isupper() and annotation != "None" else annotation
        if plain in _ENUMERATIONS:
            return "int"
        dotted = self._class(plain)
        if dotted is None:
            raise KeyError(f"no annotation is known for {plain}")
        return self.class_name(dotted)

    def _class(self, plain: str) -> str | None:
        scope = self.owner or self.module.replace(".", "_")
        while True:
            candidate = f"{scope}_{plain}" if scope else plain
            if candidate in self.classes:
                return self.classes[candidate]
            if not scope:
                return None
            scope = scope.rpartition("_")[0]


def _plain(kind: str) -> str:
    """``"Ptr_CChecker[]"`` without what means nothing to Python; ``"aruco.Board"`` as C++'s id has it."""
    return kind.removeprefix("Ptr_").replace(".", "_")
