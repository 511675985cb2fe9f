"""Images to blobs as an object describes it: modules/dnn/src/dnn_utils.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._convert import CONVERTERS
from .._convert_arrays import Call
from .._errors import Mismatch, error, failed_assertion, opencv_error
from .._sequences import SEQUENCES
from .._spec import Parameter
from .._structures import Structure
from ._arrays import Array, channels_of, dimensions_of, or_none, present, size_of
from ._distortion import to_integer
from ._methods import Method
from ._type_names import type_name

__all__ = ["Image2BlobParams", "blobFromImageWithParams", "blobFromImagesWithParams"]

_SOURCE = "dnn/src/dnn_utils.cpp"
_IMPLEMENTATION = "blobFromImagesWithParamsImpl"
_NULL, _CROP_CENTER, _LETTERBOX = 0, 1, 2
_NCHW, _NHWC = 2, 4
_CV_8U, _CV_32F = 0, 5
_DTYPES: dict[int, np.dtype[Any]] = {_CV_8U: np.dtype(np.uint8), _CV_32F: np.dtype(np.float32)}
_CHECKING = (
    "void cv::dnn::dnn5_v20260605::blobFromImagesWithParamsImpl(cv::InputArrayOfArrays, Tmat&, "
    "const Image2BlobParams&) [with Tmat = cv::Mat; cv::InputArrayOfArrays = const cv::_InputArray&]"
)
_ONES, _ZEROS = (1.0,) * 4, (0.0,) * 4
_DEPTHS_FOR_NCHW = {np.dtype(code) for code in "BbHhifd"}

_NEW = Method(
    "",
    "Image2BlobParams(Scalar scalefactor, Size size=None, Scalar mean=None, bool swapRB=False, "
    "int ddepth=5, enum datalayout=2, enum mode=0, Scalar borderValue=None)",
)
_RECTANGLE = Method("dnn_Image2BlobParams", "blobRectToImageRect(Rect rBlob, Size size) -> Rect")
_RECTANGLES = Method("dnn_Image2BlobParams", "blobRectsToImageRects(Rect[] rBlob, Size size)")


class _Setting:
    """An attribute, converted as an argument of that kind is."""

    def __init__(self, kind: str) -> None:
        self._convert = CONVERTERS[kind]
        self._parameter = Parameter("value", kind, True, False, True, None)

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Image2BlobParams | None, owner: type | None = None) -> Any:
        return self if instance is None else instance._values[self._name]

    def __set__(self, instance: Image2BlobParams, value: Any) -> None:
        if value is None:
            return
        call = Call()
        try:
            self._convert(call, self._parameter, value)
        except Mismatch as mismatch:
            # An integer that is too large is natively another error, and only here.
            raise (ValueError if "won't fit" in str(mismatch) else TypeError)(str(mismatch)) from None
        instance._values[self._name] = call.flat[0] if len(call.flat) == 1 else tuple(call.flat)

    def __delete__(self, instance: Image2BlobParams) -> None:
        raise TypeError(f"Cannot delete the {self._name} attribute")


class Image2BlobParams(Structure):
    """What blobFromImageWithParams does to an image.

    Attributes
    ----------
    scalefactor, mean, borderValue : (float, float, float, float)
    size : (int, int)
    swapRB : bool
    ddepth, datalayout, paddingmode : int

    Raises
    ------
    cv2.error
        The arguments do not fit.
    """

    __slots__ = ("_values",)

    _name = "dnn.Image2BlobParams"
    _values: dict[str, Any]

    scalefactor = _Setting("Scalar")
    size = _Setting("Size")
    mean = _Setting("Scalar")
    swapRB = _Setting("bool")
    ddepth = _Setting("int")
    datalayout = _Setting("enum")
    paddingmode = _Setting("enum")
    borderValue = _Setting("Scalar")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = [name for name, value in vars(Image2BlobParams).items() if isinstance(value, _Setting)]
        values = _NEW.bind(args, kwargs)[1:] if args or kwargs else _NEW.bind((_ONES,), {})[1:]
        self._values = dict(zip(names, values, strict=True))

    def blobRectToImageRect(self, *args: Any, **kwargs: Any) -> tuple[int, ...]:
        """blobRectToImageRect(rBlob, size) -> the rectangle in an image of that size

        It is (0, 0, 0, 0), as natively, if the image has the blob's size.
        """
        rectangle, size = _RECTANGLE.bind(args, kwargs)[1:]
        if min(size) <= 0:
            raise failed_assertion("!oriImage.empty()", "blobRectToImageRect", f"{_SOURCE}:517")
        found: tuple[int, ...] = tuple(self._in_image(np.array([rectangle], np.int32), size)[0].tolist())
        return found

    def blobRectsToImageRects(self, *args: Any, **kwargs: Any) -> Array | tuple[()]:
        """blobRectsToImageRects(rBlob, size) -> the same of several, int32 (n, 4)"""
        rectangles, size = _RECTANGLES.bind(args, kwargs)[1:]
        found = self._in_image(rectangles, size)
        return found if len(found) else ()

    def _in_image(self, rectangles: Array, size: tuple[int, int]) -> Array:
        if self.size == size:
            return np.zeros_like(rectangles)
        blob, image = np.array(self.size, np.float32), np.array(size, np.float32)
        corner, extent = rectangles[:, :2], rectangles[:, 2:]
        with np.errstate(all="ignore"):
            if self.paddingmode == _NULL:
                corner, extent = (part.astype(np.float32) * image / blob for part in (corner, extent))
            elif self.paddingmode == _CROP_CENTER:
                factor = max(blob / image)
                corner = (corner + 0.5 * (image * factor - blob).astype(np.float64)) / np.float64(factor)
                extent = extent.astype(np.float32) / factor
            elif self.paddingmode == _LETTERBOX:
                factor, _, border = _letterbox(self.size, size)
                corner = (corner - np.array(border)).astype(np.float32) / factor
                extent = extent.astype(np.float32) / factor
            else:
                text = "Unknown padding mode"
                raise opencv_error(-5, "Bad argument", text, "blobRectsToImageRects", f"{_SOURCE}:571")
        numbers = np.column_stack([corner, extent]).reshape(-1)
        return np.array([to_integer(number) for number in numbers], np.int32).reshape(-1, 4)


Image2BlobParams.__module__ = "cv2.dnn"


def _parameters(parameter: Parameter, value: Any) -> Image2BlobParams:
    if value is None:
        return Image2BlobParams()
    if not isinstance(value, Image2BlobParams):
        raise Mismatch(f"Expected cv::dnn::Image2BlobParams for argument '{parameter.name}'")
    return value


SEQUENCES["Image2BlobParams"] = _parameters


def blobFromImageWithParams(image: Array | None, param: Image2BlobParams) -> Array | None:
    """The blob of one image, as :func:`blobFromImagesWithParams` makes it."""
    return blobFromImagesWithParams([image], param)


def blobFromImagesWithParams(images: list[Array | None], param: Image2BlobParams) -> Array | None:
    """One blob of several images, float32 or uint8, in either layout.

    Without a size all are brought to the size of the first.

    Raises
    ------
    cv2.error
        No images, or images that differ in depth or channels; settings that do not go together.
    UnsupportedInBrowser
        Red and blue of four channels are to be swapped for NHWC: native returns memory that it never set.
    """
    if param.ddepth not in (_CV_8U, _CV_32F):
        raise _unfit_depth(param.ddepth)
    if not images:
        raise failed_assertion("!images.empty()", _IMPLEMENTATION, f"{_SOURCE}:250")
    if param.ddepth == _CV_8U:
        _check_plain(param)
    brought = _brought_to_size([present(image) for image in images], param)
    if images[0] is None or dimensions_of(brought[0]) != 2:
        raise failed_assertion("image0.dims == 2", _IMPLEMENTATION, f"{_SOURCE}:302")
    if param.datalayout == _NCHW:
        return or_none(_planes(brought, param))
    if param.datalayout == _NHWC:
        return _pixels(brought, param)
    text = "Unsupported data layout in blobFromImagesWithParams function."
    raise opencv_error(
        -210, "Unsupported format or combination of formats", text, _IMPLEMENTATION, f"{_SOURCE}:420"
    )


def _unfit_depth(depth: int) -> error:
    shown = type_name(depth) if depth >= 0 else "<invalid type>"
    text = (
        "Blob depth should be CV_32F or CV_8U:\n    'param.ddepth == CV_32F || param.ddepth == CV_8U'\n"
        f"where\n    'param.ddepth' is {depth} ({shown})"
    )
    return opencv_error(-2, "Unspecified error", text, _CHECKING, f"{_SOURCE}:243")


def _check_plain(param: Image2BlobParams) -> None:
    if param.scalefactor != _ONES:
        condition = 'param.scalefactor == Scalar::all(1.0) && "Scaling is not supported for CV_8U blob depth"'
        raise failed_assertion(condition, _IMPLEMENTATION, f"{_SOURCE}:254")
    if param.mean != _ZEROS:
        condition = 'param.mean == Scalar() && "Mean subtraction is not supported for CV_8U blob depth"'
        raise failed_assertion(condition, _IMPLEMENTATION, f"{_SOURCE}:255")


def _brought_to_size(images: list[Array], param: Image2BlobParams) -> list[Array]:
    size = param.size
    brought = []
    for image in images:
        if dimensions_of(image) > 2:
            place = "core/include/opencv2/core/mat.inl.hpp:109"
            raise failed_assertion("dims <= 2", "operator()", place)
        own = _size(image)
        if size == (0, 0):
            size = own
        brought.append(image if size == own else _resized(image, size, param))
    return brought


def _size(image: Array) -> tuple[int, int]:
    """(width, height); an array with one axis is, as natively, a column."""
    rows, columns = size_of(image)
    return (columns, rows) if image.ndim > 1 else (1, columns)


def _resized(image: Array, size: tuple[int, int], param: Image2BlobParams) -> Array:
    if param.paddingmode == _LETTERBOX:
        _, inner, (left, top) = _letterbox(size, _size(image))
        resized = call_by_name("resize", image, inner)
        right, bottom = size[0] - left - inner[0], size[1] - top - inner[1]
        border = top, bottom, left, right, 0
        padded: Array = call_by_name("copyMakeBorder", resized, *border, value=param.borderValue)
        return padded
    if param.paddingmode != _CROP_CENTER:
        plain: Array = call_by_name("resize", image, size)
        return plain
    with np.errstate(all="ignore"):
        factor = float(max(np.array(size, np.float32) / np.array(_size(image), np.float32)))
    resized = call_by_name("resize", image, None, fx=factor, fy=factor)
    width, height = _size(resized)
    left, top = int(0.5 * (width - size[0])), int(0.5 * (height - size[1]))
    cropped: Array = resized[top : top + size[1], left : left + size[0]]
    return cropped


def _letterbox(blob: tuple[int, int], image: tuple[int, int]) -> tuple[Any, tuple[int, int], tuple[int, int]]:
    """By how much an image is made smaller, float32; to which size; and how much is left of and above it."""
    with np.errstate(all="ignore"):
        factor = min(np.array(blob, np.float32) / np.array(image, np.float32))
        width, height = (to_integer(np.float32(side) * factor) for side in image)
    return factor, (width, height), (int((blob[0] - width) / 2), int((blob[1] - height) / 2))


def _planes(images: list[Array], param: Image2BlobParams) -> Array:
    """(images, channels, height, width)"""
    first = images[0]
    if first.dtype not in _DEPTHS_FOR_NCHW:
        name = "Input image depth is not supported by function"
        text = "Unsupported input image depth for blobFromImagesNCHW"
        raise opencv_error(-17, name, text, "blobFromImagesNCHW", f"{_SOURCE}:225")
    channels = channels_of(first)
    function = "blobFromImagesNCHWImpl"
    if channels not in (1, 3, 4):
        raise failed_assertion("nch == 1 || nch == 3 || nch == 4", function, f"{_SOURCE}:136")
    for image in images:
        if image.dtype != first.dtype:
            condition = "images[k].depth() == images[0].depth()"
            raise failed_assertion(condition, function, f"{_SOURCE}:142")
        if channels_of(image) != channels:
            condition = "images[k].channels() == images[0].channels()"
            raise failed_assertion(condition, function, f"{_SOURCE}:143")
    height, width = first.shape[:2]
    plain = param.mean == _ZEROS and param.scalefactor == _ONES
    blob: Array = np.empty((len(images), channels, height, width), _DTYPES[param.ddepth])
    order = [2, 1, 0, 3][:channels] if param.swapRB and channels > 1 else range(channels)
    for image, planes in zip(images, blob, strict=True):
        pixels = image.reshape(height, width, channels)
        if blob.dtype == np.uint8 and image.dtype.kind == "f":
            pixels = pixels.astype(np.int64)  # so that what does not fit wraps around
        for plane, channel in enumerate(order):
            planes[plane] = pixels[:, :, channel]
    if not plain:
        for channel in range(channels):
            blob[:, channel] -= np.float32(param.mean[channel])
            blob[:, channel] *= np.float32(param.scalefactor[channel])
    return blob


def _pixels(images: list[Array], param: Image2BlobParams) -> Array:
    """(images, height, width, channels)"""
    first = images[0]
    channels = channels_of(first)
    mean, scale = param.mean, param.scalefactor
    swapped = param.swapRB and channels > 2
    if swapped:
        mean, scale = _first_and_third_swapped(mean), _first_and_third_swapped(scale)
    blob: Array = np.empty((len(images), *first.shape[:2], channels), _DTYPES[param.ddepth])
    for image, pixels in zip(images, blob, strict=True):
        converted = _converted(image, mean, scale, blob.dtype)
        if converted.dtype != blob.dtype:
            raise failed_assertion("image.depth() == blob_.depth()", _IMPLEMENTATION, f"{_SOURCE}:403")
        if channels_of(image) != channels:
            condition = "image.channels() == image0.channels()"
            raise failed_assertion(condition, _IMPLEMENTATION, f"{_SOURCE}:404")
        if not image.size and converted is not image:
            # Natively a conversion of nothing forgets even the number of columns.
            raise failed_assertion("image.size() == image0.size()", _IMPLEMENTATION, f"{_SOURCE}:405")
        if swapped and channels > 3:
            reason = "natively the blob is memory that was never set, if red and blue of four channels swap"
            raise UnsupportedInBrowser("cv2.dnn.blobFromImagesWithParams", reason, "DNN_LAYOUT_NCHW")
        shaped = converted.reshape(pixels.shape)
        pixels[...] = shaped[:, :, ::-1] if swapped else shaped
    if not blob.size:
        raise failed_assertion("blob_.total()", _IMPLEMENTATION, f"{_SOURCE}:422")
    return blob


def _converted(image: Array, mean: tuple[float, ...], scale: tuple[float, ...], dtype: Any) -> Array:
    if image.dtype == np.uint8 and dtype == np.float32:
        image = image.astype(np.float32)
    if mean != _ZEROS:
        image = call_by_name("subtract", image, mean)
    if scale != _ONES:
        image = call_by_name("multiply", image, scale)
    return image


def _first_and_third_swapped(values: tuple[float, ...]) -> tuple[float, ...]:
    first, second, third, fourth = values
    return third, second, first, fourth
