# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far the pictures that judge are from those that train."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import Numbers, View
from posenet_training.nearest_pose import nearest_poses

# Pictures nearer than this in one sequence are as good as the same.
TOUCHING_S = 0.5


@dataclass(frozen=True)
class Leaks:
    """Of every picture that judges: how far the nearest training picture is.

    pictures   their numbers [M]
    nearest    numbers [M] of the nearest training pictures
    seconds    to the nearest training picture of the same sequence; inf when there is none
    """

    pictures: Numbers
    nearest: Numbers
    metres: Array
    degrees: Array
    seconds: Array

    @property
    def touching(self) -> NDArray[np.bool_]:
        """Which of them [M] are next to a training picture in time."""
        return np.asarray(self.seconds < TOUCHING_S)


def look_for_leaks(view: View) -> Leaks:
    """Measure the distance of validation and test pictures to training."""
    splits = np.array([picture.split for picture in view.pictures])
    training = np.flatnonzero(splits == 'train')
    judging = np.flatnonzero((splits == 'validation') | (splits == 'test'))
    if not len(training) or not len(judging):
        empty = np.zeros(0)
        return Leaks(np.zeros(0, np.int64), np.zeros(0, np.int64), empty, empty, empty)
    nearest = nearest_poses(view.T_map_camera[judging], view.T_map_camera[training])
    return Leaks(
        judging,
        training[nearest.rows],
        nearest.metres,
        nearest.degrees,
        _seconds(view, judging, splits == 'train'),
    )


def _seconds(view: View, judging: Numbers, trains: NDArray[np.bool_]) -> Array:
    seconds = np.full(len(view.pictures), np.inf)
    for numbers in view.sequences.values():
        stamps = view.stamps[numbers[trains[numbers]]]
        if len(stamps):
            away = np.abs(view.stamps[numbers][:, None] - stamps)
            seconds[numbers] = away.min(axis=1)
    return seconds[judging]


def leak_findings(view: View, leaks: Leaks) -> list[Finding]:
    """What the distances say about the judgement to come."""
    if not len(leaks.pictures):
        return [Finding('leaks', Level.warning, 'No picture validates: nothing will be judged.')]
    distances = (
        f'half of the {len(leaks.pictures)} validation and test pictures are farther than '
        f'{np.median(leaks.metres):.2f} {view.unit} and {np.median(leaks.degrees):.1f} degrees '
        'from their nearest training picture'
    )
    touching = int(leaks.touching.sum())
    if not touching:
        return [Finding('leaks', Level.ok, f'{distances[0].upper()}{distances[1:]}.')]
    return [
        Finding(
            'leaks',
            Level.warning,
            f'{touching} of {len(leaks.pictures)} validation and test pictures were taken within '
            f'{TOUCHING_S} s of a training picture, so they judge too kindly: import with --guard '
            f'or other blocks, unless the source itself says what judges; {distances}.',
        )
    ]
