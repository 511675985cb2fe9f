"""Running sums of images: modules/imgproc/src/accum.cpp.

Each adds to ``dst``, in place and in its precision, and returns it. All raise ``cv2.error`` where the sizes
or channels differ, the mask is no (h, w) array of uint8 or bool, or the depths are none that native adds:
uint8, uint16 or float32 to float32 or float64, float64 to float64.
"""

from __future__ import annotations

import numpy as np

from .._errors import failed_assertion
from ._arrays import Array, channels_of, dimensions_of, present, sizes_of, type_of

__all__ = ["accumulate", "accumulateProduct", "accumulateSquare", "accumulateWeighted"]

#: What native can add to a dtype.
_ADDED = {
    "float32": frozenset({"uint8", "uint16", "float32"}),
    "float64": frozenset({"uint8", "uint16", "float32", "float64"}),
}
_SOURCE = "imgproc/src/accum.cpp"


def accumulate(src: Array | None, dst: Array | None, mask: Array | None) -> Array:
    """``dst += src``."""
    src, dst, mask = _checked(present(src), present(dst), mask, "accumulate", 240)
    return _added(dst, src.astype(dst.dtype, copy=False), mask)


def accumulateSquare(src: Array | None, dst: Array | None, mask: Array | None) -> Array:
    """``dst += src * src``."""
    src, dst, mask = _checked(present(src), present(dst), mask, "accumulateSquare", 336)
    numbers = src.astype(dst.dtype, copy=False)
    return _added(dst, numbers * numbers, mask)


def accumulateProduct(src1: Array | None, src2: Array | None, dst: Array | None, mask: Array | None) -> Array:
    """``dst += src1 * src2``."""
    src1, src2 = present(src1), present(src2)
    if sizes_of(src1) != sizes_of(src2) or type_of(src1) != type_of(src2):
        condition = "_src1.sameSize(_src2) && stype == _src2.type()"
        raise failed_assertion(condition, "accumulateProduct", f"{_SOURCE}:438")
    src1, dst, mask = _checked(src1, present(dst), mask, "accumulateProduct", 439, "_src1")
    return _added(dst, src1.astype(dst.dtype, copy=False) * src2.astype(dst.dtype, copy=False), mask)


def accumulateWeighted(src: Array | None, dst: Array | None, alpha: float, mask: Array | None) -> Array:
    """``dst = (1 - alpha) * dst + alpha * src``."""
    src, dst, mask = _checked(present(src), present(dst), mask, "accumulateWeighted", 538)
    weight = dst.dtype.type(alpha)
    average = dst * (1 - weight) + src.astype(dst.dtype, copy=False) * weight
    np.copyto(dst, average, where=True if mask is None else mask)
    return dst


def _added(dst: Array, summand: Array, mask: Array | None) -> Array:
    np.add(dst, summand, out=dst, where=True if mask is None else mask)
    return dst


def _checked(
    src: Array, dst: Array, mask: Array | None, function: str, line: int, name: str = "_src"
) -> tuple[Array, Array, Array | None]:
    """The arrays, ``mask`` as a truth value an element."""
    if sizes_of(src) != sizes_of(dst) or channels_of(src) != channels_of(dst):
        condition = f"{name}.sameSize(_dst) && dcn == scn"
        raise failed_assertion(condition, function, f"{_SOURCE}:{line}")
    if mask is not None and not mask.size:
        mask = None
    if mask is not None and (sizes_of(mask) != sizes_of(src) or not _is_mask(mask)):
        condition = (
            f"_mask.empty() || ({name}.sameSize(_mask) && (_mask.type() == CV_8U || _mask.type() == CV_Bool))"
        )
        raise failed_assertion(condition, function, f"{_SOURCE}:{line + 1}")
    if src.dtype.name not in _ADDED.get(dst.dtype.name, ()):
        raise failed_assertion("func != 0", function, f"{_SOURCE}:{line + 13}")
    if dimensions_of(src) > 2 and src.dtype.name != "float64" and dst.dtype.name == "float32":
        place = "core/include/opencv2/core/mat.inl.hpp:109"
        raise failed_assertion("dims <= 2", "operator()", place)
    if mask is None:
        return src, dst, None
    return src, dst, mask.astype(bool, copy=False).reshape(*mask.shape[: len(sizes_of(src))], *_last(src))


def _is_mask(mask: Array) -> bool:
    return mask.dtype.name in ("uint8", "bool") and channels_of(mask) == 1


def _last(src: Array) -> tuple[int, ...]:
    """An axis that stretches over the channels, where the array has one."""
    return (1,) * (src.ndim - len(sizes_of(src)))
