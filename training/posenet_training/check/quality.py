# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures that teach nothing or the wrong thing: blurred, dark, overexposed, repeated."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from posenet_ros.geometry import Array, distance
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View

# Sharpness is measured on pictures of this width, so that noise counts less than edges.
WIDTH = 320
THUMBNAIL = (64, 48)
# A blurred picture has this share of the scene's sharpness, and that of its neighbours'.
BLURRED, BLURRED_BESIDE = 0.2, 0.5
NEIGHBOURS = 21
DARK, BRIGHT = 25.0, 230.0
# Grey levels by which pictures of a working camera differ at least when it moves.
FROZEN = 0.25
MOVED_M, MOVED_DEG = 0.03, 1.0
# Cameras that miss a beat give a picture twice; that is no freeze.
STUTTER = 1
# More than this share of the pictures is worth a warning.
TOLERATED = 0.05

TrackNumbers = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class Quality:
    """Measures of N pictures.

    sharpness   variance of the Laplacian (Pech-Pacheco et al. 2000), relative to the median
    brightness  mean grey level
    change      mean difference in grey levels to the picture before; nan for a sequence's first
    digests     equal for equal pictures
    blurred     which are much less sharp than the scene and than their neighbours
    frozen      which show nothing new although the camera moved
    """

    sharpness: Array
    brightness: Array
    change: Array
    digests: tuple[str, ...]
    blurred: NDArray[np.bool_]
    frozen: NDArray[np.bool_]

    @property
    def doubled(self) -> NDArray[np.bool_]:
        """Pictures that equal the one before them, as cameras give that miss a beat."""
        return np.array([False, *(a == b for a, b in pairwise(self.digests))])

    @property
    def repeated(self) -> NDArray[np.bool_]:
        """Pictures that equal one from earlier."""
        first: dict[str, int] = {}
        again = np.array([first.setdefault(d, i) != i for i, d in enumerate(self.digests)])
        return again & ~self.doubled


def measure(view: View, track: TrackNumbers) -> Quality:
    """Look at every picture once."""
    sharpness, brightness, change, digests = [], [], [], []
    before, before_sequence = np.zeros(0), ''
    for number in track(range(len(view.pictures))):
        grey = view.grey(number)
        height = max(1, round(grey.shape[0] * WIDTH / grey.shape[1]))
        small = cv2.resize(grey, (WIDTH, height), interpolation=cv2.INTER_AREA)
        thumbnail = cv2.resize(small, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float64)
        sequence = view.pictures[number].sequence
        change.append(
            float(np.abs(thumbnail - before).mean()) if sequence == before_sequence else np.nan
        )
        before, before_sequence = thumbnail, sequence
        sharpness.append(float(cv2.Laplacian(small, cv2.CV_64F).var()))
        brightness.append(float(small.mean()))
        digests.append(hashlib.sha256(grey.tobytes()).hexdigest())
    relative = np.array(sharpness) / max(float(np.median(sharpness)), 1e-9)
    differences = np.array(change)
    return Quality(
        relative,
        np.array(brightness),
        differences,
        tuple(digests),
        _blurred(view, relative),
        _frozen(view, differences),
    )


def _blurred(view: View, sharpness: Array) -> NDArray[np.bool_]:
    beside = np.concatenate(
        [median_filter(sharpness[n], NEIGHBOURS, mode='nearest') for n in view.sequences.values()]
    )
    return (sharpness < BLURRED) & (sharpness < BLURRED_BESIDE * beside)


def _frozen(view: View, change: Array) -> NDArray[np.bool_]:
    frozen = np.zeros(len(change), dtype=bool)
    for numbers in view.sequences.values():
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
        _some(view, quality.blurred, 'blurred', 'blurred', 'leave them out or drive slower'),
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
