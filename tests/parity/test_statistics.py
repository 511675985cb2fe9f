"""Covariance and principal components."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

MULTIPLIED = ["uint8", "uint16", "int16", "float32", "float64"]
REFUSED = ["bool", "int8", "int32", "uint32", "float16"]


def data(rows, columns, dtype=np.float32, seed=1):
    """Vectors that are not the same in all directions."""
    values = noise(rows, columns, dtype=np.float64, seed=seed) * np.arange(1, columns + 1) * 20
    return values.astype(dtype)


def kept(function, array, *args):
    """Whether the given mean is the one returned."""
    result = function(*args)
    return result, any(part is array for part in result)


def covariance_into_mean(dtype, flags):
    mean = np.full((1, 4), 7, dtype)
    return kept(cv2.calcCovarMatrix, mean, data(9, 4), mean, flags | cv2.COVAR_ROWS | cv2.COVAR_NORMAL)


FLAGS = [
    direction | normal | scale
    for direction in (cv2.COVAR_ROWS, cv2.COVAR_COLS)
    for normal in (cv2.COVAR_SCRAMBLED, cv2.COVAR_NORMAL)
    for scale in (0, cv2.COVAR_SCALE)
]
MEAN, VECTORS = cv2.PCACompute(data(9, 4), None, maxComponents=2)
CASES = {
    "mulTransposed_delta": lambda: [
        cv2.mulTransposed(data(5, 3), transposed, delta=delta, scale=0.5)
        for transposed in (False, True)
        for delta in (
            data(5, 3, seed=2),
            data(1, 3, seed=2),
            data(5, 1, seed=2),
            data(1, 1),
            data(1, 3, float),
        )
    ],
    "mulTransposed_row": lambda: [cv2.mulTransposed(np.float32([1, 2, 3]), t) for t in (False, True)],
    "mulTransposed_double": lambda: cv2.mulTransposed(data(5, 3), True, dtype=cv2.CV_64F),
    "mulTransposed_bytes": lambda: cv2.mulTransposed(data(5, 3), True, dtype=cv2.CV_8U),
    "mulTransposed_large": lambda: cv2.mulTransposed(data(120, 130), True),
    "mulTransposed_empty": lambda: cv2.mulTransposed(np.empty((0, 0), np.float32), True),
    "mulTransposed_dst": lambda: cv2.mulTransposed(data(5, 3), True, np.empty((3, 3), np.float32)),
    "covariance": lambda: [cv2.calcCovarMatrix(data(6, 4), None, flags) for flags in FLAGS],
    "covariance_types": lambda: [
        cv2.calcCovarMatrix(data(6, 4, d), None, cv2.COVAR_ROWS | cv2.COVAR_NORMAL, ctype=t)
        for d in MULTIPLIED
        for t in (-1, cv2.CV_64F)
    ],
    "covariance_mean": lambda: [
        covariance_into_mean(d, f) for d in (np.float32, np.float64) for f in (0, cv2.COVAR_USE_AVG)
    ],
    "covariance_tuple": lambda: cv2.calcCovarMatrix((1, 2, 3), None, cv2.COVAR_ROWS | cv2.COVAR_SCALE),
    "Mahalanobis": lambda: [
        cv2.Mahalanobis(noise(3, dtype=d), noise(3, dtype=d, seed=2), np.diag([1, 2, 3]).astype(d))
        for d in (np.float32, np.float64)
    ],
    "Mahalanobis_matrix": lambda: cv2.Mahalanobis(noise(2, 3, dtype=float), np.ones((2, 3)), np.eye(6)),
    "Mahalanobis_negative": lambda: str(cv2.Mahalanobis(np.zeros(3), np.ones(3), -np.eye(3))),
    "PCA_components": lambda: [cv2.PCACompute(data(9, 4), None, maxComponents=n) for n in (-1, 1, 3, 9)],
    "PCA_number_for_vectors": lambda: cv2.PCACompute(data(9, 4), None, 2),
    "PCA_variance": lambda: [
        cv2.PCACompute(data(9, 5), None, retainedVariance=v) for v in (0.1, 0.7, 0.99, 1)
    ],
    "PCA_mean": lambda: cv2.PCACompute(data(9, 4), data(1, 4, seed=3)),
    "PCA_empty_mean": lambda: cv2.PCACompute(data(9, 4), np.array([])),
    "PCA_into_mean": lambda: (lambda m: kept(cv2.PCACompute, m, data(9, 4), m))(np.ones((1, 4), np.float32)),
    "PCA_one_row": lambda: cv2.PCACompute2(data(1, 3), None),
    "project": lambda: [
        cv2.PCAProject(data(7, 4, d, seed=5), MEAN, VECTORS) for d in (np.uint8, np.float32, np.float64)
    ],
    "project_columns": lambda: cv2.PCAProject(data(4, 7, seed=5), MEAN.T.copy(), VECTORS),
    "back_project": lambda: cv2.PCABackProject(data(7, 2), MEAN, VECTORS),
    "back_project_columns": lambda: cv2.PCABackProject(data(2, 7), MEAN.T.copy(), VECTORS),
    "back_project_dst": lambda: cv2.PCABackProject(data(7, 2), MEAN, VECTORS, np.empty((7, 4), np.float32)),
}
ROW = np.ones((1, 3), np.float32)
ERRORS = {
    **{f"mulTransposed_{d}": lambda d=d: cv2.mulTransposed(np.ones((3, 2), d), True) for d in REFUSED},
    **{f"Mahalanobis_{d}": lambda d=d: cv2.Mahalanobis(*[np.ones(1, d)] * 3) for d in (*REFUSED, "uint8")},
    "mulTransposed_channels": lambda: cv2.mulTransposed(np.ones((3, 2, 2)), True),
    "mulTransposed_volume": lambda: cv2.mulTransposed(np.ones((3, 2, 200)), True),
    "mulTransposed_delta_rows": lambda: cv2.mulTransposed(data(3, 2), True, delta=data(2, 2)),
    "mulTransposed_delta_columns": lambda: cv2.mulTransposed(data(3, 2), True, delta=data(3, 3)),
    "mulTransposed_delta_channels": lambda: cv2.mulTransposed(data(3, 2), True, delta=np.ones((1, 2, 2))),
    "covariance_flags": lambda: cv2.calcCovarMatrix(data(3, 2), None, cv2.COVAR_NORMAL),
    "covariance_both": lambda: cv2.calcCovarMatrix(data(3, 2), None, cv2.COVAR_ROWS | cv2.COVAR_COLS),
    "covariance_empty": lambda: cv2.calcCovarMatrix(np.empty((0, 0)), None, cv2.COVAR_ROWS),
    "covariance_channels": lambda: cv2.calcCovarMatrix(np.ones((3, 2, 2)), None, cv2.COVAR_ROWS),
    "covariance_mean": lambda: cv2.calcCovarMatrix(
        data(3, 2), data(2, 1), cv2.COVAR_ROWS | cv2.COVAR_USE_AVG
    ),
    "covariance_no_mean": lambda: cv2.calcCovarMatrix(data(3, 2), None, cv2.COVAR_ROWS | cv2.COVAR_USE_AVG),
    "covariance_list": lambda: cv2.calcCovarMatrix([data(3, 2)], None, cv2.COVAR_ROWS),
    "covariance_depth": lambda: cv2.calcCovarMatrix(np.ones((3, 2), np.int32), None, cv2.COVAR_ROWS),
    "Mahalanobis_channels": lambda: cv2.Mahalanobis(np.ones((2, 2, 3)), np.ones((2, 2, 3)), np.eye(12)),
    "Mahalanobis_types": lambda: cv2.Mahalanobis(ROW, ROW.astype(float), np.eye(3)),
    "Mahalanobis_matrix_type": lambda: cv2.Mahalanobis(ROW, ROW, np.eye(3)),
    "Mahalanobis_sizes": lambda: cv2.Mahalanobis(ROW, ROW[:, 1:], np.eye(3, dtype=np.float32)),
    "Mahalanobis_matrix": lambda: cv2.Mahalanobis(ROW, ROW, np.eye(2, dtype=np.float32)),
    "PCA_channels": lambda: cv2.PCACompute(np.ones((5, 3, 2)), None),
    "PCA_empty": lambda: cv2.PCACompute(np.empty((0, 0)), None),
    "PCA_mean": lambda: cv2.PCACompute(data(5, 3), data(3, 1)),
    "PCA_variance": lambda: cv2.PCACompute(data(5, 3), None, retainedVariance=2.0),
    "PCA_variance_of_one": lambda: cv2.PCACompute(data(5, 1), None, retainedVariance=0.9),
    "PCA_components": lambda: cv2.PCACompute(data(5, 3), None, maxComponents=1.5),
    "project_size": lambda: cv2.PCAProject(data(7, 3), MEAN, VECTORS),
    "project_no_mean": lambda: cv2.PCAProject(data(7, 4), None, VECTORS),
    "project_types": lambda: cv2.PCAProject(data(7, 4), MEAN, VECTORS.astype(float)),
    "project_vectors": lambda: cv2.PCAProject(data(7, 4), MEAN, VECTORS[:, :2].copy()),
    "back_project_size": lambda: cv2.PCABackProject(data(7, 3), MEAN, VECTORS),
    "back_project_types": lambda: cv2.PCABackProject(data(7, 2), MEAN, VECTORS.astype(float)),
}


@pytest.mark.parametrize("dtype", MULTIPLIED)
def test_mul_transposed(dtype, parity):
    parity([cv2.mulTransposed(data(12, 7, dtype), transposed) for transposed in (False, True)])


@pytest.mark.parametrize("dtype", MULTIPLIED)
@pytest.mark.parametrize("size", [(20, 5), (6, 11)])
def test_principal_components(size, dtype, parity):
    mean, vectors, values = cv2.PCACompute2(data(*size, dtype), None)
    count = min(size) - 1  # with as many samples as numbers the last component is noise
    parity([mean, vectors[: count if size[0] < size[1] else None], values])


@pytest.mark.parametrize("name", CASES)
def test_statistics(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_statistics_errors(name, parity):
    parity.raised(ERRORS[name])
