# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which reading of the poses do the pictures bear out?

Every pair of pictures gives each reading the share of its matches that fit.  A reading wins when
it beats every other one pair by pair (Wilcoxon's signed ranks, corrected for their number) and by
a margin that matters.  Pairs that a mere rotation explains bear no witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from posenet_ros.geometry import Array
from posenet_training.check.conventions import AS_STORED, READINGS, Reading, relative
from posenet_training.check.epipolar import residuals
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.significance import p_of_gains

# A match fits when its rays miss by less than this, in 640ths of the picture's width.
FITS = 4.5
FEWEST_PAIRS = 12
# Less than this, in the same unit, may be noise about a mere rotation.
LEAST_PARALLAX = 2.5
# A reading that explains less than this of the median pair does not describe the scene.
LEAST_SHARE = 0.4
MARGIN = 0.15
SIGNIFICANCE = 0.01
# Focal lengths that are tried where nobody knows it, as factors of the assumed one.
FOCAL_FACTORS = np.geomspace(0.45, 2.2, 15)


class Answer(str, Enum):
    """What the pictures say of the poses."""

    confirmed = 'confirmed'
    contradicted = 'contradicted'
    none_fits = 'none fits'
    undecidable = 'undecidable'


DECIDED = (Answer.confirmed, Answer.contradicted)


@dataclass(frozen=True)
class ConventionResult:
    """The answer, why, and the figures behind it.

    scores        of each reading: mean share of the matches that fit
    winner        the reading with the highest score; None without evidence
    rivals        readings that the evidence does not tell from the winner
    pairs         pairs that bear witness, of `tried` ones; `matched` had enough matches
    focal_factor  of the scene's or assumed focal length, at which scores were taken
    """

    answer: Answer
    reason: str
    scores: dict[str, float]
    winner: Reading | None
    rivals: tuple[Reading, ...]
    tried: int
    matched: int
    pairs: int
    focal_factor: float = 1.0


def judge_conventions(
    T_map_camera: Array, matched: Sequence[MatchedPair], tried: int, focal_known: bool
) -> ConventionResult:
    """Judge all readings of the stored poses [N, 4, 4] by matched pairs of pictures.

    Where the focal length is not known, or explains nothing, others are tried; every reading is
    then judged at the one that suits it best.
    """
    bearing = witnesses(matched)
    reason = _too_little(tried, len(matched), len(bearing))
    if reason:
        return ConventionResult(
            Answer.undecidable, reason, {}, None, (), tried, len(matched), len(bearing)
        )
    if focal_known:
        result = _judge(T_map_camera, bearing, np.ones(1), tried, len(matched))
        if result.answer in DECIDED:
            return result
    anyhow = _judge(T_map_camera, bearing, FOCAL_FACTORS, tried, len(matched))
    return anyhow if anyhow.answer in DECIDED or not focal_known else result


def _judge(
    T_map_camera: Array,
    bearing: Sequence[MatchedPair],
    factors: Array,
    tried: int,
    matched: int,
) -> ConventionResult:
    shares = np.stack([_shares(T_map_camera, bearing, factor) for factor in factors])
    suits = shares.mean(axis=1).argmax(axis=0)
    own = shares[suits, :, np.arange(len(READINGS))].T
    best = int(own.mean(axis=0).argmax())
    rivals = tuple(
        READINGS[other]
        for other in range(len(READINGS))
        if other != best and not _beats(own[:, best], own[:, other])
    )
    answer, reason = _answer(own[:, best], READINGS[best], rivals)
    scores = {reading.name: float(s) for reading, s in zip(READINGS, own.mean(0), strict=True)}
    focal_factor = float(factors[suits[best]])
    return ConventionResult(
        answer, reason, scores, READINGS[best], rivals, tried, matched, len(bearing), focal_factor
    )


def witnesses(matched: Sequence[MatchedPair]) -> list[MatchedPair]:
    """Pairs whose camera did more than turn, as their pictures show."""
    return [pair for pair in matched if pair.parallax >= LEAST_PARALLAX]


def _too_little(tried: int, matched: int, witnesses: int) -> str:
    if tried < FEWEST_PAIRS:
        return f'the camera turns too little: only {tried} pairs of pictures are 5 degrees apart'
    if matched < FEWEST_PAIRS:
        return f'only {matched} of {tried} pairs of near pictures have enough points in common'
    if witnesses < FEWEST_PAIRS:
        return (
            f'the camera turns on the spot or stands: only {witnesses} of {matched} matched pairs '
            'show that it moved sideways or ahead'
        )
    return ''


def _shares(T_map_camera: Array, pairs: Sequence[MatchedPair], focal_factor: float) -> Array:
    """Shares [pairs, readings] of the matches that fit."""
    a, b = np.array([pair.a for pair in pairs]), np.array([pair.b for pair in pairs])
    T_b_a = np.stack(
        [relative(reading.T_map_camera(T_map_camera), a, b) for reading in READINGS], axis=1
    )
    return np.stack(
        [
            np.mean(
                residuals(*pair.rays(focal_factor), T) < FITS * pair.pixel / focal_factor, axis=-1
            )
            for pair, T in zip(pairs, T_b_a, strict=True)
        ]
    )


def _beats(winner: Array, other: Array) -> bool:
    difference = winner - other
    if difference.mean() < MARGIN:
        return False
    return p_of_gains(difference) * (len(READINGS) - 1) < SIGNIFICANCE


def _answer(shares: Array, winner: Reading, rivals: tuple[Reading, ...]) -> tuple[Answer, str]:
    if np.median(shares) < LEAST_SHARE:
        return Answer.none_fits, (
            f'no convention explains the pictures: the best, {winner.name}, explains '
            f'{np.median(shares):.0%} of the matches of the median pair'
        )
    if rivals:
        return Answer.undecidable, (
            f'this motion does not tell {winner.name} from '
            f'{" or ".join(rival.name for rival in rivals[:3])}'
        )
    answer = Answer.confirmed if winner == AS_STORED else Answer.contradicted
    return answer, f'{winner.name} explains {shares.mean():.0%} of the matches'
