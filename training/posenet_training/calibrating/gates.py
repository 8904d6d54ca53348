# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The limits of a model's gates, from frames that the network never learned from."""

from collections.abc import Mapping, Sequence

import numpy as np

from posenet_ros.gates import Gates
from posenet_ros.geometry import Array
from posenet_training.calibrating.conformal import FEWEST_FRAMES
from posenet_training.calibrating.refusal_rate import FALSE_REFUSAL_RATE
from posenet_training.errors import CalibrationError

# Gates that share the rate, with their parts of it: what they read of good frames and of others
# lies close together.  Strangeness tells them apart best, and the others stand behind it.
SHARING = {'strangeness': 1.0, 'novelty': 0.1, 'disagreement_m': 0.1, 'disagreement_rad': 0.1}
# The tail of a reading is fitted to this share of the frames.
TAIL = 0.1
# Broken pictures and places that repeat are far beyond the rest: their gates leave room for what
# the frames do not show.  Levels may be half and distances double, shares go this part of the
# way to 1, and so many levels of noise more hardly move a pose.
ROOM = 2.0
WAY_TO_ALL = 0.2
GRAIN_MORE = 6.0
# Look-alikes that face further apart leave no frame to believe, however often a place repeats.
FACING_APART_RAD = 0.5 * float(np.pi)
# Equal pictures in a row that pass: a driver may send one twice.
REPEATS = 2.0


def gates_of(
    frames: Sequence[Mapping[str, float]], false_refusal_rate: float = FALSE_REFUSAL_RATE
) -> Gates:
    """Gates that refuse at most this share of good frames, given the `readings` of N of them.

    The gates of SHARING get their shares, as large as the joint rate on these frames allows; the
    others pass all of them, except where pictures that look alike face FACING_APART_RAD and more
    apart.  Raises CalibrationError for fewer than FEWEST_FRAMES and for a rate that is none.
    """
    if len(frames) < FEWEST_FRAMES:
        raise CalibrationError(
            f'{len(frames)} frames are too few to choose limits by, {FEWEST_FRAMES} are needed: '
            'hold out more of the scene'
        )
    if not 0.0 < false_refusal_rate < TAIL:
        raise CalibrationError(
            f'a false-refusal rate of {false_refusal_rate} cannot be asked for: give one '
            f'between 0 and {TAIL}'
        )
    read = {name: np.array([frame[name] for frame in frames]) for name in frames[0]}
    shared = _shared({name: read[name] for name in SHARING}, false_refusal_rate)
    return Gates(
        false_refusal_rate=false_refusal_rate,
        **shared,
        # The network's answer may be so wrong anywhere, so at the border as well.
        outside_m=max(ROOM * float(read['outside_m'].max()), shared['disagreement_m']),
        apart_m=float(read['apart_m'].max()) * ROOM,
        apart_rad=min(float(read['apart_rad'].max()) * ROOM, FACING_APART_RAD),
        brightness=float(read['brightness'].min()) / ROOM,
        structure=float(read['structure'].min()) / ROOM,
        grain=float(read['grain'].max()) + GRAIN_MORE,
        saturated=_part_of_the_way(float(read['saturated'].max())),
        flat=_part_of_the_way(float(read['flat'].max())),
        repeats=REPEATS,
    )


def _shared(read: Mapping[str, Array], rate: float) -> dict[str, float]:
    """Limits with the largest tail probabilities whose joint refusals stay within the rate."""
    for share in rate * np.geomspace(1.0, 0.1, 50):
        limits = {name: _limit(name, read[name], part * share) for name, part in SHARING.items()}
        refused = np.any([values > limits[name] for name, values in read.items()], axis=0)
        if refused.mean() <= rate:
            return limits
    # Frames far outside such tails, too many for the rate: all pass.
    return {name: float(values.max()) for name, values in read.items()}


def _limit(name: str, values: Array, share: float) -> float:
    if name == 'strangeness':  # Odds: it is their logarithms that have an ordinary tail.
        return float(np.exp(tail_limit(np.log(values), share)))
    return tail_limit(values, share)


def tail_limit(values: Array, share: float) -> float:
    """The value that a share < TAIL of readings like these [N] will exceed.

    The exceedances of the 90 % quantile are taken as exponential (peaks over a threshold,
    Pickands 1975), so that it holds for few frames, of which none may be so far out.
    """
    threshold = float(np.quantile(values, 1.0 - TAIL))
    above = values[values > threshold]
    mean_excess = float(np.mean(above - threshold)) if len(above) else 0.0
    return threshold + mean_excess * float(np.log(TAIL / share))


def _part_of_the_way(share: float) -> float:
    return share + WAY_TO_ALL * (1.0 - share)
