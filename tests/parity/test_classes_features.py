"""Feature detectors, descriptors and matchers, and the structures that they give."""

from __future__ import annotations

import copy
import gc

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

IMAGE = photo(240, 320)
GREY = photo(240, 320, 1)
MOVED = np.roll(GREY, (7, 11), (0, 1))
MASK = np.zeros((240, 320), np.uint8)
MASK[40:200, 60:260] = 255


def plain(value):
    """Structures as tuples of their attributes."""
    if isinstance(value, cv2.KeyPoint):
        return (value.pt, value.size, value.angle, value.response, value.octave, value.class_id)
    if isinstance(value, cv2.DMatch):
        return (value.queryIdx, value.trainIdx, value.imgIdx, value.distance)
    if isinstance(value, tuple | list):
        return type(value)(map(plain, value))
    return value


def found(detector, image=GREY, mask=None):
    keypoints, descriptors = detector.detectAndCompute(image, mask)
    return plain(keypoints), descriptors


def descriptors():
    fast, orb = cv2.FastFeatureDetector_create(60), cv2.ORB_create(120)
    return tuple(orb.compute(image, fast.detect(image)[:90])[1] for image in (GREY, MOVED))


def float_descriptors():
    return noise(20, 32, dtype=np.float32), noise(30, 32, dtype=np.float32, seed=1)


def matched(matcher, how, *args, of=descriptors, **kwargs):
    return plain(getattr(matcher, how)(*of(), *args, **kwargs))


def trained(how, *args, **kwargs):
    query, train = descriptors()
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING)
    matcher.add([train[:50], train[50:]])
    matcher.train()
    return plain(getattr(matcher, how)(query, *args, **kwargs)), matcher.empty()


def lines(n=12):
    return [cv2.KeyPoint(20 + 15 * i, 30 + 10 * i, 10 + i, 25 * i, 0.5, i % 3, i) for i in range(n)]


def matches(n=12):
    return [cv2.DMatch(i, n - 1 - i, 0.25 * i) for i in range(n)]


def blob_parameters(**changes):
    parameters = cv2.SimpleBlobDetector_Params()
    for name, value in changes.items():
        setattr(parameters, name, value)
    return parameters


def attributes(instance, names):
    return [getattr(instance, name) for name in names.split()]


def getters(instance, names):
    return [getattr(instance, f"get{name}")() for name in names.split()]


def described(image=GREY):
    keypoints = cv2.FastFeatureDetector_create(40).detect(image)[:50]
    return plain(cv2.ORB_create().compute(image, keypoints))


def changed(keypoint, **changes):
    for name, value in changes.items():
        setattr(keypoint, name, value)
    return plain(keypoint)


def reset_blobs():
    detector = cv2.SimpleBlobDetector_create()
    detector.setParams(blob_parameters(filterByArea=False, blobColor=255))
    return detector.getDefaultName(), plain(detector.detect(blobs()))


BLOB_NAMES = (
    "thresholdStep minThreshold maxThreshold minRepeatability minDistBetweenBlobs filterByColor blobColor "
    "filterByArea minArea maxArea filterByCircularity minCircularity maxCircularity filterByInertia "
    "minInertiaRatio maxInertiaRatio filterByConvexity minConvexity maxConvexity collectContours"
)

