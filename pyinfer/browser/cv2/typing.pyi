"""Names for annotations, as native's ``cv2.typing`` has them."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from . import Feature2D, Mat
from .dnn import DictValue

NumPyArrayNumeric: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any] | np.floating[Any]]]
NumPyArrayFloat32: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
NumPyArrayFloat64: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
_Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

MatLike: TypeAlias = Mat | NumPyArrayNumeric

IntPointer: TypeAlias = int
MatShape: TypeAlias = Sequence[int]
Size: TypeAlias = Sequence[int]
Size2f: TypeAlias = Sequence[float]
Scalar: TypeAlias = Sequence[float] | float
Point: TypeAlias = Sequence[int]
Point2i: TypeAlias = Sequence[int]
Point2f: TypeAlias = Sequence[float]
Point2d: TypeAlias = Sequence[float]
Point3i: TypeAlias = Sequence[int]
Point3f: TypeAlias = Sequence[float]
Point3d: TypeAlias = Sequence[float]
Range: TypeAlias = Sequence[int]
Rect: TypeAlias = Sequence[int]
Rect2i: TypeAlias = Sequence[int]
Rect2f: TypeAlias = Sequence[float]
Rect2d: TypeAlias = Sequence[float]
Moments: TypeAlias = dict[str, float]
RotatedRect: TypeAlias = tuple[Point2f, Size2f, float]
TermCriteria_Type: TypeAlias = int
TermCriteria: TypeAlias = tuple[TermCriteria_Type, int, float]
Vec2i: TypeAlias = Sequence[int]
Vec2f: TypeAlias = Sequence[float]
Vec2d: TypeAlias = Sequence[float]
Vec3i: TypeAlias = Sequence[int]
Vec3f: TypeAlias = Sequence[float]
Vec3d: TypeAlias = Sequence[float]
Vec4i: TypeAlias = Sequence[int]
Vec4f: TypeAlias = Sequence[float]
Vec4d: TypeAlias = Sequence[float]
Vec6f: TypeAlias = Sequence[float]
Matx33f: TypeAlias = NumPyArrayFloat32
Matx33d: TypeAlias = NumPyArrayFloat64
Matx44f: TypeAlias = NumPyArrayFloat32
Matx44d: TypeAlias = NumPyArrayFloat64
FeatureDetector: TypeAlias = Feature2D
DescriptorExtractor: TypeAlias = Feature2D
FeatureExtractor: TypeAlias = Feature2D
LayerId: TypeAlias = DictValue
LayerParams: TypeAlias = dict[str, int | float | str]
IndexParams: TypeAlias = dict[str, bool | int | float | str]
SearchParams: TypeAlias = dict[str, bool | int | float | str]
map_string_and_string: TypeAlias = dict[str, str]
map_string_and_int: TypeAlias = dict[str, int]
map_string_and_vector_size_t: TypeAlias = dict[str, Sequence[int]]
map_string_and_vector_float: TypeAlias = dict[str, Sequence[float]]
map_int_and_double: TypeAlias = dict[int, float]
