# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Are the depth pictures whole, and do they measure what the poses and the matches do?

A sample is opened, for most faults of depth are those of its unit and so of all pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array
from posenet_training.check.camera_check import CameraCheck
from posenet_training.check.convention_evidence import Answer
from posenet_training.check.conventions import relative
from posenet_training.check.epipolar import angles, depths, residuals
from posenet_training.check.findings import Finding, Level
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.view import View
from posenet_training.data.depth import NOTHING
from posenet_training.scenes.usable import UNREADABLE, same_shape

SAMPLE = 24
# Pillow's names; older ones open 16-bit PNG as I.
SIXTEEN_BITS = ('I;16', 'I;16B', 'I')
MOST_EMPTY = 0.5
# Between these a robot's camera sees half of its surroundings, in metres.
NEAREST_M, FARTHEST_M = 0.2, 30.0
# Points whose rays cross at less than this have no depth of their own.
CROSSING_DEG = 1.5
FEWEST_POINTS = 100
AGREES = 1.2


@dataclass(frozen=True)
class Depth:
    """What a sample of the depth pictures showed.

    pictures   that have depth
    sampled    that were opened; `bad` says what is wrong with some, by file
    empty      mean share of pixels without a measurement
    median     depth in the unit that the scene gives it, metres if that is right; nan without any
    ratio      median of measured over triangulated depth; nan where too few points have both
    points     that have both
    """

    pictures: int
    sampled: int
    bad: dict[str, str]
    empty: float
    median: float
    ratio: float
    points: int


def look_at_depth(view: View, cameras: Sequence[CameraCheck]) -> Depth:
    """Open a sample, and compare depth with points that matched pictures triangulate."""
    having = [number for number, picture in enumerate(view.pictures) if picture.depth]
    chosen = np.linspace(0, len(having) - 1, min(SAMPLE, len(having))).round().astype(int)
    bad, empty, medians = {}, [], []
    for number in (having[row] for row in chosen):
        raw = read_depth(view, number)
        if isinstance(raw, str):
            bad[view.pictures[number].depth] = raw
            continue
        measured = raw[~np.isin(raw, NOTHING)]
        empty.append(1.0 - measured.size / raw.size)
        if measured.size:
            medians.append(float(np.median(measured)))
    ratios = np.concatenate([np.zeros(0), *(_ratios(camera) for camera in cameras)])
    return Depth(
        len(having),
        len(chosen),
        bad,
        float(np.mean(empty)) if empty else np.nan,
        float(np.median(medians)) * view.scene.depth_unit_m if medians else np.nan,
        float(np.median(ratios)) if len(ratios) >= FEWEST_POINTS else np.nan,
        len(ratios),
    )


def read_depth(view: View, number: int) -> NDArray[np.uint16] | str:
    """Steps [H, W] of a picture's depth, or what is wrong with it."""
    try:
        with Image.open(view.scene.root / view.pictures[number].depth) as picture:
            picture.load()
            mode, size = picture.mode, picture.size
            steps = np.asarray(picture)
    except UNREADABLE as error:
        return f'cannot be read ({error})'
    if mode not in SIXTEEN_BITS:
        return f'does not hold 16 bits a pixel (mode {mode})'
    if not same_shape(size, view.size(number)):
        return f'has another shape than its picture ({size[0]}x{size[1]})'
    return np.clip(steps, 0, NOTHING[1]).astype(np.uint16)


def _ratios(camera: CameraCheck) -> Array:
    """Measured over triangulated depth of matched points; none without a trusted convention."""
    if camera.convention.answer is not Answer.confirmed:
        return np.zeros(0)
    having = [p for p in camera.pairs if camera.view.pictures[p.a].depth]
    some = np.linspace(0, len(having) - 1, min(SAMPLE, len(having))).round().astype(int)
    found = [_ratios_of_pair(camera.view, having[row]) for row in some]
    return np.concatenate([np.zeros(0), *found])


def _ratios_of_pair(view: View, pair: MatchedPair) -> Array:
    steps = read_depth(view, pair.a)
    if isinstance(steps, str):
        return np.zeros(0)
    T_b_a = relative(view.T_map_camera, np.array([pair.a]), np.array([pair.b]))[0]
    f_a, f_b = pair.rays()
    crossing = angles(f_a @ T_b_a[:3, :3].T, f_b)
    fits = (residuals(f_a, f_b, T_b_a) < pair.pixel) & (crossing > np.radians(CROSSING_DEG))
    along_axis = depths(f_a[fits], f_b[fits], T_b_a) * f_a[fits, 2]
    measured = at_pixels(steps, pair.pixels[0][fits], view.size(pair.a))
    good = (along_axis > 0.0) & np.isfinite(along_axis) & ~np.isin(measured, NOTHING)
    return measured[good] * view.scene.depth_unit_m / along_axis[good]


def at_pixels(
    steps: NDArray[np.uint16], pixels: Array, size: tuple[int, int]
) -> NDArray[np.uint16]:
    """Depth at pixels [N, 2] of a picture of `size`, to which the depth picture may be smaller."""
    height, width = steps.shape
    scaled = (pixels + 0.5) * (width / size[0], height / size[1]) - 0.5
    column, row = np.clip(scaled.round().astype(int), 0, (width - 1, height - 1)).T
    return steps[row, column]


def depth_findings(view: View, depth: Depth) -> list[Finding]:
    """What the sample means for those who use depth."""
    if depth.bad:
        file, what = next(iter(depth.bad.items()))
        sentence = (
            f'{len(depth.bad)} of {depth.sampled} sampled depth pictures cannot be used: {file} '
            f'{what}; mend or leave out the depth and import again.'
        )
        return [Finding('depth', Level.warning, sentence)]
    return [Finding('depth', *_judged(view, depth))]


def _judged(view: View, depth: Depth) -> tuple[Level, str]:
    which = f'{depth.pictures} of {len(view.pictures)} pictures have depth'
    if not np.isfinite(depth.median) or depth.empty > MOST_EMPTY:
        return Level.warning, (
            f'{which}, but {depth.empty:.0%} of its pixels are empty: look at the sensor, its '
            'range, or the conversion.'
        )
    unit = f'depth_unit_m of scene.yaml is {view.scene.depth_unit_m:g}'
    metric = view.scene.scale == 'metric'
    if metric and np.isfinite(depth.ratio) and not 1.0 / AGREES < depth.ratio < AGREES:
        return Level.warning, (
            f'Depth pictures say {depth.ratio:.2g} times the distances that matched points and '
            f'poses give: {unit}, is it that, or the scale of the poses?'
        )
    if not NEAREST_M < depth.median < FARTHEST_M:
        return (
            Level.warning,
            f'Half of the depth is beyond {depth.median:.3g} m: {unit}, is that it?',
        )
    sentence = f'{which}, {depth.median:.1f} m in the median, {depth.empty:.0%} of it empty'
    if not np.isfinite(depth.ratio):
        return Level.ok, f'{sentence}.'
    if metric:
        return Level.ok, f'{sentence}; {depth.ratio:.2f} times what matches and poses give.'
    return Level.ok, f'{sentence}; it makes a unit of the poses {depth.ratio:.2g} m.'
