"""How arguments bind, what native refuses, and in which words."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

IMAGE = photo(12, 16)
COLUMN = np.arange(4.0).reshape(4, 1)

ACCEPTED = {
    "keywords_in_any_order": lambda: cv2.resize(interpolation=cv2.INTER_NEAREST, dsize=(8, 6), src=IMAGE),
    "default_skipped": lambda: cv2.GaussianBlur(IMAGE, (3, 3), 1, borderType=cv2.BORDER_REPLICATE),
    "dst_positional": lambda: cv2.resize(IMAGE, (8, 6), None, 0, 0, cv2.INTER_NEAREST),
    "none_for_size": lambda: cv2.resize(IMAGE, None, fx=0.5, fy=0.5),
    "list_for_size": lambda: cv2.resize(IMAGE, [8, 6]),
    "numpy_integers": lambda: cv2.resize(IMAGE, (np.int64(8), np.uint8(6))),
    "array_for_size": lambda: cv2.resize(IMAGE, np.array([8, 6])),
    "numpy_float": lambda: cv2.getRotationMatrix2D((np.float32(3.5), 2), np.float64(30), np.int16(1)),
    "number_for_scalar": lambda: cv2.circle(IMAGE.copy(), (5, 5), 3, 255),
    "array_for_scalar": lambda: cv2.circle(IMAGE.copy(), (5, 5), 3, np.array([1.0, 2, 3])),
    "integer_for_bool": lambda: cv2.arcLength(np.array([[0, 0], [3, 4]], np.int32), 1),
    "term_criteria_list": lambda: cv2.meanShift(noise(20, 20), (2, 2, 9, 9), [3, 5, 1.0]),
    "strided_input": lambda: cv2.blur(photo(40, 50)[5:30:2, ::3, ::-1], (3, 3)),
    "views": lambda: [
        cv2.bitwise_not(view)
        for view in (IMAGE[:, ::-1], IMAGE[::-1], IMAGE[::2, ::3], IMAGE[..., :2], IMAGE[2:9, 3:])
    ],
    "view_of_four_axes": lambda: cv2.bitwise_not(noise(6, 4, 5, 9)[::2, ::-1, :, 2:7]),
    "array_given_twice": lambda: cv2.bitwise_and(IMAGE, IMAGE, mask=IMAGE[..., 1]),
    "array_and_a_view_of_it": lambda: cv2.subtract(IMAGE, IMAGE[:, ::-1]),
    "transposed_input": lambda: cv2.blur(photo(40, 50).transpose(1, 0, 2), (3, 3)),
    "fortran_input": lambda: cv2.blur(np.asfortranarray(photo(channels=1)), (3, 3)),
    "one_channel_axis": lambda: cv2.blur(noise(9, 8, 1), (3, 3)),
    "number_for_dst": lambda: cv2.normalize(COLUMN, 0.0, 1.0, cv2.NORM_MINMAX),
    "numbers_for_dst": lambda: cv2.normalize(COLUMN, (1, 2.0, np.float64(3)), 1.0, cv2.NORM_MINMAX),
    "nothing_for_dst": lambda: cv2.normalize(IMAGE, ()),
    "numbers_that_remain": lambda: cv2.add(
        COLUMN, COLUMN, (5, 6, 7, 8), np.array([[1], [0], [1], [0]], np.uint8)
    ),
    "numbers_for_the_sorted": lambda: cv2.sort(COLUMN, cv2.SORT_EVERY_COLUMN, 3.0),
    "numbers_drawn_on": lambda: cv2.rectangle((3.0, 2.0), (0, 0), (0, 1), 9),
    "numbers_for_dst_items": lambda: cv2.split(IMAGE, [1.0, None, (2, 3)]),
    "numpy_integers_for_double": lambda: cv2.normalize(COLUMN, None, np.uint64(3), np.int64(2)),
    "half_for_float": lambda: cv2.getRotationMatrix2D((np.float16(3.5), np.int16(2)), 30, 1),
    "foreign_byte_order": lambda: cv2.extractChannel(IMAGE.astype(">f4"), 0).dtype.str,
    "single_row": lambda: cv2.blur(noise(1, 8), (3, 1)),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(case, parity):
    parity(ACCEPTED[case]())


def test_dst_is_filled_and_returned(parity):
    dst = np.zeros((6, 8, 3), np.uint8)
    result = cv2.resize(IMAGE, (8, 6), dst=dst)
    assert result is dst
    parity(dst)


@pytest.mark.parametrize("call", [cv2.bitwise_not, cv2.sort], ids=["engine", "substitute"])
def test_dst_keeps_its_mask(call, parity):
    dst = np.ma.masked_array(np.zeros((4, 5), np.uint8), np.eye(4, 5, dtype=bool))
    result = call(noise(4, 5), dst=dst) if call is cv2.bitwise_not else call(noise(4, 5), 0, dst)
    parity((np.asarray(dst), result.mask, type(result).__name__))


def test_dst_of_another_shape_is_left_alone(parity):
    dst = np.zeros((5, 5, 3), np.uint8)
    result = cv2.resize(IMAGE, (8, 6), dst=dst)
    assert result is not dst
    parity([result, dst])


def test_dst_may_be_a_view(parity):
    whole = np.zeros((20, 30, 3), np.uint8)
    cv2.blur(IMAGE, (3, 3), dst=whole[4:16, 8:24])
    parity(whole)


def test_source_is_destination(parity):
    image = IMAGE.copy()
    assert cv2.flip(image, 1, image) is image
    parity(image)


def test_both_sources_are_the_destination(parity):
    whole = IMAGE.copy()
    part = whole[2:9, 3:12]
    assert cv2.add(part, part, part, mask=noise(7, 9)) is part
    parity(whole)


REFUSED = {
    "missing": lambda: cv2.resize(IMAGE),
    "too_many": lambda: cv2.resize(IMAGE, (1, 1), None, 0, 0, 0, 0),
    "unknown_keyword": lambda: cv2.resize(IMAGE, (1, 1), foo=1),
    "missing_without_arrays": lambda: cv2.getRotationMatrix2D((1, 2), 3),
    "list_for_array": lambda: cv2.resize([[1, 2], [3, 4]], (1, 1)),
    "none_for_array": lambda: cv2.resize(None, (1, 1)),
    "string_for_array": lambda: cv2.norm("a"),
    "three_for_size": lambda: cv2.resize(IMAGE, (1, 2, 3)),
    "float_for_size": lambda: cv2.resize(IMAGE, (2.5, 2)),
    "number_for_size": lambda: cv2.resize(IMAGE, 2),
    "nan_for_size": lambda: cv2.resize(IMAGE, (float("nan"), 2)),
    "float_for_point": lambda: cv2.circle(IMAGE, (1.5, 2), 2, 0),
    "float_for_int": lambda: cv2.circle(IMAGE, (1, 2), 2.0, 0),
    "bool_for_int": lambda: cv2.circle(IMAGE, (1, 2), True, 0),
    "huge_int": lambda: cv2.circle(IMAGE, (1, 2), 2**40, 0),
    "string_for_double": lambda: cv2.threshold(IMAGE, "a", 255, 0),
    "bool_for_double": lambda: cv2.threshold(IMAGE, True, 255, 0),
    "five_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, (1, 2, 3, 4, 5)),
    "string_for_dst": lambda: cv2.normalize(IMAGE, "x"),
    "list_for_dst": lambda: cv2.normalize(IMAGE, [1, 2]),
    "dict_for_size": lambda: cv2.resize(IMAGE, {0: 8, 1: 6}),
    "dict_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, {0: 1}),
    "dict_for_list": lambda: cv2.merge({0: IMAGE}),
    "dict_for_term_criteria": lambda: cv2.meanShift(noise(20, 20), (2, 2, 9, 9), {0: 3, 1: 5, 2: 1.0}),
    "dict_for_numbers": lambda: cv2.imencode(".png", IMAGE, {0: 1}),
    "words_for_dst": lambda: cv2.normalize(IMAGE, (1, "x")),
    "numpy_integer_for_dst": lambda: cv2.normalize(IMAGE, np.int64(3)),
    "numpy_integer_for_array": lambda: cv2.add(IMAGE, np.int64(3)),
    "numpy_integers_for_array": lambda: cv2.add(IMAGE, (np.int32(3), 1)),
    "numpy_integer_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, np.uint8(3)),
    "numpy_integers_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, (np.int64(3), 3)),
    "array_of_integers_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, np.array([1, 2, 3])),
    "numpy_integer_for_float": lambda: cv2.getRotationMatrix2D((np.int64(3), 2), 30, 1),
    "long_double_for_double": lambda: cv2.threshold(IMAGE, np.longdouble(3), 255, 0),
    "array_for_double": lambda: cv2.threshold(IMAGE, np.array(3.0), 255, 0),
    "words_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, ("a", "b")),
    "string_for_scalar": lambda: cv2.circle(IMAGE, (1, 2), 2, 1j),
    "number_for_list": lambda: cv2.merge(5),
    "wrong_item": lambda: cv2.merge([IMAGE, "a"]),
    "object_array": lambda: cv2.blur(np.zeros((3, 3), object), (3, 3)),
    "complex_array": lambda: cv2.blur(np.zeros((3, 3), complex), (3, 3)),
    "two_for_rotated_rectangle": lambda: cv2.boxPoints(((1, 2), (3, 4))),
    "string_for_angle": lambda: cv2.boxPoints(((1, 2), (3, 4), "a")),
    "empty_size": lambda: cv2.resize(IMAGE, (0, 0)),
    "negative_size": lambda: cv2.resize(IMAGE, (-3, 4)),
    "empty_array": lambda: cv2.resize(np.zeros((0, 0), np.uint8), (4, 4)),
    "empty_rows": lambda: cv2.cvtColor(np.zeros((0, 4, 3), np.uint8), cv2.COLOR_BGR2GRAY),
    "even_kernel": lambda: cv2.GaussianBlur(IMAGE, (2, 2), 0),
    "shapes_differ": lambda: cv2.add(IMAGE, photo(5, 6)),
    "channels_differ": lambda: cv2.absdiff(IMAGE, IMAGE[..., 0].copy()),
    "bad_depth": lambda: cv2.medianBlur(noise(9, 9, dtype=np.int32), 5),
    "inverse_of_a_strip": lambda: cv2.invert(np.zeros((2, 3))),
    "bad_code": lambda: cv2.cvtColor(IMAGE, 9999),
    "too_few_points": lambda: cv2.fitEllipse(np.zeros((3, 2), np.int32)),
    "merge_sizes": lambda: cv2.merge([IMAGE[..., 0].copy(), noise(3, 3)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    parity.raised(REFUSED[case])


def test_constants(parity):
    names = sorted(n for n in dir(cv2) if type(getattr(cv2, n)) is int and not n.startswith("_"))
    parity({name: getattr(cv2, name) for name in names})


@pytest.mark.parametrize("name", ["dnn", "aruco", "ccm", "detail", "mcc", "Error"])
def test_constants_of_submodules(name, parity):
    module = getattr(cv2, name)
    names = sorted(n for n in dir(module) if type(getattr(module, n)) is int and not n.startswith("_"))
    parity({n: getattr(module, n) for n in names})


def test_unknown_name():
    assert not hasattr(cv2, "resise")


def test_works_after_errors(parity):
    for _ in range(300):
        with pytest.raises(cv2.error):
            cv2.resize(IMAGE, (0, 0))
    parity(cv2.resize(IMAGE, (5, 5)))