CASES = {
    "orb": lambda: found(cv2.ORB_create()),
    "orb_colour": lambda: found(cv2.ORB.create(nfeatures=100, scaleFactor=1.5), IMAGE),
    "orb_mask": lambda: found(cv2.ORB_create(scoreType=cv2.ORB_FAST_SCORE, fastThreshold=10), mask=MASK),
    "orb_nothing": lambda: found(cv2.ORB_create(), np.zeros((80, 80), np.uint8)),
    "orb_view": lambda: found(cv2.ORB_create(50), GREY[10:200:2, ::-1]),
    "orb_wta": lambda: found(cv2.ORB_create(80, WTA_K=4, patchSize=25, edgeThreshold=25)),
    "orb_detect": lambda: plain(cv2.ORB_create(60).detect(GREY, MASK)),
    "orb_detect_several": lambda: plain(cv2.ORB_create(30).detect([GREY, MOVED, GREY * 0])),
    "orb_detect_several_masks": lambda: plain(cv2.ORB_create(30).detect([GREY, MOVED], [MASK, MASK])),
    "orb_compute": described,
    "orb_compute_nothing": lambda: plain(cv2.ORB_create().compute(GREY, [])),
    "orb_compute_none": lambda: plain(cv2.ORB_create().compute(GREY, None)),
    "orb_compute_several": lambda: plain(cv2.ORB_create().compute([GREY, MOVED], [lines(5), lines(9)])),
    "orb_sizes": lambda: [
        cv2.ORB_create().descriptorSize(),
        cv2.ORB_create().descriptorType(),
        cv2.ORB_create(WTA_K=3).defaultNorm(),
        cv2.ORB_create().empty(),
        cv2.ORB_create().getDefaultName(),
        cv2.ORB_create(fastThreshold=7).getFastThreshold(),
    ],
    "orb_use_provided": lambda: plain(
        cv2.ORB_create().detectAndCompute(GREY, None, useProvidedKeypoints=False)[0][:3]
    ),
    "fast": lambda: plain(cv2.FastFeatureDetector_create(30).detect(GREY)),
    "fast_type": lambda: plain(
        cv2.FastFeatureDetector.create(30, False, cv2.FAST_FEATURE_DETECTOR_TYPE_7_12).detect(GREY, MASK)
    ),
    "fast_getters": lambda: getters(
        cv2.FastFeatureDetector_create(17, type=1), "Threshold NonmaxSuppression Type DefaultName"
    ),
    "gftt": lambda: plain(cv2.GFTTDetector_create(50, 0.05, 8).detect(GREY)),
    "gftt_harris": lambda: plain(cv2.GFTTDetector.create(useHarrisDetector=True, k=0.05).detect(GREY)),
    "gftt_gradient": lambda: plain(cv2.GFTTDetector_create(40, 0.02, 5, 3, 5).detect(GREY)),
    "gftt_getters": lambda: getters(
        cv2.GFTTDetector_create(40, 0.02, 5, 7, True, 0.06),
        "MaxFeatures QualityLevel MinDistance BlockSize HarrisDetector K DefaultName",
    ),
    "blobs": lambda: plain(cv2.SimpleBlobDetector_create().detect(255 - blobs())),
    "blobs_parameters": lambda: plain(
        cv2.SimpleBlobDetector_create(
            blob_parameters(filterByArea=False, filterByCircularity=True, minThreshold=20, blobColor=255)
        ).detect(blobs())
    ),
    "blobs_defaults": lambda: attributes(cv2.SimpleBlobDetector.Params(), BLOB_NAMES),
    "blobs_changed": lambda: attributes(
        cv2.SimpleBlobDetector_create(blob_parameters(minArea=7.3, minRepeatability=5)).getParams(),
        BLOB_NAMES,
    ),
    "blobs_set": lambda: reset_blobs(),
    "mser": lambda: cv2.MSER_create(min_area=40).detectRegions(GREY),
    "mser_detect": lambda: plain(cv2.MSER.create().detect(GREY)),
    "mser_nothing": lambda: cv2.MSER_create().detectRegions(np.zeros((50, 50), np.uint8)),
    "mser_getters": lambda: getters(
        cv2.MSER_create(6, 70, 9000), "Delta MinArea MaxArea Pass2Only DefaultName"
    ),
    "match": lambda: matched(cv2.BFMatcher(cv2.NORM_HAMMING), "match"),
    "match_cross": lambda: matched(cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True), "match"),
    "match_floats": lambda: matched(cv2.BFMatcher_create(), "match", of=float_descriptors),
    "match_l1": lambda: matched(cv2.BFMatcher.create(cv2.NORM_L1), "match", of=float_descriptors),
    "match_mask": lambda: matched(cv2.BFMatcher(), "match", noise(20, 30) // 128, of=float_descriptors),
    "match_trained": lambda: trained("match"),
    "knn": lambda: matched(cv2.BFMatcher(cv2.NORM_HAMMING), "knnMatch", k=2),
    "knn_compact": lambda: matched(cv2.BFMatcher(cv2.NORM_HAMMING), "knnMatch", 3, None, True),
    "knn_trained": lambda: trained("knnMatch", k=2),
    "knn_nothing": lambda: plain(
        cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(descriptors()[0][:0], descriptors()[1], 2)
    ),
    "radius": lambda: matched(cv2.BFMatcher(), "radiusMatch", 2.2, of=float_descriptors),
    "radius_trained": lambda: trained("radiusMatch", 60.0),
    "radius_many": lambda: trained("radiusMatch", 110.0),
    "matcher_created": lambda: matched(
        cv2.DescriptorMatcher_create("BruteForce-L1"), "match", of=float_descriptors
    ),
    "matcher_numbered": lambda: matched(
        cv2.DescriptorMatcher.create(cv2.DescriptorMatcher_BRUTEFORCE_HAMMING), "match"
    ),
    "matcher_emptied": lambda: (
        (matcher := cv2.BFMatcher()).add([float_descriptors()[0]]),
        matcher.empty(),
        matcher.clear(),
        matcher.empty(),
        matcher.isMaskSupported(),
    ),
    "drawKeypoints": lambda: cv2.drawKeypoints(GREY, lines(), None, (0, 255, 0)),
    "drawKeypoints_rich": lambda: cv2.drawKeypoints(
        IMAGE, lines(), None, (20, 30, 250), flags=cv2.DRAW_MATCHES_FLAGS_DRAW_RICH_KEYPOINTS
    ),
    "drawKeypoints_over": lambda: (
        cv2.drawKeypoints(
            GREY, lines(), target := IMAGE.copy(), (9, 8, 7), cv2.DrawMatchesFlags_DRAW_OVER_OUTIMG
        ),
        target,
    ),
    "drawKeypoints_color_array": lambda: cv2.drawKeypoints(
        GREY, lines(), None, np.array([0.0, 255, 0, 0]), cv2.DRAW_MATCHES_FLAGS_DEFAULT
    ),
    "drawKeypoints_random_list": lambda: cv2.drawKeypoints(GREY, lines(), None, [-1, -1, -1, -1]),
    "drawKeypoints_random_array": lambda: cv2.drawKeypoints(GREY, lines(), None, np.full(4, -1.0)),
    "drawKeypoints_random": lambda: cv2.drawKeypoints(GREY, lines(), None),
    "drawKeypoints_random_rich": lambda: cv2.drawKeypoints(IMAGE, lines(), None, flags=4),
    "drawKeypoints_random_alpha": lambda: cv2.drawKeypoints(np.dstack([IMAGE, GREY]), lines(), None),
    "drawKeypoints_random_over": lambda: (
        (target := IMAGE.copy()),
        cv2.drawKeypoints(GREY, lines(), target, flags=cv2.DRAW_MATCHES_FLAGS_DRAW_OVER_OUTIMG) is target,
    ),
    "drawMatches_random": lambda: cv2.drawMatches(IMAGE, lines(), MOVED, lines(), matches(), None),
    "drawMatches_random_points": lambda: cv2.drawMatches(
        IMAGE, lines(), IMAGE, lines(), matches(), np.zeros((240, 640, 3), np.uint8), matchColor=(9, 99, 199)
    ),
    "drawMatches_random_thick": lambda: cv2.drawMatches(
        GREY, lines(), MOVED, lines(), matches(), None, matchesThickness=2, flags=2
    ),
    "drawMatches_random_mask": lambda: cv2.drawMatches(
        GREY, lines(3), MOVED, lines(3), matches(3), None, matchesMask=[1, 0, 1]
    ),
    "drawMatchesKnn_random": lambda: cv2.drawMatchesKnn(
        GREY,
        lines(),
        MOVED,
        lines(),
        [matches()[:2]],
        None,
        flags=cv2.DrawMatchesFlags_NOT_DRAW_SINGLE_POINTS,
    ),
    "drawMatches": lambda: cv2.drawMatches(
        IMAGE, lines(), MOVED, lines(), matches(), None, (255, 0, 0), (0, 0, 9)
    ),
    "drawMatches_mask": lambda: cv2.drawMatches(
        GREY,
        lines(),
        MOVED,
        lines(),
        matches(),
        None,
        (1, 2, 250),
        matchesMask=[i % 2 for i in range(12)],
        flags=2,
    ),
    "drawMatches_thick": lambda: cv2.drawMatches(
        GREY,
        lines(),
        MOVED,
        lines(),
        matches(),
        None,
        3,
        matchColor=(1, 200, 250),
        singlePointColor=(4, 5, 6),
    ),
    "drawMatchesKnn": lambda: cv2.drawMatchesKnn(
        GREY,
        lines(),
        MOVED,
        lines(),
        [matches()[:2], matches()[4:6]],
        None,
        (9, 99, 199),
        (5, 6, 7),
        matchesMask=[[1, 0], [0, 1]],
        flags=2,
    ),
    "keypoint": lambda: plain(cv2.KeyPoint(1.1, 2, 3, response=0.3, class_id=7)),
    "keypoint_keywords": lambda: plain(cv2.KeyPoint(x=1, y=2.5, size=np.int16(3), octave=-4)),
    "keypoint_default": lambda: plain(cv2.KeyPoint()),
    "keypoint_changed": lambda: changed(
        cv2.KeyPoint(), pt=[3, 4.7], size=9, angle=1.3, response=1e-3, octave=5, class_id=np.int32(8)
    ),
    "keypoint_none": lambda: changed(cv2.KeyPoint(1, 2, 3), pt=None, size=None, octave=None),
    "match_structure": lambda: plain([cv2.DMatch(1, 2, 0.3), cv2.DMatch(1, 2, 3, 0.1), cv2.DMatch()]),
    "convert": lambda: cv2.KeyPoint.convert(lines()),
    "convert_some": lambda: cv2.KeyPoint_convert(lines(), [3, 0, 5]),
    "convert_nothing": lambda: cv2.KeyPoint_convert([]),
    "convert_points": lambda: plain(cv2.KeyPoint_convert(noise(5, 2, dtype=np.float32), 3, 0.5, 1, 2)),
    "convert_tuples": lambda: plain(cv2.KeyPoint.convert([(1, 2), (3.5, 4)])),
    "overlap": lambda: [
        cv2.KeyPoint_overlap(a, b)
        for a in lines(4)
        for b in (a, cv2.KeyPoint(25, 30, 12), cv2.KeyPoint(24, 31, 2))
    ],
    "kinds": lambda: [
        isinstance(cv2.ORB_create(), cv2.Feature2D),
        isinstance(cv2.ORB_create(), cv2.Algorithm),
        issubclass(cv2.BFMatcher, cv2.DescriptorMatcher),
        type(cv2.ORB_create()) is cv2.ORB,
        type(cv2.DescriptorMatcher_create("BruteForce")).__name__,
        cv2.SimpleBlobDetector.Params is cv2.SimpleBlobDetector_Params,
        *(
            getattr(cls, name)
            for cls in (cv2.ORB, cv2.KeyPoint, cv2.SimpleBlobDetector_Params)
            for name in ("__name__", "__qualname__", "__module__")
        ),
    ],
    "representations": lambda: [
        repr(each).rpartition(" ")[0]
        for each in (
            cv2.ORB_create(),
            cv2.KeyPoint(),
            cv2.DMatch(),
            cv2.SimpleBlobDetector_Params(),
            cv2.ORB(),
        )
    ],
    "unbound": lambda: plain(cv2.ORB.detect(cv2.ORB_create(20), GREY)),
    "many": lambda: [len(cv2.ORB_create(40).detect(GREY)) for _ in range(20)],
}


