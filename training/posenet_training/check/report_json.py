# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A check as plain values, for machines; its keys stay."""

from typing import Any

import numpy as np

from posenet_training.check.camera_check import CameraCheck
from posenet_training.check.check import Check
from posenet_training.check.conventions import Reading
from posenet_training.check.focal import FACTORS
from posenet_training.check.timing import OFFSETS

VERSION = 1


def as_values(check: Check) -> dict[str, Any]:
    """All figures of a check; what is not known is null."""
    return {
        'version': VERSION,
        'scene': str(check.view.scene.root),
        'verdict': check.verdict.value,
        'findings': [
            {'check': f.check, 'level': f.level.value, 'sentence': f.sentence}
            for f in check.findings
        ],
        'pictures': len(check.view.pictures),
        'sequences': {name: len(numbers) for name, numbers in check.view.sequences.items()},
        'coverage': _coverage(check),
        'gaps': _files(check, check.motion.gaps),
        'jumps': _files(check, check.motion.jumps),
        'quality': _quality(check),
        'cameras': {camera.name: _camera(camera) for camera in check.cameras},
        'depth': _depth(check),
        'leaks': _leaks(check),
        'map': _map(check),
    }


def _files(check: Check, which: np.ndarray) -> list[str]:
    return [check.view.file(int(number)) for number in np.flatnonzero(which)]


def _coverage(check: Check) -> dict[str, Any]:
    coverage = check.coverage
    return {
        'up': coverage.up,
        'size': list(coverage.size),
        'path_length': coverage.length,
        'cells': coverage.cells,
        'directions_a_cell': coverage.sectors,
    }


def _quality(check: Check) -> dict[str, Any]:
    quality = check.quality
    return {
        'blurred': _files(check, quality.blurred),
        'duplicates': _files(check, quality.repeated),
        'doubled': _files(check, quality.doubled),
        'frozen': _files(check, quality.frozen),
        'median_brightness': float(np.median(quality.brightness)),
    }


def _camera(camera: CameraCheck) -> dict[str, Any]:
    return {
        'pictures': len(camera.view.pictures),
        'convention': _convention(camera),
        'intrinsics': _intrinsics(camera),
        'time_offset': _offset(camera),
    }


def _convention(camera: CameraCheck) -> dict[str, Any]:
    result = camera.convention
    return {
        'answer': result.answer.value,
        'reason': result.reason,
        'winner': _reading(result.winner) if result.winner else None,
        'rivals': [_reading(reading) for reading in result.rivals],
        'scores': result.scores,
        'pairs_tried': result.tried,
        'pairs_matched': result.matched,
        'pairs': result.pairs,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        'name': reading.name,
        'inverted': reading.inverted,
        'axes': reading.axes,
        'order': reading.order,
    }


def _intrinsics(camera: CameraCheck) -> dict[str, Any] | None:
    result = camera.focal
    if result is None:
        return None
    return {
        'best_factor': result.factor,
        'gain': result.gain,
        'p_value': result.p_value,
        'differs': result.differs,
        'factors': [float(factor * result.centre) for factor in FACTORS],
        'misses': list(result.misses),
    }


def _offset(camera: CameraCheck) -> dict[str, Any] | None:
    result = camera.offset
    if result is None:
        return None
    known = result.offset is not None
    return {
        'offset_s': result.offset,
        'interval_s': [result.low, result.high] if known else None,
        'differs': result.differs,
        'pairs': result.pairs,
        'reason': result.reason,
        'offsets_s': [float(offset) for offset in OFFSETS],
        'misses': list(result.misses),
    }


def _depth(check: Check) -> dict[str, Any] | None:
    depth = check.depth
    if depth is None:
        return None
    return {
        'pictures': depth.pictures,
        'sampled': depth.sampled,
        'bad': depth.bad,
        'empty': _known(depth.empty),
        'median': _known(depth.median),
        'ratio_to_triangulated': _known(depth.ratio),
        'points': depth.points,
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _leaks(check: Check) -> dict[str, Any]:
    leaks = check.leaks
    if not len(leaks.pictures):
        return {'pictures': 0, 'touching': 0, 'median_distance': None, 'median_degrees': None}
    return {
        'pictures': len(leaks.pictures),
        'touching': int(leaks.touching.sum()),
        'median_distance': float(np.median(leaks.metres)),
        'median_degrees': float(np.median(leaks.degrees)),
    }


def _map(check: Check) -> dict[str, Any] | None:
    path = check.path_on_map
    if path is None:
        return None
    return {'outside': _files(check, path.outside), 'occupied': _files(check, path.occupied)}
