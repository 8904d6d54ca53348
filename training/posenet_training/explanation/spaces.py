# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The features of pictures as points: as they are, by PCA, and by t-SNE."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from posenet_training.errors import ExplainError

Array = NDArray[np.float64]

# Components that are kept for t-SNE, as van der Maaten and Hinton did (JMLR 2008), and counted.
COMPONENTS = 50
# The usual one; fewer pictures get a third of their number.
PERPLEXITY = 30.0


@dataclass(frozen=True)
class Space:
    """Points of the training pictures [N, D] and of the judged ones [M, D]."""

    name: str
    training: Array
    judged: Array


@dataclass(frozen=True)
class Components:
    """Principal components of the features, found on the training pictures.

    shares [K]: of the features' variance that each component holds, the largest first.
    """

    space: Space
    shares: Array


def feature_space(training: NDArray[np.float32], judged: NDArray[np.float32]) -> Space:
    """Features as they are, [N, F] and [M, F], in units of two training pictures' rms distance.

    Neither whitened nor of unit length: a unit that hardly ever answers would count as much as
    one that knows the place.  Raises ExplainError when all training features are equal.
    """
    known, asked = training.astype(np.float64), judged.astype(np.float64)
    scale = float(np.sqrt(2.0 * known.var(axis=0).sum()))
    if not scale > 0.0:
        raise ExplainError(
            f'the model gives all {len(training)} training pictures one and the same feature: it '
            'learned nothing of this scene; train it on pictures that differ'
        )
    return Space('feature', known / scale, asked / scale)


def principal_components(space: Space, seed: int) -> Components:
    """Reduce a space to its first components, at most COMPONENTS."""
    count, width = space.training.shape
    pca = PCA(min(COMPONENTS, count, width), random_state=seed).fit(space.training)
    reduced = Space('pca', pca.transform(space.training), pca.transform(space.judged))
    return Components(reduced, pca.explained_variance_ratio_)


def t_sne(components: Components, seed: int) -> Space:
    """Lay all pictures out in the plane so that neighbours stay neighbours."""
    space = components.space
    together = np.concatenate([space.training, space.judged])
    perplexity = min(PERPLEXITY, (len(together) - 1) / 3.0)
    points = TSNE(perplexity=perplexity, init='pca', random_state=seed).fit_transform(together)
    count = len(space.training)
    return Space('t-sne', points[:count].astype(np.float64), points[count:].astype(np.float64))


def first_two(components: Components) -> Space:
    """The plane of the first two components; a single component lies on a line."""
    space = components.space
    planes = [
        np.pad(points[:, :2], ((0, 0), (0, 2 - min(2, points.shape[1]))))
        for points in (space.training, space.judged)
    ]
    return Space('pca', *planes)
