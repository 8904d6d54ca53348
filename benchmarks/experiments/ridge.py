# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses by ridge regression from features: what a feature holds without a head that was taught."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from posenet_ros.geometry import Array

ALPHAS = np.logspace(0.0, 6.0, 13)
# Contiguous parts of the training pictures: neighbours in a drive would praise any alpha.
FOLDS = 5

Features = NDArray[np.float32]


def ridge_poses(training: Features, T_training: Array, judged: Features) -> Array:
    """Poses [M, 4, 4] for features [M, F], learned from features [N, F] with poses [N, 4, 4].

    Positions and the nine entries of the rotation are regressed on standardised features; the
    nearest rotation to those entries is the answer.
    """
    ridge = make_pipeline(StandardScaler(), RidgeCV(ALPHAS, cv=KFold(FOLDS)))
    ridge.fit(training, T_training[:, :3, :].reshape(-1, 12))
    T_hat = np.tile(np.eye(4), (len(judged), 1, 1))
    T_hat[:, :3, :] = ridge.predict(judged).reshape(-1, 3, 4)
    T_hat[:, :3, :3] = Rotation.from_matrix(T_hat[:, :3, :3]).as_matrix()
    return T_hat