@pytest.mark.parametrize("case", CASES)
def test_features(case, parity):
    cv2.setRNGSeed(1)  # colours that are not given are random
    parity(CASES[case]())


ERRORS = {
    "orb_type": lambda: cv2.ORB_create("a"),
    "orb_keyword": lambda: cv2.ORB_create(features=3),
    "orb_many": lambda: cv2.ORB_create(*range(10)),
    "detect_missing": lambda: cv2.ORB_create().detect(),
    "detect_many": lambda: cv2.ORB_create().detect(1, 2, 3, 4),
    "detect_type": lambda: cv2.ORB_create().detect("a"),
    "detect_keyword": lambda: cv2.ORB_create().detect(GREY, foo=1),
    "detect_mask_missing": lambda: cv2.ORB_create().detectAndCompute(GREY),
    "detect_self": lambda: cv2.ORB.detect(3, GREY),
    "compute_item": lambda: cv2.ORB_create().compute(GREY, [1]),
    "compute_no_list": lambda: cv2.ORB_create().compute(GREY, cv2.KeyPoint()),
    "orb_patch": lambda: cv2.ORB_create(patchSize=1).detect(GREY),
    "setter_missing": lambda: cv2.ORB_create().setMaxFeatures(),
    "setter_many": lambda: cv2.ORB_create().setMaxFeatures(1, 2),
    "setter_type": lambda: cv2.ORB_create().setMaxFeatures("a"),
    "getter_many": lambda: cv2.ORB_create().getFastThreshold(1),
    "parameters_many": lambda: cv2.SimpleBlobDetector_Params(1),
    "parameters_value": lambda: blob_parameters(minArea="a"),
    "parameters_bool": lambda: blob_parameters(filterByArea="a"),
    "parameters_name": lambda: blob_parameters(minarea=3),
    "parameters_delete": lambda: delattr(blob_parameters(), "minArea"),
    "blobs_type": lambda: cv2.SimpleBlobDetector_create(3),
    "attribute": lambda: cv2.ORB_create().foo,
    "attribute_set": lambda: setattr(cv2.ORB_create(), "foo", 1),
    "copy": lambda: copy.copy(cv2.ORB_create()),
    "matcher_name": lambda: cv2.DescriptorMatcher_create("Foo"),
    "match_dtypes": lambda: cv2.BFMatcher().match(descriptors()[0], float_descriptors()[0]),
    "match_type": lambda: cv2.BFMatcher().match("a"),
    "matcher_many": lambda: cv2.BFMatcher(4, True, 3),
    "matcher_type": lambda: cv2.BFMatcher("a"),
    "draw_item": lambda: cv2.drawKeypoints(GREY, [1], None),
    "draw_index": lambda: cv2.drawMatches(GREY, lines(), MOVED, lines(), [cv2.DMatch(0, 99, 1.0)], None),
    "draw_knn": lambda: cv2.drawMatchesKnn(GREY, lines(), MOVED, lines(), matches(), None),
    "keypoint_few": lambda: cv2.KeyPoint(1, 2),
    "keypoint_many": lambda: cv2.KeyPoint(1, 2, 3, 4, 5, 6, 7, 8),
    "keypoint_type": lambda: cv2.KeyPoint("a", 2, 3),
    "keypoint_wide": lambda: cv2.KeyPoint(1, 2, np.int64(3)),
    "keypoint_bool": lambda: cv2.KeyPoint(1, 2, 3, octave=True),
    "keypoint_keyword": lambda: cv2.KeyPoint(1, 2, 3, foo=1),
    "keypoint_attribute": lambda: cv2.KeyPoint().foo,
    "keypoint_set": lambda: setattr(cv2.KeyPoint(), "foo", 1),
    "keypoint_pt": lambda: setattr(cv2.KeyPoint(), "pt", 1),
    "keypoint_pt_length": lambda: setattr(cv2.KeyPoint(), "pt", (1, 2, 3)),
    "keypoint_pt_item": lambda: setattr(cv2.KeyPoint(), "pt", (1, "a")),
    "keypoint_pt_array": lambda: setattr(cv2.KeyPoint(), "pt", np.array([1, 2])),
    "keypoint_octave": lambda: setattr(cv2.KeyPoint(), "octave", 1.5),
    "keypoint_octave_wide": lambda: setattr(cv2.KeyPoint(), "octave", 2**40),
    "keypoint_delete": lambda: delattr(cv2.KeyPoint(), "pt"),
    "keypoint_copy": lambda: copy.copy(cv2.KeyPoint()),
    "match_few": lambda: cv2.DMatch(1),
    "match_item": lambda: cv2.DMatch(1, 2, "a"),
    "convert_none": lambda: cv2.KeyPoint.convert(),
    "convert_number": lambda: cv2.KeyPoint_convert(1),
    "convert_item": lambda: cv2.KeyPoint_convert([1]),
    "convert_shape": lambda: cv2.KeyPoint_convert(np.zeros((3, 1, 2), np.float32)),
    "convert_index": lambda: cv2.KeyPoint_convert(lines(), [-1]),
    "overlap_type": lambda: cv2.KeyPoint_overlap(1, cv2.KeyPoint()),
    "overlap_few": lambda: cv2.KeyPoint_overlap(cv2.KeyPoint()),
}


@pytest.mark.parametrize("case", ERRORS)
def test_features_errors(case, parity):
    parity.raised(ERRORS[case])


def test_objects_are_collected(parity):
    detectors = [cv2.ORB_create() for _ in range(3)]
    detectors[0].detect(GREY)
    del detectors
    gc.collect()
    parity(True)
