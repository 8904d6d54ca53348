# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures that teach nothing or the wrong thing: blurred, dark, overexposed, repeated."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, distance
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View

# Blur is measured on pictures of at most this width, smoothed so that noise counts less than
# edges: networks see no finer ones.
WIDTH = 320
SMOOTHING = 0.7
BLUR_ACROSS = 9
# Between pictures of still cameras, 0.32 to 0.6, and those smeared over 1/40 of the width.
BLURRED = 0.62
THUMBNAIL = (64, 48)
DARK, BRIGHT = 25.0, 230.0
# Grey levels by which pictures of a working camera differ at least when it moves.
FROZEN = 0.25
MOVED_M, MOVED_DEG = 0.03, 1.0
# Cameras that miss a beat give a picture twice; that is no freeze.
STUTTER = 1
SLOWER = 'drive slower or expose for shorter; where they show bare walls, let them be'
# More than this share of the pictures is worth a warning.
TOLERATED = 0.05

TrackNumbers = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class Quality:
    """Measures of N pictures.

    blur        share of the edges that blurring once more leaves, 0 to 1
    brightness  mean grey level
    change      mean difference in grey levels to the camera's picture before; nan for a first
    doubled     which equal the camera's one before them, as cameras give that miss a beat
    repeated    which equal another from earlier
    frozen      which show nothing new although the camera moved
    """

    blur: Array
    brightness: Array
    change: Array
    doubled: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    frozen: NDArray[np.bool_]

    @property
    def blurred(self) -> NDArray[np.bool_]:
        """Which pictures lack the edges that networks could see."""
        return np.asarray(self.blur > BLURRED)


@dataclass(frozen=True)
class Look:
    """What is kept of a picture."""

    blur: float
    brightness: float
    thumbnail: NDArray[np.uint8]
    digest: str

    @staticmethod
    def at(grey: NDArray[np.uint8]) -> 'Look':
        shrunk = min(1.0, WIDTH / grey.shape[1])
        size = (round(grey.shape[1] * shrunk), max(1, round(grey.shape[0] * shrunk)))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        return Look(
            blur_of(small),
            float(small.mean()),
            np.asarray(cv2.resize(small, THUMBNAIL, interpolation=cv2.INTER_AREA), np.uint8),
            hashlib.sha256(grey.tobytes()).hexdigest(),
        )

    def differs(self, other: 'Look') -> float:
        """Mean difference in grey levels."""
        return float(cv2.absdiff(self.thumbnail, other.thumbnail).mean())


def blur_of(grey: NDArray[np.uint8]) -> float:
    """Share of a picture's edges that blurring leaves, along the worse of both directions.

    After the blur effect of Crété-Roffet et al. (The Blur Effect, SPIE 6492, 2007): what is
    sharp loses most of its edges.
    """
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SMOOTHING)
    shares = []
    for across, axis in (((BLUR_ACROSS, 1), 1), ((1, BLUR_ACROSS), 0)):
        edges = np.abs(np.diff(smooth, axis=axis))
        left = np.abs(np.diff(cv2.blur(smooth, across), axis=axis))
        lost = np.maximum(edges - left, 0.0).sum()
        shares.append(1.0 - float(lost) / max(float(edges.sum()), 1e-9))
    return max(shares)


def measure(view: View, track: TrackNumbers) -> Quality:
    """Look at every picture once."""
    looks = [Look.at(view.grey(number)) for number in track(range(len(view.pictures)))]
    change = np.full(len(looks), np.nan)
    doubled = np.zeros(len(looks), dtype=bool)
    for numbers in view.runs:
        for before, after in pairwise(numbers):
            change[after] = looks[after].differs(looks[before])
            doubled[after] = looks[after].digest == looks[before].digest
    return Quality(
        np.array([look.blur for look in looks]),
        np.array([look.brightness for look in looks]),
        change,
        doubled,
        _repeated([look.digest for look in looks]) & ~doubled,
        _frozen(view, change),
    )


def _repeated(digests: Sequence[str]) -> NDArray[np.bool_]:
    first: dict[str, int] = {}
    return np.array([first.setdefault(d, i) != i for i, d in enumerate(digests)])


def _frozen(view: View, change: Array) -> NDArray[np.bool_]:
    frozen = np.zeros(len(change), dtype=bool)
    for numbers in view.runs:
        first = 0
        for row in range(1, len(numbers)):
            if change[numbers[row]] >= FROZEN:
                first = row
            elif row - first > STUTTER:
                way, angle = distance(*view.T_map_camera[numbers[[first, row]]])
                frozen[numbers[row]] = way > MOVED_M or angle > np.radians(MOVED_DEG)
    return frozen


def quality_findings(view: View, quality: Quality) -> list[Finding]:
    """What the measures mean for training."""
    dark, bright = quality.brightness < DARK, quality.brightness > BRIGHT
    return [
        _some(view, quality.blurred, 'blurred', 'blurred', SLOWER),
        _some(view, dark, 'dark', 'nearly black', 'give more light or exposure'),
        _some(view, bright, 'overexposed', 'overexposed', 'shorten the exposure'),
        _duplicates(view, quality),
        _none(
            view,
            quality.frozen,
            'frozen',
            'frozen while their poses move',
            'the camera hung, or the poses are of other pictures',
        ),
    ]


def _duplicates(view: View, quality: Quality) -> Finding:
    what, advice = 'equal to one from earlier', 'poses and pictures may be paired wrongly'
    found = _none(view, quality.repeated, 'duplicates', what, advice)
    doubled = int(quality.doubled.sum())
    if not doubled:
        return found
    sentence = f'{found.sentence} The camera gave {doubled} pictures twice in a row.'
    return Finding('duplicates', found.level, sentence)


def _some(view: View, bad: NDArray[np.bool_], check: str, what: str, advice: str) -> Finding:
    """A few such pictures are normal."""
    if bad.sum() > TOLERATED * len(bad):
        return Finding(check, Level.warning, f'{_count(view, bad, what)}: {advice}.')
    return Finding(check, Level.ok, f'{_count(view, bad, what)}.')


def _none(view: View, bad: NDArray[np.bool_], check: str, what: str, advice: str) -> Finding:
    """Not one such picture is normal."""
    if bad.any():
        return Finding(check, Level.warning, f'{_count(view, bad, what)}: {advice}.')
    return Finding(check, Level.ok, f'{_count(view, bad, what)}.')


def _count(view: View, bad: NDArray[np.bool_], what: str) -> str:
    if not bad.any():
        return f'No picture is {what}'
    first = view.file(int(np.flatnonzero(bad)[0]))
    return f'{int(bad.sum())} of {len(bad)} pictures are {what}, the first is {first}'
