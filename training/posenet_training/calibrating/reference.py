# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training frames that go into a model file, to look new frames up among them."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from sklearn.decomposition import PCA

from posenet_ros.familiarity import Familiarity
from posenet_ros.geometry import Array, normalize_quaternion
from posenet_ros.reference import MOST_FRAMES, Reference
from posenet_training.sequences import evenly

# More (64, 128) separate other rooms no better and take longer; 32 are a little worse.
DIRECTIONS = 48


def reference_of(
    features: NDArray[np.float32], T_map_camera: Array, familiarity: Familiarity
) -> Reference:
    """A Reference of the features [N, F] and poses [N, 4, 4] of training frames.

    Of more than MOST_FRAMES frames some are taken evenly.  It is rounded as it is stored, so
    that what is measured with it holds for the file.  Raises ValueError for features that are
    not finite.
    """
    rows = evenly(range(len(features)), MOST_FRAMES)
    features, T_map_camera = features[rows], T_map_camera[rows]
    directions = min(DIRECTIONS, *features.shape)
    # Without whitening: see Reference.  The solver's generator is fixed, as is all of a file.
    pca = PCA(directions, svd_solver='randomized', random_state=0).fit(features)
    q_xyzw = Rotation.from_matrix(T_map_camera[:, :3, :3]).as_quat()
    reference = Reference(
        mean=pca.mean_.astype(np.float32),
        basis=pca.components_.astype(np.float32),
        features=pca.transform(features).astype(np.float32),
        positions=T_map_camera[:, :3, 3].copy(),
        q_xyzw=normalize_quaternion(q_xyzw).astype(np.float32),
        familiarity=familiarity,
    )
    return Reference.from_bytes(reference.to_bytes())
