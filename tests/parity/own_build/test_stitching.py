"""Panoramas: all at once, and step by step as OpenCV's sample has it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

SCENE = cv2.GaussianBlur(cv2.resize(noise(60, 130, 3), (520, 240), interpolation=cv2.INTER_CUBIC), (0, 0), 1)
LEFT, RIGHT = SCENE[:, :320].copy(), SCENE[:, 190:510].copy()
CORNERS = [(0, 0), (60, 4)]
IMAGES = [photo(80, 100), photo(80, 100, seed=5)]
FLOATS = [image.astype(np.float32) for image in IMAGES]
MASKS = [np.full((80, 100), 255, np.uint8) for _ in IMAGES]
CAMERA = np.array([[120, 0, 50], [0, 120, 40], [0, 0, 1]], np.float32)
TURN = cv2.Rodrigues(np.float32([0.02, 0.1, -0.03]))[0].astype(np.float32)
WARPERS = (
    *("plane", "affine", "cylindrical", "spherical", "fisheye", "stereographic", "compressedPlaneA2B1"),
    *("compressedPlanePortraitA1.5B1", "paniniA2B1", "paniniPortraitA2B1", "mercator"),
    "transverseMercator",
)


def warped(kind):
    warper = cv2.PyRotationWarper(kind, 90)
    turn = np.eye(3, dtype=np.float32) if kind == "affine" else TURN
    corner, image = warper.warp(IMAGES[0], CAMERA, turn, cv2.INTER_LINEAR, cv2.BORDER_REFLECT)
    x, y = warper.warpPoint((30, 20), CAMERA, turn)
    return [corner, image.shape, warper.warpRoi((100, 80), CAMERA, turn), (x, y), warper.getScale()]


def maps(kind):
    return cv2.PyRotationWarper(kind, 90).buildMaps((40, 30), CAMERA, TURN)


def there_and_back():
    warper = cv2.PyRotationWarper("spherical", 90)
    corner, image = warper.warp(IMAGES[0], CAMERA, TURN, cv2.INTER_NEAREST, cv2.BORDER_CONSTANT)
    back = warper.warpBackward(image, CAMERA, TURN, cv2.INTER_NEAREST, cv2.BORDER_CONSTANT, (100, 80))
    point = warper.warpPointBackward(warper.warpPoint((30, 20), CAMERA, TURN), CAMERA, TURN)
    return corner, back.shape, [round(value, 3) for value in point]


def stitched(*settings, masks=None):
    stitcher = cv2.Stitcher.create(*settings)
    stitcher.setPanoConfidenceThresh(0.3)
    status, panorama = stitcher.stitch([LEFT, RIGHT], *([masks] if masks else []))
    # RANSAC draws from what is found, which comes in another order: the size is near, as natively.
    near = panorama is not None and abs(panorama.shape[1] - 510) < 60 and abs(panorama.shape[0] - 240) < 40
    return status, near, stitcher.component(), len(stitcher.cameras()), stitcher.workScale()


def in_two_steps():
    stitcher = cv2.Stitcher_create(cv2.Stitcher_SCANS)
    status = stitcher.estimateTransform([LEFT, RIGHT])
    composed, panorama = stitcher.composePanorama()
    return status, composed, panorama.ndim


def settings():
    stitcher = cv2.Stitcher_create()
    names = ("RegistrationResol", "SeamEstimationResol", "CompositingResol", "PanoConfidenceThresh")
    told = [getattr(stitcher, name[0].lower() + name[1:])() for name in names]
    for name in names:
        getattr(stitcher, f"set{name}")(0.5)
    stitcher.setWaveCorrection(False)
    stitcher.setInterpolationFlags(cv2.INTER_CUBIC)
    told += [getattr(stitcher, name[0].lower() + name[1:])() for name in names]
    return [*told, stitcher.waveCorrection(), stitcher.interpolationFlags()]


def seams(finder, arrays=None):
    masks = finder.find(FLOATS, CORNERS, arrays or MASKS)
    return type(masks).__name__, [mask.get() for mask in masks]


def seams_in_umats():
    """A UMat that is given is written to; an array is not."""
    given = [cv2.UMat(mask) for mask in MASKS]
    returned = cv2.detail.SeamFinder_createDefault(cv2.detail.SeamFinder_VORONOI_SEAM).find(
        FLOATS, CORNERS, given
    )
    return [mask.get() for mask in returned], [mask.get() for mask in given]


def exposed(compensator):
    compensator.feed(CORNERS, IMAGES, MASKS)
    results = [compensator.apply(n, CORNERS[n], image.copy(), MASKS[n]) for n, image in enumerate(IMAGES)]
    return results, [np.asarray(gains) for gains in compensator.getMatGains()], compensator.getUpdateGain()


def blended(blender, shorts=True):
    blender.prepare((0, 0, 160, 84))
    for image, mask, corner in zip(IMAGES, MASKS, CORNERS, strict=True):
        blender.feed(image.astype(np.int16) if shorts else image, mask, corner)
    return blender.blend(None, None)


def prepared_by_corners():
    blender = cv2.detail.Blender_createDefault(cv2.detail.Blender_NO)
    blender.prepare(CORNERS, [(100, 80), (100, 80)])
    blender.feed(IMAGES[0].astype(np.int16), MASKS[0], CORNERS[0])
    return blender.blend(None, None)


def weight_maps():
    blender = cv2.detail_FeatherBlender(0.1)
    roi, maps_ = blender.createWeightMaps(MASKS, CORNERS, [])
    return roi, [each.get() for each in maps_], blender.sharpness()


def lapsed(kind):
    timelapser = cv2.detail.Timelapser_createDefault(kind)
    timelapser.initialize(CORNERS, [(100, 80), (100, 80)])
    timelapser.process(IMAGES[0].astype(np.int16), np.ones((80, 100), np.uint8), CORNERS[0])
    return timelapser.getDst().get()


def pyramid():
    levels = cv2.detail.createLaplacePyr(IMAGES[0].astype(np.int16), 2, [])
    restored = cv2.detail.restoreImageFromLaplacePyr(levels)
    return [level.get() for level in levels], restored[0].get()


def features():
    finder = cv2.ORB_create(300)
    found = [cv2.detail.computeImageFeatures2(finder, image) for image in (LEFT, RIGHT)]
    for index, each in enumerate(found):
        each.img_idx = index
    return found


def described(found):
    return [
        (
            each.img_idx,
            each.img_size,
            len(each.keypoints),
            len(each.getKeypoints()),
            sorted(point.pt for point in each.keypoints)[:5],
            each.descriptors.get().shape,
        )
        for each in found
    ]


def several_features():
    return described(cv2.detail.computeImageFeatures(cv2.ORB_create(100), [LEFT, RIGHT]))


def matched():
    matcher = cv2.detail_BestOf2NearestMatcher(False, 0.3)
    pairs = matcher.apply2(features())
    matcher.collectGarbage()
    return [
        (each.src_img_idx, each.dst_img_idx, each.confidence > 0.9, len(each.matches) > 20, each.H is None)
        for each in pairs
    ]


def matched_pair():
    first, second = features()
    info = cv2.detail.BestOf2NearestMatcher_create().apply(first, second)
    inliers = info.getInliers()
    kinds = [type(inliers).__name__, type(info.inliers_mask).__name__]
    return [
        *kinds,
        len(info.getMatches()) == len(inliers),
        info.num_inliers == int(sum(inliers)),
        info.H.shape,
    ]


def estimated(estimator, adjuster, kind="spherical"):
    """The sample's way to cameras; what RANSAC drew is another's, so that numbers are near only."""
    found = features()
    pairs = cv2.detail_BestOf2NearestMatcher(False, 0.3).apply2(found)
    kept = cv2.detail.leaveBiggestComponent(found, pairs, 0.3)
    graph = cv2.detail.matchesGraphAsString(["a", "b"], pairs, 0.3)
    done, cameras = estimator.apply(found, pairs, None)
    for camera in cameras:
        camera.R = camera.R.astype(np.float32)
    adjuster.setConfThresh(0.3)
    mask = np.ones((3, 3), np.uint8)
    adjuster.setRefinementMask(mask)
    adjusted, cameras = adjuster.apply(found, pairs, cameras)
    turns = cv2.detail.waveCorrect([camera.R for camera in cameras], cv2.detail.WAVE_CORRECT_HORIZ)
    return [
        np.asarray(kept).ravel().tolist(),
        graph.splitlines()[0],
        (done, adjusted, len(cameras)),
        [camera.K().shape for camera in cameras],
        [(turn.shape, str(turn.dtype)) for turn in turns],
        adjuster.confThresh(),
        adjuster.refinementMask(),
    ]


def camera():
    one = cv2.detail.CameraParams()
    one.focal, one.aspect, one.ppx, one.ppy = 500.0, 1.0, 20.0, 30.0
    one.R, one.t = np.eye(3), np.zeros((3, 1))
    return one.K(), one.focal, one.aspect, one.ppx, one.ppy, one.R, one.t


CASES = {
    **{f"warp_{kind}": lambda kind=kind: warped(kind) for kind in WARPERS},
    "buildMaps_spherical": lambda: maps("spherical"),
    "buildMaps_cylindrical": lambda: maps("cylindrical"),
    "warpBackward": lambda: there_and_back(),
    "Stitcher": lambda: stitched(),
    "Stitcher_scans": lambda: stitched(cv2.Stitcher_SCANS),
    "Stitcher_masks": lambda: stitched(masks=[np.full(LEFT.shape[:2], 255, np.uint8)] * 2),
    "Stitcher_steps": lambda: in_two_steps(),
    "Stitcher_settings": lambda: settings(),
    "Stitcher_too_few": lambda: cv2.Stitcher_create().stitch([LEFT]),
    "NoSeamFinder": lambda: seams(cv2.detail.SeamFinder_createDefault(cv2.detail.SeamFinder_NO)),
    "VoronoiSeamFinder": lambda: seams(
        cv2.detail.SeamFinder_createDefault(cv2.detail.SeamFinder_VORONOI_SEAM)
    ),
    "DpSeamFinder": lambda: seams(cv2.detail_DpSeamFinder("COLOR")),
    "DpSeamFinder_grad": lambda: seams(cv2.detail_DpSeamFinder("COLOR_GRAD")),
    "GraphCutSeamFinder": lambda: seams(cv2.detail_GraphCutSeamFinder("COST_COLOR")),
    "GraphCutSeamFinder_grad": lambda: seams(cv2.detail_GraphCutSeamFinder("COST_COLOR_GRAD")),
    "SeamFinder_umats": lambda: seams_in_umats(),
    "NoExposureCompensator": lambda: exposed(cv2.detail.ExposureCompensator_createDefault(0)),
    "GainCompensator": lambda: exposed(cv2.detail.ExposureCompensator_createDefault(1)),
    "BlocksGainCompensator": lambda: exposed(cv2.detail_BlocksGainCompensator(16, 16, 1)),
    "ChannelsCompensator": lambda: exposed(cv2.detail_ChannelsCompensator(1)),
    "BlocksChannelsCompensator": lambda: exposed(cv2.detail_BlocksChannelsCompensator(16, 16, 1)),
    "Blender": lambda: blended(cv2.detail.Blender_createDefault(cv2.detail.Blender_NO)),
    "Blender_corners": lambda: prepared_by_corners(),
    "FeatherBlender": lambda: blended(cv2.detail_FeatherBlender(0.05)),
    "MultiBandBlender": lambda: blended(cv2.detail_MultiBandBlender(0, 3)),
    "MultiBandBlender_float": lambda: blended(cv2.detail_MultiBandBlender(0, 2, cv2.CV_32F), shorts=False),
    "createWeightMaps": lambda: weight_maps(),
    "Timelapser": lambda: lapsed(cv2.detail.Timelapser_AS_IS),
    "TimelapserCrop": lambda: lapsed(cv2.detail.Timelapser_CROP),
    "createLaplacePyr": lambda: pyramid(),
    "computeImageFeatures2": lambda: described(features()),
    "computeImageFeatures": lambda: several_features(),
    "BestOf2NearestMatcher": lambda: matched(),
    "BestOf2NearestMatcher_pair": lambda: matched_pair(),
    "HomographyBasedEstimator": lambda: estimated(
        cv2.detail_HomographyBasedEstimator(), cv2.detail_BundleAdjusterRay()
    ),
    "AffineBasedEstimator": lambda: estimated(
        cv2.detail_AffineBasedEstimator(), cv2.detail_NoBundleAdjuster()
    ),
    "CameraParams": lambda: camera(),
    "resultRoi": lambda: cv2.detail.resultRoi(CORNERS, [(100, 80), (90, 70)]),
    "resultRoi_images": lambda: cv2.detail.resultRoi(CORNERS, MASKS),
    "resultRoiIntersection": lambda: cv2.detail.resultRoiIntersection(CORNERS, [(100, 80), (90, 70)]),
    "resultTl": lambda: cv2.detail.resultTl([(3, 9), (5, -4)]),
    "overlapRoi": lambda: cv2.detail.overlapRoi((0, 0), (60, 4), (100, 80), (100, 80), (0, 0, 0, 0)),
    "calibrateRotatingCamera": lambda: cv2.detail.calibrateRotatingCamera(
        [CAMERA.astype(np.float64) @ TURN @ np.linalg.inv(CAMERA.astype(np.float64))]
    )[0],
    "createWeightMap": lambda: cv2.detail.createWeightMap(MASKS[0], 0.1, np.zeros((80, 100), np.float32)),
    "normalizeUsingWeightMap": lambda: cv2.detail.normalizeUsingWeightMap(
        np.full((80, 100), 2, np.float32), IMAGES[0].astype(np.int16)
    ),
    "focalsFromHomography": lambda: cv2.detail.focalsFromHomography(np.eye(3), 1.0, 1.0, True, True),
    "stitchingLogLevel": lambda: type(cv2.detail.stitchingLogLevel()).__name__,
}
ERRORS = {
    "warper": lambda: cv2.PyRotationWarper("spherical", 90).warp(IMAGES[0], np.eye(4), TURN, 1, 1),
    "feed": lambda: cv2.detail.Blender_createDefault(0).feed(IMAGES[0], MASKS[0], (0, 0)),
    "blender_corners": lambda: cv2.detail.Blender_createDefault(0).prepare([(0, 0, 0)], [(1, 1)]),
    "blender_sizes": lambda: cv2.detail.Blender_createDefault(0).prepare([(0, 0)], [3]),
    "blender_type": lambda: cv2.detail.Blender_createDefault(9),
    "seam_cost": lambda: cv2.detail_GraphCutSeamFinder("OTHER"),
    "matcher": lambda: cv2.detail_BestOf2NearestMatcher().apply2([1, 2]),
    "no_sequence": lambda: cv2.detail_BestOf2NearestMatcher().apply2(3),
    "feature": lambda: cv2.detail.computeImageFeatures2(cv2.ORB_create(), "x"),
    "cameras": lambda: cv2.detail_HomographyBasedEstimator().apply([], [], [3]),
}


@pytest.mark.parametrize("case", CASES)
def test_stitching(case, parity):
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
