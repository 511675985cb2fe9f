"""SIFT, affine features, and matchers of approximate nearest neighbours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

IMAGE = cv2.GaussianBlur(photo(140, 180, 1), (0, 0), 1.2)
TURNED = cv2.warpAffine(IMAGE, cv2.getRotationMatrix2D((90, 70), 12, 1.1), (180, 140))
MASK = np.zeros_like(IMAGE)
MASK[20:120, 30:150] = 255


def sorted_points(points, descriptors=None):
    """By place, size and angle: equal responses come in no order of their own."""
    # What is above in an octave is the place between two layers, rounded.
    rows = [(*p.pt, p.size, p.angle, p.response, p.octave & 0xFFFF, p.class_id) for p in points]
    order = sorted(range(len(rows)), key=lambda index: rows[index])
    found = np.array([rows[index] for index in order], np.float64)
    return found if descriptors is None else (found, descriptors[order])


def detected(sift, image=IMAGE, mask=None):
    """Descriptors in bytes: their numbers are whole."""
    points, descriptors = sorted_points(*sift.detectAndCompute(image, mask))
    return points, descriptors.astype(np.uint8)


def computed_at_given_points():
    points = [cv2.KeyPoint(x, y, 8, 30) for x, y in ((40, 40), (90.5, 70.25), (130, 100))]
    kept, descriptors = cv2.SIFT_create().compute(IMAGE, points)
    return [point.pt for point in kept], descriptors


def of_several_images():
    points = cv2.SIFT_create(20).detect([IMAGE, TURNED])
    return [sorted_points(each) for each in points]


def described(count=60):
    """Descriptors, and the same a little otherwise in another order."""
    first = noise(count, 32, dtype=np.float32)
    return first, (first + 0.05 * noise(count, 32, dtype=np.float32, seed=1))[::-1].copy()


def matched(matcher):
    matches = matcher.knnMatch(*described(), k=2)
    return [(m.queryIdx, m.trainIdx, m.distance, n.trainIdx, n.distance) for m, n in matches]


def trained(matcher):
    first, second = described()
    matcher.add([first])
    states = [matcher.empty(), matcher.isMaskSupported(), len(matcher.getTrainDescriptors())]
    matcher.train()
    found = matcher.match(second[:10])
    clone = matcher.clone(True)
    matcher.clear()
    return [*states, [(m.queryIdx, m.trainIdx, m.imgIdx) for m in found], matcher.empty(), clone.empty()]


def exhaustive():
    return cv2.FlannBasedMatcher({"algorithm": 1, "trees": 4}, {"checks": 500})


def index_of(*given, distance=None):
    data = noise(60, 8, dtype=np.float32)
    index = cv2.flann.Index(data, *given) if distance is None else cv2.flann.Index(data, *given, distance)
    indices, distances = index.knnSearch(data[:5], 3, params={"checks": 100})
    return [indices, distances, index.getAlgorithm(), index.getDistance()]


def within_a_radius():
    data = noise(60, 3, dtype=np.float32)
    index = cv2.flann.Index()
    index.build(data, {"algorithm": 0})
    count, indices, distances = index.radiusSearch(data[:1], 0.2, 10, params={"checks": 100, "sorted": True})
    index.release()
    return count, indices[0, :count], distances[0, :count]


def views():
    feature = cv2.AffineFeature_create(cv2.SIFT_create(), 2)
    feature.setViewParams([1.0, 1.5], [0.0, 30.0])
    points, descriptors = feature.detectAndCompute(IMAGE, None)
    return sorted_points(points), descriptors.shape, feature.getDefaultName()


def blob_contours():
    parameters = cv2.SimpleBlobDetector_Params()
    parameters.filterByColor = False
    parameters.collectContours = True
    detector = cv2.SimpleBlobDetector_create(parameters)
    return [point.pt for point in detector.detect(blobs())], detector.getBlobContours()


CASES = {
    "detect": lambda: sorted_points(cv2.SIFT_create().detect(IMAGE)),
    "detect_masked": lambda: sorted_points(cv2.SIFT_create().detect(IMAGE, MASK)),
    "detectAndCompute": lambda: detected(cv2.SIFT_create()),
    "detectAndCompute_masked": lambda: detected(cv2.SIFT_create(), mask=MASK),
    "nfeatures": lambda: detected(cv2.SIFT_create(25)),
    "precise_upscale": lambda: detected(cv2.SIFT_create(enable_precise_upscale=True)),
    "bytes": lambda: detected(cv2.SIFT_create(0, 3, 0.04, 10, 1.6, cv2.CV_8U)),
    "colour": lambda: detected(cv2.SIFT_create(), photo(90, 120)),
    "nothing": lambda: cv2.SIFT_create().detectAndCompute(np.zeros((50, 50), np.uint8), None),
    "compute": lambda: computed_at_given_points(),
    "several_images": lambda: of_several_images(),
    "described": lambda: [
        (s.descriptorSize(), s.descriptorType(), s.defaultNorm(), s.empty(), s.getDefaultName())
        for s in [cv2.SIFT_create()]
    ],
    "AffineFeature": lambda: views(),
    "FlannBasedMatcher": lambda: matched(exhaustive()),
    "FlannBasedMatcher_create": lambda: matched(cv2.FlannBasedMatcher.create()),
    "FlannBasedMatcher_linear": lambda: matched(cv2.FlannBasedMatcher({"algorithm": 0}, {})),
    "FlannBasedMatcher_by_name": lambda: matched(cv2.DescriptorMatcher_create("FlannBased")),
    "FlannBasedMatcher_trained": lambda: trained(exhaustive()),
    "BFMatcher_trained": lambda: trained(cv2.BFMatcher()),
    "Index_linear": lambda: index_of({"algorithm": 0}),
    "Index_trees": lambda: index_of({"algorithm": 1, "trees": 4}),
    "Index_manhattan": lambda: index_of({"algorithm": 0}, distance=2),
    "radiusSearch": lambda: within_a_radius(),
    "getBlobContours": lambda: blob_contours(),
}
ERRORS = {
    "depth": lambda: cv2.SIFT_create().detect(noise(30, 30, dtype=np.float32)),
    "mask": lambda: cv2.SIFT_create().detect(IMAGE, MASK.astype(np.float32)),
    "no_points": lambda: cv2.SIFT_create().detectAndCompute(IMAGE, None, useProvidedKeypoints="x"),
    "number": lambda: cv2.SIFT_create("x"),
    "no_parameters": lambda: cv2.FlannBasedMatcher([1], {}),
    "no_key": lambda: cv2.FlannBasedMatcher({1: 1}, {}),
    "no_setting": lambda: cv2.FlannBasedMatcher({"algorithm": []}, {}),
    "flann_type": lambda: cv2.FlannBasedMatcher().match(noise(5, 4), noise(5, 4)),
}


@pytest.mark.parametrize("case", CASES)
def test_features(case, parity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parity(CASES[case](), own_build="its SIMD adds up what makes a descriptor's number in another order")


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
