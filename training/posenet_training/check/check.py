# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checks a scene from top to bottom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from posenet_ros.scene import Scene
from posenet_training.check.advice import convention_findings
from posenet_training.check.convention_evidence import (
    DECIDED,
    Answer,
    ConventionResult,
    judge_conventions,
    witnesses,
)
from posenet_training.check.conventions import AS_STORED, Reading, relative
from posenet_training.check.coverage import Coverage, coverage_findings, look_from_above
from posenet_training.check.epipolar import depths, residuals
from posenet_training.check.findings import Finding, Level, verdict
from posenet_training.check.focal import FocalResult, focal_findings, sweep_focal
from posenet_training.check.leaks import Leaks, leak_findings, look_for_leaks
from posenet_training.check.matching import Matcher
from posenet_training.check.motion import Motion, look_at_motion, motion_findings
from posenet_training.check.occupancy import PathOnMap, put_on_map
from posenet_training.check.pairs import MatchedPair, changing_pairs, match_pairs, turning_pairs
from posenet_training.check.quality import Quality, measure, quality_findings
from posenet_training.check.timing import OffsetResult, find_offset, offset_findings
from posenet_training.check.view import View

# Pairs of pictures to match, which is where the time goes.
TURNING_PAIRS, CHANGING_PAIRS = 80, 60

Item = TypeVar('Item')
Track = Callable[[Sequence[Item], str], Iterable[Item]]


@dataclass(frozen=True)
class Check:
    """All that was found; `focal` and `offset` are None where the convention forbids them.

    pairs   matched pairs behind the convention, for drawing
    """

    view: View
    findings: tuple[Finding, ...]
    coverage: Coverage
    motion: Motion
    quality: Quality
    leaks: Leaks
    convention: ConventionResult
    pairs: tuple[MatchedPair, ...]
    focal: FocalResult | None
    offset: OffsetResult | None
    path_on_map: PathOnMap | None

    @property
    def verdict(self) -> Level:
        """The worst level of all findings."""
        return verdict(self.findings)


def check_scene(scene: Scene, track: Track) -> Check:
    """Check a scene; `track` shows progress over a sequence under a title.

    Raises SceneError when a picture can no longer be read.
    """
    view = View(scene)
    coverage, motion, leaks = look_from_above(view), look_at_motion(view), look_for_leaks(view)
    findings = [*motion_findings(view, motion), *coverage_findings(view, coverage)]
    quality = measure(view, lambda numbers: track(list(numbers), 'looking at pictures'))
    findings += quality_findings(view, quality)

    matcher = Matcher(view.grey)
    candidates = turning_pairs(view, TURNING_PAIRS)
    matched = match_pairs(view, matcher, candidates, lambda p: track(p, 'matching pictures'))
    known = all(picture.camera in scene.cameras for picture in scene.pictures)
    convention = judge_conventions(view.T_map_camera, matched, len(candidates), known)
    findings += convention_findings(convention, scene.source)

    bearing = witnesses(matched)
    focal = offset = None
    if convention.answer in DECIDED:
        focal, more = _focal(view, bearing, convention, known)
        findings += more
    if convention.answer is Answer.confirmed:
        focal_factor = 1.0 if focal is None else focal.used(known)
        offset, more = _offset(view, matcher, bearing, focal_factor, track)
        findings += more
    findings += leak_findings(view, leaks)
    path_on_map, more = put_on_map(view, scene.map) if scene.map else (None, [])
    findings += more
    return Check(
        view,
        tuple(findings),
        coverage,
        motion,
        quality,
        leaks,
        convention,
        tuple(bearing),
        focal,
        offset,
        path_on_map,
    )


def _focal(
    view: View, pairs: Sequence[MatchedPair], convention: ConventionResult, known: bool
) -> tuple[FocalResult, list[Finding]]:
    reading = convention.winner or AS_STORED
    result = sweep_focal(reading.T_map_camera(view.T_map_camera), pairs, convention.focal_factor)
    if known:
        camera = view.scene.cameras[view.pictures[pairs[0].a].camera]
        return result, focal_findings(result, camera.fx)
    return result, focal_findings(result, None)


def _offset(
    view: View,
    matcher: Matcher,
    bearing: Sequence[MatchedPair],
    focal_factor: float,
    track: Track,
) -> tuple[OffsetResult, list[Finding]]:
    candidates = changing_pairs(view, CHANGING_PAIRS)
    pairs = match_pairs(view, matcher, candidates, lambda p: track(p, 'comparing clocks'))
    nearest = nearest_depth(view, bearing, AS_STORED, focal_factor)
    result = find_offset(view, pairs, nearest, focal_factor)
    return result, offset_findings(view, result)


def nearest_depth(
    view: View, pairs: Sequence[MatchedPair], reading: Reading, focal_factor: float
) -> float:
    """Distance from the camera, in the map's unit, that few matched points fall below."""
    T = reading.T_map_camera(view.T_map_camera)
    found = []
    for pair in pairs:
        T_b_a = relative(T, np.array([pair.a]), np.array([pair.b]))[0]
        f_a, f_b = pair.rays(focal_factor)
        fits = residuals(f_a, f_b, T_b_a) < 2.0 * pair.pixel
        found.append(depths(f_a[fits], f_b[fits], T_b_a))
    depth = np.concatenate(found) if found else np.zeros(0)
    depth = depth[np.isfinite(depth) & (depth > 0.0)]
    return 0.7 * float(np.quantile(depth, 0.02)) if len(depth) else 0.0
