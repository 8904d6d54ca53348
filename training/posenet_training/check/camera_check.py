# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the pictures of one camera say of its poses, its intrinsics and its clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from posenet_training.check.advice import convention_findings
from posenet_training.check.changing_pairs import changing_pairs
from posenet_training.check.convention_evidence import (
    DECIDED,
    Answer,
    ConventionResult,
    judge_conventions,
    witnesses,
)
from posenet_training.check.conventions import AS_STORED, relative
from posenet_training.check.epipolar import depths, residuals
from posenet_training.check.findings import Finding
from posenet_training.check.focal import FocalResult, focal_findings, sweep_focal
from posenet_training.check.matched_pairs import MatchedPair, match_pairs
from posenet_training.check.matching import Matcher
from posenet_training.check.motion import look_at_motion, unbroken
from posenet_training.check.pairs import turning_pairs
from posenet_training.check.timing import (
    LONGEST_STEP_S,
    OffsetResult,
    find_offset,
    offset_findings,
)
from posenet_training.check.trajectory import trajectories
from posenet_training.check.view import View

Item = TypeVar('Item')
Track = Callable[[Sequence[Item], str], Iterable[Item]]


@dataclass(frozen=True)
class Budget:
    """How many pairs of pictures to match, which is where the time goes."""

    turning: int = 80
    changing: int = 60

    def shared(self, cameras: int) -> 'Budget':
        """For each of several cameras: less, but no less than half."""
        share = max(0.5, 1.0 / cameras)
        return Budget(round(share * self.turning), round(share * self.changing))


@dataclass(frozen=True)
class CameraCheck:
    """What was found; `focal` and `offset` are None where the convention forbids them.

    view    the pictures of this camera alone; picture numbers refer to it
    pairs   matched pairs behind the convention, for drawing
    """

    name: str
    view: View
    findings: tuple[Finding, ...]
    convention: ConventionResult
    pairs: tuple[MatchedPair, ...]
    focal: FocalResult | None
    offset: OffsetResult | None


def check_camera(name: str, view: View, budget: Budget, track: Track) -> CameraCheck:
    """Judge poses, intrinsics and clock by the pictures of one camera."""
    matcher = Matcher(view.grey)
    candidates = turning_pairs(view, budget.turning)
    matched = match_pairs(view, matcher, candidates, lambda p: track(p, 'matching pictures'))
    known = view.focal_length is not None
    convention = judge_conventions(view.T_map_camera, matched, len(candidates), known)
    findings = convention_findings(convention, view.scene.source)
    bearing = witnesses(matched)
    focal = offset = None
    if convention.answer in DECIDED:
        focal = _focal(view, bearing, convention)
        findings += focal_findings(focal, view.focal_length)
        if convention.answer is Answer.confirmed:
            offset = _offset(view, matcher, bearing, focal.used(known), budget, track)
            findings += offset_findings(view, offset)
    return CameraCheck(name, view, tuple(findings), convention, tuple(bearing), focal, offset)


def _focal(view: View, pairs: Sequence[MatchedPair], convention: ConventionResult) -> FocalResult:
    reading = convention.winner or AS_STORED
    return sweep_focal(reading.T_map_camera(view.T_map_camera), pairs, convention.focal_factor)


def _offset(
    view: View,
    matcher: Matcher,
    bearing: Sequence[MatchedPair],
    focal_factor: float,
    budget: Budget,
    track: Track,
) -> OffsetResult:
    pieces = unbroken(view, look_at_motion(view), LONGEST_STEP_S)
    candidates = changing_pairs(view, pieces, budget.changing)
    pairs = match_pairs(view, matcher, candidates, lambda p: track(p, 'comparing clocks'))
    nearest = nearest_depth(view, bearing, focal_factor)
    return find_offset(view, trajectories(view, pieces), pairs, nearest, focal_factor)


def nearest_depth(view: View, pairs: Sequence[MatchedPair], focal_factor: float = 1.0) -> float:
    """Distance from the camera, in the map's unit, that few matched points fall below."""
    found = []
    for pair in pairs:
        T_b_a = relative(view.T_map_camera, np.array([pair.a]), np.array([pair.b]))[0]
        f_a, f_b = pair.rays(focal_factor)
        fits = residuals(f_a, f_b, T_b_a) < 2.0 * pair.pixel
        found.append(depths(f_a[fits], f_b[fits], T_b_a))
    depth = np.concatenate(found) if found else np.zeros(0)
    depth = depth[np.isfinite(depth) & (depth > 0.0)]
    return 0.7 * float(np.quantile(depth, 0.02)) if len(depth) else 0.0
