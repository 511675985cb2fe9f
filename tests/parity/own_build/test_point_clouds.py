"""Depth images, point clouds, volumes, meshes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

K = np.array([[60, 0, 32], [0, 60, 24], [0, 0, 1]], np.float32)
Y, X = np.mgrid[:48, :64].astype(np.float32)
DEPTH = (1.5 + 0.004 * X + 0.002 * Y + 0.15 * np.sin(X / 6) * np.cos(Y / 5)).astype(np.float32)
MOVED = (DEPTH + 0.01).astype(np.float32)
PLANES = np.where(X < 30, 1.0 + 0.01 * X, 2.0 - 0.008 * Y).astype(np.float32)
CLOUD = noise(200, 3, dtype=np.float32)
COLOURS = noise(200, 3, dtype=np.float32, seed=3)
IDENTITY = np.eye(4, dtype=np.float32)


def sorted_rows(points):
    rows = np.asarray(points).reshape(-1, 3)
    return rows[np.lexsort(rows.T)]


def octree(**kwargs):
    return cv2.Octree_createWithResolution(0.05, CLOUD, **kwargs)


def nearest():
    tree = octree()
    count, points, distances = tree.radiusNNSearch((0.5, 0.5, 0.5), 0.3)
    order = np.argsort(distances.ravel())
    some, near = tree.KNNSearch((0.5, 0.5, 0.5), 4)
    return count, points.reshape(-1, 3)[order], np.sort(distances.ravel()), some, near


def filled():
    tree = octree()
    told = [tree.empty(), tree.isPointInBound((0.5, 0.5, 0.5)), tree.isPointInBound((3, 0, 0))]
    tree.clear()
    return [*told, tree.empty()]


def restored():
    points, colours = octree().getPointCloudByOctree()
    return sorted_rows(points), colours


def normals(method, depth=cv2.CV_32F):
    computer = cv2.RgbdNormals_create(48, 64, depth, K, 5, 50, method)
    computer.cache()
    points = cv2.depthTo3d(DEPTH.astype(np.float64) if depth == cv2.CV_64F else DEPTH, K)
    return np.nan_to_num(computer.apply(points)), computer.getK()


def planes(**kwargs):
    points = cv2.depthTo3d(PLANES, K)
    return cv2.findPlanes(points, None, block_size=8, min_size=60, threshold=0.02, **kwargs)


def settings():
    made = cv2.OdometrySettings()
    made.setCameraMatrix(K)
    made.setIterCounts(np.int32([[7], [5], [3]]))
    return made


def odometry(kind, algorithm=cv2.OdometryAlgoType_COMMON, colour=False):
    found = cv2.Odometry(kind, settings(), algorithm)
    grey = photo(48, 64)
    return found.compute(DEPTH, grey, MOVED, grey) if colour else found.compute(DEPTH, MOVED)


def frames():
    odometry_ = cv2.Odometry(cv2.OdometryType_DEPTH, settings(), cv2.OdometryAlgoType_COMMON)
    first, second = cv2.OdometryFrame(DEPTH), cv2.OdometryFrame(MOVED)
    before = first.getPyramidLevels()
    odometry_.prepareFrames(first, second)
    done, motion = odometry_.compute(first, second)
    return [
        before,
        first.getPyramidLevels(),
        first.getDepth(),
        np.nan_to_num(first.getProcessedDepth()),
        first.getMask(),
        np.nan_to_num(first.getPyramidAt(1, 1)),
        done,
        motion,
    ]


def volume(kind=cv2.VolumeType_TSDF):
    made = cv2.VolumeSettings(kind)
    for name in ("Integrate", "Raycast"):
        getattr(made, f"set{name}Width")(64)
        getattr(made, f"set{name}Height")(48)
        getattr(made, f"setCamera{name}Intrinsics")(K)
    made.setDepthFactor(1.0)
    made.setVoxelSize(0.05)
    made.setTsdfTruncateDistance(0.15)
    made.setVolumeResolution(np.int32([48, 48, 48]))
    made.setVolumePose(np.float32([[1, 0, 0, -1.2], [0, 1, 0, -1.2], [0, 0, 1, 0.6], [0, 0, 0, 1]]))
    found = cv2.Volume(kind, made)
    found.integrate(DEPTH, IDENTITY)
    points, directions = found.raycast(IDENTITY)
    told = [np.nan_to_num(points), np.nan_to_num(directions), found.getBoundingBox(cv2.Volume_VOLUME_UNIT)]
    cloud, _ = found.fetchPointsNormals()
    told.append(cloud.shape[0] > 100)
    found.reset()
    return told


TRIANGLE = np.float32([[-0.5, -0.5, -2], [0.5, -0.5, -2], [0, 0.5, -2.5]]).reshape(1, 3, 3)
FACES = np.int32([[[0, 1, 2]]])
TINTS = np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).reshape(1, 3, 3)


def drawn(**given):
    chosen = cv2.TriangleRasterizeSettings() if given else None
    for name, value in given.items():
        getattr(chosen, f"set{name}")(value)
    colour, depth = np.zeros((48, 64, 3), np.float32), np.full((48, 64), 1, np.float32)
    extra = [chosen] if chosen else []
    return cv2.triangleRasterize(
        TRIANGLE, FACES, TINTS, colour, depth, np.eye(4, dtype=np.float32), np.pi / 3, 0.1, 10, *extra
    )


def drawn_apart():
    pose = np.eye(4, dtype=np.float32)
    colour, depth = np.zeros((48, 64, 3), np.float32), np.full((48, 64), 1, np.float32)
    return [
        cv2.triangleRasterizeColor(TRIANGLE, FACES, TINTS, colour, pose, np.pi / 3, 0.1, 10),
        cv2.triangleRasterizeDepth(TRIANGLE, FACES, depth, pose, np.pi / 3, 0.1, 10),
    ]


def warped():
    turn = np.eye(4, dtype=np.float32)
    turn[0, 3] = 0.05
    results = cv2.warpFrame(DEPTH, photo(48, 64), np.full((48, 64), 255, np.uint8), turn, K)
    return [np.nan_to_num(each) for each in results]


def registered(**kwargs):
    turn = np.eye(4)
    turn[0, 3] = 0.03
    return np.nan_to_num(cv2.registerDepth(K, K, None, turn, DEPTH, (64, 48), **kwargs))


FAR = "its depths add up in another order, and iterations carry that on"
CASES = {
    "Octree": lambda: nearest(),
    "Octree_restored": lambda: restored(),
    "Octree_filled": lambda: filled(),
    "RgbdNormals_fals": lambda: normals(cv2.RgbdNormals_RGBD_NORMALS_METHOD_FALS),
    "RgbdNormals_sri": lambda: normals(cv2.RgbdNormals_RGBD_NORMALS_METHOD_SRI),
    "RgbdNormals_cross": lambda: normals(cv2.RgbdNormals_RGBD_NORMALS_METHOD_CROSS_PRODUCT),
    "findPlanes": lambda: planes(),
    "Odometry_depth": lambda: odometry(cv2.OdometryType_DEPTH),
    "Odometry_fast": lambda: odometry(cv2.OdometryType_DEPTH, cv2.OdometryAlgoType_FAST),
    "Odometry_colour": lambda: odometry(cv2.OdometryType_RGB_DEPTH, colour=True),
    "OdometryFrame": lambda: frames(),
    "Volume": lambda: volume(),
    "triangleRasterize": lambda: drawn(),
    "triangleRasterize_flat": lambda: drawn(ShadingType=cv2.RASTERIZE_SHADING_FLAT),
    "triangleRasterize_culled": lambda: drawn(CullingMode=cv2.RASTERIZE_CULLING_CW),
    "triangleRasterize_apart": lambda: drawn_apart(),
    "warpFrame": lambda: warped(),
    "registerDepth": lambda: registered(),
    "registerDepth_dilated": lambda: registered(depthDilation=True),
}
ERRORS = {
    "octree_depth": lambda: cv2.Octree_createWithDepth(0, 1.0),
    "octree_point": lambda: octree().insertPoint((1, 2)),
    "octree_query": lambda: octree().KNNSearch("x", 3),
    "normals": lambda: cv2.RgbdNormals_create(48, 64, cv2.CV_8U, K).apply(DEPTH),
    "volume": lambda: cv2.Volume(3),
    "rasterize": lambda: cv2.triangleRasterizeDepth(TRIANGLE, FACES, np.zeros((4, 4)), IDENTITY, 1, 0.1, 10),
    "planes": lambda: cv2.findPlanes(DEPTH),
}


@pytest.mark.parametrize("case", CASES)
def test_point_clouds(case, parity):
    parity(CASES[case](), relative=1e-3, because=FAR)


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
