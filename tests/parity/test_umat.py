"""UMat wherever an array may stand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo


def held(array):
    return cv2.UMat(array)


def shown(result):
    """The result with each UMat as ["UMat", its array]."""
    if isinstance(result, cv2.UMat):
        return ["UMat", result.get()]
    if isinstance(result, tuple):
        return tuple(map(shown, result))
    return result


def written(call):
    target = held(np.zeros((61, 83, 3), np.uint8))
    result = call(target)
    return shown(result), target.get()


MATRIX = np.array([[1, 0, 3], [0, 1, 2]], np.float32)
CASES = {
    "add": lambda: cv2.add(held(photo()), held(photo(seed=3))),
    "add_with_array": lambda: cv2.add(held(photo()), photo(seed=3)),
    "add_array_first": lambda: cv2.add(photo(), held(photo(seed=3))),
    "add_number": lambda: cv2.add(held(photo()), 5),
    "resize_keyword": lambda: cv2.resize(src=held(photo()), dsize=(20, 10)),
    "mean": lambda: cv2.mean(held(photo())),
    "threshold": lambda: cv2.threshold(held(photo(channels=1)), 90, 255, cv2.THRESH_BINARY),
    "split": lambda: cv2.split(held(photo())),
    "merge": lambda: cv2.merge([held(noise(5, 6)), held(noise(5, 6, seed=2))]),
    "findContours": lambda: cv2.findContours(held(blobs()), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE),
    "boundingRect": lambda: cv2.boundingRect(held(blobs())),
    "warpAffine_matrix": lambda: cv2.warpAffine(photo(), held(MATRIX), (80, 60), flags=cv2.INTER_NEAREST),
    "extractChannel": lambda: cv2.extractChannel(held(photo()), 1),
    "rectangle": lambda: written(lambda u: cv2.rectangle(u, (3, 4), (30, 40), (1, 2, 3), 2)),
    "dst": lambda: written(lambda u: cv2.bitwise_not(photo(), dst=u)),
    "dst_of_another_size": lambda: written(lambda u: cv2.resize(held(photo()), (20, 10), u)),
    "sizes": lambda: [cv2.UMat(3, 4, cv2.CV_8UC3).get().shape, cv2.UMat((4, 3), cv2.CV_32F).get().dtype.name],
    "filled": lambda: [cv2.UMat(3, 4, cv2.CV_8U, 5.0).get(), cv2.UMat((4, 3), cv2.CV_8UC3, (1, 2, 3)).get()],
    "empty": lambda: cv2.UMat().get(),
    "part": lambda: [cv2.UMat(held(photo()), (10, 5, 20, 30)).get(), cv2.UMat(held(photo()), (2, 9)).get()],
    "attributes": lambda: [held(photo()).isContinuous(), held(photo()).isSubmatrix(), held(photo()).offset],
    "no_device": lambda: [cv2.UMat.context(), cv2.UMat.queue(), cv2.UMat_context(), cv2.UMat_queue()],
    "imencode": lambda: cv2.imdecode(cv2.imencode(".png", held(photo()))[1], cv2.IMREAD_COLOR),
    "imdecode": lambda: cv2.imdecode(held(cv2.imencode(".png", photo())[1]), cv2.IMREAD_GRAYSCALE),
    "one_channel_axis": lambda: (held(noise(5, 6, 1)).get(), cv2.sort(held(noise(5, 6, 1)), 0)),
}


@pytest.mark.parametrize("name", CASES)
def test_umat(name, parity):
    parity(shown(CASES[name]()))


def test_no_such_umat(parity):
    with pytest.raises(cv2.error) as caught:
        cv2.UMat("x")
    parity([caught.value.code, caught.value.func])


def test_handle():
    # Natively an address, or 0 without a device.
    assert isinstance(held(photo()).handle(cv2.ACCESS_READ), int)
