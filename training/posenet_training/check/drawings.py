# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of the report, by matplotlib; each function gives a figure or None."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posenet_training.check.camera_check import CameraCheck
from posenet_training.check.check import Check
from posenet_training.check.conventions import AS_STORED, READINGS
from posenet_training.check.focal import FACTORS
from posenet_training.check.quality import BLURRED, BRIGHT, DARK
from posenet_training.check.timing import OFFSETS

COLOURS = {'train': '#3b6ea5', 'validation': '#d9822b', 'test': '#8e44ad', '': '#b5b5b5'}
NAMES = {'train': 'train', 'validation': 'validation', 'test': 'test', '': 'guard'}
RED, GREEN, GREY = '#c0392b', '#2e8b57', '#9aa0a6'
ARROWS = 90


def _figure(height: float, rows: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(9.0, height), layout='constrained')
    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for axis in axes:
        axis.spines[['top', 'right']].set_visible(False)
    return figure, list(axes)


def trajectory(check: Check) -> Figure:
    """From above: positions by split, and where the camera looked."""
    figure, (axis,) = _figure(6.0)
    floor, looking = check.coverage.floor, check.coverage.looking
    colours = np.array([COLOURS[picture.split] for picture in check.view.pictures])
    for numbers in check.view.sequences.values():
        axis.plot(*floor[numbers].T, color='#dddddd', linewidth=1.0, zorder=1)
    for split, colour in COLOURS.items():
        chosen = colours == colour
        if chosen.any():
            label = f'{NAMES[split]} ({chosen.sum()})'
            axis.scatter(
                floor[chosen, 0], floor[chosen, 1], s=7, color=colour, label=label, zorder=2
            )
    some = np.linspace(0, len(floor) - 1, min(ARROWS, len(floor))).round().astype(int)
    axis.quiver(
        *floor[some].T,
        *looking[some].T,
        color=colours[some],
        angles='xy',
        width=0.0022,
        scale=22.0,
        zorder=3,
    )
    axis.set_aspect('equal', adjustable='datalim')
    _label_floor(axis, check)
    axis.legend(frameon=False, loc='upper left', bbox_to_anchor=(1.0, 1.0))
    return figure


def _label_floor(axis: Axes, check: Check) -> None:
    axis.set_xlabel(f'{check.coverage.axes[0]} [{check.view.unit}]')
    axis.set_ylabel(f'{check.coverage.axes[1]} [{check.view.unit}]')


def motion(check: Check) -> Figure:
    """Step by step: time, way and angle from the picture before."""
    figure, axes = _figure(5.0, 3)
    rows = (
        (check.motion.lasted_s * 1e3, 'ms', check.motion.gaps),
        (check.motion.moved_m * 1e2, f'c{check.view.unit}', check.motion.jumps),
        (check.motion.turned_deg, 'degrees', check.motion.jumps),
    )
    if check.view.scene.scale != 'metric':
        rows = (rows[0], (check.motion.moved_m, 'units', check.motion.jumps), rows[2])
    for axis, (values, unit, marked) in zip(axes, rows, strict=True):
        axis.plot(values, color=COLOURS['train'], linewidth=0.8)
        axis.plot(np.flatnonzero(marked), values[marked], 'o', color=RED, markersize=5)
        axis.set_ylim(0.0, 1.1 * max(1e-6, float(np.nanmax(values))))
        axis.set_ylabel(f'step [{unit}]')
    axes[-1].set_xlabel('picture (gaps and jumps are marked)')
    return figure


def quality(check: Check) -> Figure:
    """Blur and brightness of every picture."""
    figure, (blur, bright) = _figure(4.2, 2)
    measures = check.quality
    blur.plot(measures.blur, color=COLOURS['train'], linewidth=0.8)
    marked = np.flatnonzero(measures.blurred)
    blur.plot(marked, measures.blur[marked], 'o', color=RED, markersize=4)
    blur.axhline(BLURRED, color=GREY, linestyle=':', linewidth=1.0)
    blur.set_ylim(0.0, 1.0)
    blur.set_ylabel('blur')
    bright.plot(measures.brightness, color=COLOURS['train'], linewidth=0.8)
    for limit in (DARK, BRIGHT):
        bright.axhline(limit, color=GREY, linestyle=':', linewidth=1.0)
    bright.set_ylim(0, 255)
    bright.set_ylabel('mean grey level')
    bright.set_xlabel('picture (dotted: limits; red: blurred)')
    return figure


