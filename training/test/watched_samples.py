# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Watched episodes made by hand: what a network would have answered is written down."""

from collections.abc import Sequence

import numpy as np
from model_files import REFERENCE, SPEC
from scipy.spatial.transform import Rotation

from benchmarks.trust.looking import Eye, seen
from benchmarks.trust.replay import Replay, replay
from benchmarks.trust.watching import Watched
from posenet_ros.geometry import Array, position_and_quaternion, transform
from posenet_ros.rules import Rules
from simulation.episodes import FIRST_STAMP_NS, FRAME_NS, Episode, Spoilt

EYE = Eye(SPEC, REFERENCE)
COVARIANCE = np.diag([0.01, 0.01, 0.01, 5e-4, 5e-4, 5e-4])
# A bright picture with structure.
MEASURES = (120.0, 0.0, 20.0, 1.0, 0.0, 0.0)


def planar(x: float, y: float, degrees: float = 0.0) -> Array:
    return transform([x, y, 1.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


# Where odometry begins; both within the extent of the model.
HERE, THERE = planar(2.0, 3.0, 30.0), planar(7.0, 6.0, 120.0)


def driven(frames: int) -> Array:
    """Odometry [frames, 4, 4] of a robot that drives a curve at 0.4 m/s."""
    return np.stack([planar(0.04 * i, 0.001 * i**1.5, 0.8 * i) for i in range(frames)])


def watched(
    T_map_odom: Sequence[Array],
    T_hat_odom: Sequence[Array],
    blind: Sequence[int] = (),
    description: str = 'by hand',
) -> Watched:
    """A drive where odometry truly begins at T_map_odom and by the network at T_hat_odom.

    Of the `blind` frames the network answers a position that is no number.
    """
    frames = len(T_map_odom)
    T_odom_base = driven(frames)
    T_hat = np.stack(T_hat_odom) @ T_odom_base
    answers = [position_and_quaternion(T) for T in T_hat]
    position = np.array([answer[0] for answer in answers], np.float32)
    position[list(blind)] = np.nan
    return Watched(
        episode=np.array(description),
        stamp_ns=FIRST_STAMP_NS + FRAME_NS * np.arange(frames),
        T_map_base=np.stack(T_map_odom) @ T_odom_base,
        T_odom_base=T_odom_base,
        T_base_camera=np.tile(np.eye(4), (frames, 1, 1)),
        spoilt=np.full(frames, Spoilt.none.value),
        position=position,
        q_xyzw=np.array([answer[1] for answer in answers], np.float32),
        covariance=np.tile(COVARIANCE, (frames, 1, 1)).astype(np.float32),
        feature=np.full((frames, 8), 0.3, np.float16),
        measures=np.tile(MEASURES, (frames, 1)).astype(np.float32),
    )


def replayed(frames: Watched, kidnapped_at: int | None = None) -> Replay:
    episode = Episode('room:11', (1, 2, 3), len(frames.stamp_ns), kidnapped_at)
    return replay(episode, frames, seen(EYE, frames), Rules())
