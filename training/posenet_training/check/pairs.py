# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures to match: pairs that every reading of the poses finds equally far apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array, rotation_angle
from posenet_training.check.epipolar import parallax, rays
from posenet_training.check.lens import assumed_camera, undistorted
from posenet_training.check.matching import Matcher
from posenet_training.check.view import Numbers, View

FEWEST_DEGREES, MOST_DEGREES = 5.0, 25.0
LONGEST_WAIT_S = 2.0
# In pixels of a picture 640 pixels wide.
WIDTH = 640.0
LEAST_PARALLAX = 2.5

Pair = tuple[int, int]
Progress = Callable[[Sequence[Pair]], Iterable[Pair]]


@dataclass(frozen=True)
class MatchedPair:
    """Matches of pictures a and b: points [N, 2] on the plane z = 1 of the scene's cameras.

    pixel   angle in radians of 1/640 of the picture's width, in its middle
    pixels  the same points as [N, 2] pixels of each picture, to be drawn
    """

    a: int
    b: int
    points_a: Array
    points_b: Array
    pixel: float
    pixels: tuple[Array, Array]

    def rays(self, focal_factor: float = 1.0) -> tuple[Array, Array]:
        """Unit rays [N, 3] of either picture, were the focal length that much longer."""
        return rays(self.points_a / focal_factor), rays(self.points_b / focal_factor)

    @property
    def parallax(self) -> float:
        """What no rotation explains, in 640ths of the width."""
        return parallax(*self.rays()) / self.pixel


def turning_pairs(view: View, most: int) -> list[Pair]:
    """At most `most` pairs, spread over the scene, of one sequence and camera each.

    Their given poses are FEWEST_DEGREES to MOST_DEGREES apart, an angle that does not depend on
    the poses' convention.  A quarter of them are as near in time as that allows, the others as far
    as LONGEST_WAIT_S: robots that turn on the spot go their way before and after.
    """
    quick, patient = [], []
    for numbers in view.sequences.values():
        quick += _quick_pairs(view, numbers)
        patient += _patient_pairs(view, numbers)
    waiting = min(most - min(most // 4, len(quick)), len(patient))
    chosen = [*_spread(quick, most - waiting), *_spread(patient, waiting)]
    return sorted(set(chosen))


def _quick_pairs(view: View, numbers: Numbers) -> list[Pair]:
    """Pairs one after another: each begins where another ended."""
    pairs = []
    start = 0
    while start < len(numbers) - 1:
        a, after = numbers[start], numbers[start + 1 :]
        far = np.flatnonzero(_degrees(view, a, after) >= FEWEST_DEGREES)
        if not len(far):
            break
        b = after[far[0]]
        if _matchable(view, a, b):
            pairs.append((int(a), int(b)))
        start += 1 + int(far[0])
    return pairs


def _patient_pairs(view: View, numbers: Numbers) -> list[Pair]:
    """The last picture within LONGEST_WAIT_S that is not turned too far, for every picture."""
    pairs = []
    for start, a in enumerate(numbers[:-1]):
        after = numbers[start + 1 :]
        after = after[view.stamps[after] - view.stamps[a] <= LONGEST_WAIT_S]
        turned = _degrees(view, a, after)
        fits = after[(turned >= FEWEST_DEGREES) & (turned <= 0.6 * MOST_DEGREES)]
        if len(fits) and _matchable(view, a, fits[-1]):
            pairs.append((int(a), int(fits[-1])))
    return pairs


def _spread(pairs: list[Pair], most: int) -> list[Pair]:
    chosen = np.linspace(0, len(pairs) - 1, min(most, len(pairs))).round().astype(int)
    return [pairs[index] for index in chosen]


def changing_pairs(view: View, most: int, longest_s: float = 1.0) -> list[Pair]:
    """At most `most` pairs between which the speed of turning changes most.

    A delay of the pictures moves both cameras of a pair along the drive; only where their
    velocities differ does that change their relative pose.
    """
    candidates: list[tuple[float, int, int]] = []
    for numbers in view.sequences.values():
        candidates += _changes(view, numbers, longest_s)
    used = np.zeros(len(view.pictures), dtype=int)
    chosen: list[Pair] = []
    for _, a, b in sorted(candidates, reverse=True):
        if len(chosen) == most:
            break
        if used[a] < 2 and used[b] < 2 and _matchable(view, a, b):
            used[[a, b]] += 1
            chosen.append((a, b))
    return sorted(chosen)


def _changes(view: View, numbers: Numbers, longest_s: float) -> list[tuple[float, int, int]]:
    """(change of angular velocity in rad/s, a, b) of the pairs of a sequence."""
    if len(numbers) < 3:
        return []
    R = view.T_map_camera[numbers, :3, :3]
    stamps = view.stamps[numbers]
    turns = np.zeros((len(numbers), 3))
    relative = R[2:] @ np.swapaxes(R[:-2], -1, -2)
    axis = 0.5 * (relative - np.swapaxes(relative, -1, -2))
    span = (stamps[2:] - stamps[:-2])[:, None]
    turns[1:-1] = np.stack([axis[:, 2, 1], axis[:, 0, 2], axis[:, 1, 0]], axis=-1) / span
    found = []
    for a in range(1, len(numbers) - 1):
        last = min(int(np.searchsorted(stamps, stamps[a] + longest_s)), len(numbers) - 1)
        after = np.arange(a + 1, last)
        if not len(after):
            continue
        near = after[_degrees(view, numbers[a], numbers[after]) < MOST_DEGREES]
        change = np.linalg.norm(turns[near] - turns[a], axis=1)
        found += [
            (float(c), int(numbers[a]), int(numbers[b])) for c, b in zip(change, near, strict=True)
        ]
    return found


def _degrees(view: View, a: int, others: Numbers) -> Array:
    return np.degrees(rotation_angle(view.q_xyzw[a], view.q_xyzw[others]))


def _matchable(view: View, a: int, b: int) -> bool:
    same = view.pictures[a].camera == view.pictures[b].camera
    return bool(same and rotation_angle(view.q_xyzw[a], view.q_xyzw[b]) < np.radians(MOST_DEGREES))


def match_pairs(
    view: View, matcher: Matcher, pairs: Sequence[Pair], track: Progress
) -> list[MatchedPair]:
    """Match pictures; pairs with too few matches are left out."""
    matched = []
    for a, b in track(pairs):
        matches = matcher.match(a, b)
        if matches is None:
            continue
        name = view.pictures[a].camera
        camera = view.scene.cameras.get(name) or assumed_camera(*view.size(a))
        matched.append(
            MatchedPair(
                a,
                b,
                undistorted(camera, matches.a),
                undistorted(camera, matches.b),
                camera.width / WIDTH / camera.fx,
                (matches.a, matches.b),
            )
        )
    return matched
