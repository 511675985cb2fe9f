"""Names for annotations, as native's ``cv2.typing`` has them."""

from __future__ import annotations

import sys
import typing

import numpy as np

_cv2: typing.Any = sys.modules[__package__]

_Integers = typing.Sequence[int]
_Numbers = typing.Sequence[float]

IntPointer = int
LayerId = _cv2.dnn.DictValue
FeatureDetector = DescriptorExtractor = FeatureExtractor = _cv2.Feature2D

NumPyArrayNumeric = NumPyArrayFloat32 = NumPyArrayFloat64 = np.ndarray
Matx33f = Matx33d = Matx44f = Matx44d = np.ndarray
MatLike = typing.Union[_cv2.Mat, np.ndarray]  # noqa: UP007  (a union type has other members)
MatShape = _Integers

Size = Point = Point2i = Point3i = Range = Rect = Rect2i = _Integers
Vec2i = Vec3i = Vec4i = _Integers
Size2f = Point2f = Point2d = Point3f = Point3d = Rect2f = Rect2d = _Numbers
Vec2f = Vec2d = Vec3f = Vec3d = Vec4f = Vec4d = Vec6f = _Numbers
Scalar = typing.Union[_Numbers, float]  # noqa: UP007
RotatedRect = tuple[_Numbers, _Numbers, float]
TermCriteria_Type = int
TermCriteria = tuple[int, int, float]
Moments = dict[str, float]

IndexParams = SearchParams = dict[str, bool | int | float | str]
LayerParams = dict[str, int | float | str]
map_string_and_string = dict[str, str]
map_string_and_int = dict[str, int]
map_string_and_vector_size_t = dict[str, _Integers]
map_string_and_vector_float = dict[str, _Numbers]
map_int_and_double = dict[int, float]
