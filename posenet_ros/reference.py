# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the training frames looked like to the network, to look a new frame up among them.

A frame that does not look like a mixture of them is no frame of this place, and where those
stood that look like it says whether the network's pose can be true.  This may only veto.
"""

import io
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from posenet_ros.familiarity import Familiarity
from posenet_ros.geometry import Array

MOST_FRAMES = 5000
# Frames that a new one is put together from, and the share of their spread that keeps weights
# small: chosen on rooms that are not among those of benchmarks/gates.py.
MIXED = 40
RIDGE = 0.02
# Frames whose poses say whether places that are far apart look alike.
NEAREST = 5

# Begins the names of what is stored of familiarity.
FAMILIAR = 'familiar_'

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Looked:
    """What the training frames say of a picture.

    strangeness         odds that it shows another place (familiarity.py)
    novelty             share of its feature that a mixture of the nearest frames cannot make up:
                        0 for a feature like theirs, about 1 for one that is unlike all
    position, q_xyzw    [3] m and [4]: T_map_camera of that mixture
    apart_m, apart_rad  largest distance and angle between poses of the NEAREST frames
    """

    strangeness: float
    novelty: float
    position: Array
    q_xyzw: Array
    apart_m: float
    apart_rad: float


@dataclass(frozen=True)
class Reference:
    """N training frames in the subspace of the K principal directions of their features.

    mean               [F] of the features
    basis              [K, F] orthonormal rows, not whitened: whitening lets directions decide
                       that mean little, and both novelty and poses get worse
    features           [N, K] of the frames in the subspace
    positions, q_xyzw  [N, 3] m and [N, 4] of the frames' T_map_camera
    familiarity        tells features of the place from those of others

    Raises ValueError with one sentence for arrays that do not fit together.
    """

    mean: Floats
    basis: Floats
    features: Floats
    positions: Array
    q_xyzw: Floats
    familiarity: Familiarity

    def __post_init__(self) -> None:
        _check(self)

    def look_up(self, feature: NDArray[np.floating]) -> Looked:
        """Compare a feature [F] with the frames: 0.3 ms for 5000 frames in 48 directions.

        The feature is written as the affine combination of its nearest neighbours that comes
        closest (locally linear embedding, Roweis and Saul 2000); novelty is what remains, the
        distance to their local hyperplane (Vincent and Bengio 2001), as a share of the
        feature's distance from the mean.  The same weights mix their poses, quaternions by
        eigenvector (Markley et al. 2007).
        """
        inside = self.basis @ (feature.astype(np.float32) - self.mean)
        rows = self._nearest(inside)
        steps = (self.features[rows] - inside).astype(np.float64)
        weights = _mixture(steps)
        length = max(float(np.linalg.norm(inside)), 1e-12)
        positions, q_xyzw = self.positions[rows], self.q_xyzw[rows].astype(np.float64)
        near = slice(NEAREST)
        gaps = positions[near, None] - positions[near]
        least_dot = np.abs(q_xyzw[near] @ q_xyzw[near].T).min()
        return Looked(
            strangeness=self.familiarity.strangeness(feature),
            novelty=float(np.linalg.norm(weights @ steps)) / length,
            position=weights @ positions,
            q_xyzw=_mean_quaternion(weights, q_xyzw),
            apart_m=float(np.sqrt(np.sum(gaps * gaps, axis=-1).max())),
            apart_rad=float(2.0 * np.arccos(min(least_dot, 1.0))),
        )

    def _nearest(self, inside: Floats) -> NDArray[np.int64]:
        """Rows of the nearest frames, the NEAREST first."""
        # |a - b|^2 is |a|^2 - 2 a b but for a constant.
        order = self._half_squares - self.features @ inside
        count = min(MIXED, len(order))
        rows = np.argpartition(order, count - 1)[:count]
        return rows[np.argsort(order[rows])]

    @cached_property
    def _half_squares(self) -> Floats:
        return np.asarray(0.5 * np.sum(self.features**2, axis=1), np.float32)

    def to_bytes(self) -> bytes:
        """An npz file; the large arrays in half precision, which moves novelty by some 0.1 %."""
        arrays: dict[str, Any] = {
            'mean': self.mean,
            'basis': self.basis.astype(np.float16),
            'features': self.features.astype(np.float16),
            'positions': self.positions,
            'q_xyzw': self.q_xyzw,
            **self.familiarity.as_arrays(FAMILIAR),
        }
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @staticmethod
    def from_bytes(content: bytes) -> 'Reference':
        """Read what `to_bytes` wrote; raises ValueError with one sentence for anything else."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            return Reference(
                mean=_floats(arrays['mean']),
                basis=_floats(arrays['basis']),
                features=_floats(arrays['features']),
                positions=arrays['positions'].astype(np.float64),
                q_xyzw=_floats(arrays['q_xyzw']),
                familiarity=Familiarity.from_arrays(arrays, FAMILIAR),
            )
        # Bytes that are no npz file make numpy and zipfile raise a dozen kinds, SyntaxError too.
        except Exception as error:
            why = ' '.join(str(error).split())
            raise ValueError(
                f'the reference frames cannot be read ({why}): export the model again'
            ) from error


def _floats(values: NDArray[np.floating]) -> Floats:
    return np.ascontiguousarray(values, np.float32)


def _mixture(steps: Array) -> Array:
    """Weights [M] that sum to 1 and bring the mean of steps [M, K] near 0, without large ones."""
    gram = steps @ steps.T
    # At least so much that training frames which are all alike have equal weights.
    gram.flat[:: len(gram) + 1] += max(RIDGE * float(np.trace(gram)) / len(gram), 1e-12)
    # LAPACK itself: half of the time of numpy's solve, which does not know that it is symmetric.
    _, weights, _ = lapack.dposv(gram, np.ones(len(gram)))
    return np.asarray(weights / weights.sum())


def _mean_quaternion(weights: Array, q_xyzw: Array) -> Array:
    """Weighted mean [4] of unit quaternions [M, 4], whichever sign each has; w >= 0."""
    _, vectors, _ = lapack.dsyev((weights[:, None] * q_xyzw).T @ q_xyzw)
    mean: Array = vectors[:, -1]
    return -mean if mean[3] < 0.0 else mean


def _check(reference: Reference) -> None:
    names = [part.name for part in fields(reference) if part.name != 'familiarity']
    arrays = {name: getattr(reference, name) for name in names}
    shapes = {name: array.shape for name, array in arrays.items()}
    count, size = (*shapes['features'], 0, 0)[:2]
    width = (*shapes['mean'], 0)[0]
    expected = ((width,), (size, width), (count, size), (count, 3), (count, 4))
    if tuple(shapes.values()) != expected or 0 in (count, size, width):
        raise ValueError(f'their shapes {shapes} do not fit together')
    known = reference.familiarity.middle.shape
    if known != (width,):
        raise ValueError(f'their features have {width} numbers, those of familiarity {known}')
    if count > MOST_FRAMES:
        raise ValueError(f'there are {count}, more than {MOST_FRAMES}')
    if not all(np.all(np.isfinite(array)) for array in arrays.values()):
        raise ValueError('they hold values that are not finite')
    lengths = np.linalg.norm(reference.q_xyzw, axis=1)
    if np.any(np.abs(lengths - 1.0) > 1e-3):
        raise ValueError(f'quaternions as long as {lengths.max():.3g} are no rotations')
