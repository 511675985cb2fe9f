"""Files of point clouds and meshes, and the approximate nearest neighbours of points."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

CLOUD = noise(1, 40, 3, dtype=np.float32)
NORMALS = noise(1, 40, 3, dtype=np.float32, seed=5)
COLOURS = noise(1, 40, 3, dtype=np.float32, seed=6)
FACES = [np.array([[i, i + 1, i + 2]], np.int32) for i in range(10)]


def written_cloud(path, *parts):
    cv2.savePointCloud(str(path), CLOUD, *parts)
    return [path.read_text(), *cv2.loadPointCloud(str(path))]


def written_mesh(path):
    cv2.saveMesh(str(path), CLOUD, FACES)
    return [path.read_text(), *cv2.loadMesh(str(path))]


def refused_path(path):
    cv2.savePointCloud(str(path), CLOUD)
    return [path.exists(), *cv2.loadPointCloud(str(path))]


FILES = {
    "ply": lambda folder: written_cloud(folder / "a.ply"),
    "ply_normals": lambda folder: written_cloud(folder / "a.ply", NORMALS),
    "ply_colours": lambda folder: written_cloud(folder / "a.ply", NORMALS, COLOURS),
    "obj": lambda folder: written_cloud(folder / "a.obj"),
    "mesh_ply": lambda folder: written_mesh(folder / "a.ply"),
    "mesh_obj": lambda folder: written_mesh(folder / "a.obj"),
    "other_suffix": lambda folder: refused_path(folder / "a.xyz"),
    "missing": lambda folder: cv2.loadPointCloud(str(folder / "a.ply")),
    "missing_mesh": lambda folder: cv2.loadMesh(str(folder / "a.obj")),
}


@pytest.mark.parametrize("case", FILES)
def test_files(parity, case, tmp_path):
    parity(FILES[case](tmp_path))


@pytest.mark.parametrize("distance", ["EUCLIDEAN", "MANHATTAN"])
def test_an_index_finds_neighbours(parity, distance, tmp_path):
    index = cv2.ANNIndex.create(3, getattr(cv2, f"ANNIndex_DIST_{distance}"))
    index.addItems(CLOUD[0])
    index.build(4)
    found = index.knnSearch(CLOUD[0, :5], 3, search_k=1000)
    index.save(str(tmp_path / "index"))
    again = cv2.ANNIndex.create(3, getattr(cv2, f"ANNIndex_DIST_{distance}"))
    again.load(str(tmp_path / "index"))
    parity([*found, *again.knnSearch(CLOUD[0, :5], 3, search_k=1000), index.getItemNumber()])