def leaks(check: Check) -> Figure | None:
    """How far judging pictures are from training ones."""
    found = check.leaks
    if not len(found.pictures):
        return None
    figure, (axis,) = _figure(4.0)
    touching = found.touching
    for chosen, colour, label in (
        (~touching, COLOURS['train'], 'apart in time'),
        (touching, RED, 'within half a second'),
    ):
        if chosen.any():
            label = f'{label} ({chosen.sum()})'
            axis.scatter(
                found.metres[chosen], found.degrees[chosen], s=12, color=colour, label=label
            )
    axis.set_xlim(left=0.0)
    axis.set_ylim(bottom=0.0)
    axis.set_xlabel(f'to the nearest training picture [{check.view.unit}]')
    axis.set_ylabel('[degrees]')
    axis.legend(frameon=False)
    return figure


def conventions(camera: CameraCheck) -> Figure | None:
    """Score of each reading of the poses."""
    result = camera.convention
    if not result.scores:
        return None
    figure, (axis,) = _figure(5.2)
    scores = [result.scores[reading.name] for reading in READINGS]
    colours = [GREEN if reading == result.winner else GREY for reading in READINGS]
    names = [
        f'{reading.name}{"  ← the scene" if reading == AS_STORED else ""}' for reading in READINGS
    ]
    axis.barh(range(len(READINGS)), scores, color=colours)
    axis.set_yticks(range(len(READINGS)), names, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlim(0.0, 1.0)
    axis.set_xlabel(f'matches that fit, mean of {result.pairs} pairs')
    return figure


def focal(camera: CameraCheck) -> Figure | None:
    """Miss of the matches over the focal length."""
    result = camera.focal
    if result is None:
        return None
    figure, (axis,) = _figure(2.8)
    lengths = FACTORS * result.centre
    axis.plot(lengths, result.misses, color=COLOURS['train'])
    axis.axvline(result.factor, color=GREEN, linestyle=':')
    axis.set_xlabel("focal length / the scene's (or the assumed) one")
    axis.set_ylabel('miss [width / 640]')
    return figure


def offset(camera: CameraCheck) -> Figure | None:
    """Miss of the matches over the offset between pictures and poses."""
    result = camera.offset
    if result is None or not result.misses:
        return None
    figure, (axis,) = _figure(2.8)
    axis.plot(1e3 * OFFSETS, result.misses, color=COLOURS['train'])
    axis.axvline(0.0, color=GREY, linewidth=0.8)
    if result.offset is not None:
        axis.axvline(1e3 * result.offset, color=GREEN, linestyle=':')
        axis.axvspan(1e3 * result.low, 1e3 * result.high, color=GREEN, alpha=0.2, linewidth=0)
    axis.set_xlabel('poses taken this much after the stamps [ms]')
    axis.set_ylabel('miss [width / 640]')
    return figure


def over_map(check: Check) -> Figure | None:
    """The path over the occupancy map."""
    path = check.path_on_map
    if path is None:
        return None
    figure, (axis,) = _figure(6.0)
    axis.imshow(path.picture, cmap='gray', vmin=0, vmax=255, interpolation='nearest')
    wrong = path.outside | path.occupied
    good, bad = path.pixels[~wrong], path.pixels[wrong]
    axis.scatter(good[:, 0], good[:, 1], s=5, color=COLOURS['train'], label='free or unknown')
    if wrong.any():
        axis.scatter(bad[:, 0], bad[:, 1], s=8, color=RED, label='occupied or outside')
    axis.legend(frameon=False, loc='upper left', bbox_to_anchor=(1.0, 1.0))
    axis.set_axis_off()
    return figure
