# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the camera has been and where it looked, seen from above."""

from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View
from posenet_training.from_above import seen_from_above

CELL_M = 0.5
SECTORS = 8


@dataclass(frozen=True)
class Coverage:
    """The drive from above.

    up        axis of the map that points up: '+z', '-y'
    floor     positions [N, 2] along the other two axes, `axes` names them: 'xy'
    looking   directions [N, 2] of the optical axes there
    size      of the box of all positions along x, y, z
    length    of the path, sequences apart
    cells     of CELL_M a side that were visited
    sectors   mean share of the SECTORS directions that were looked at from a visited cell
    """

    up: str
    axes: str
    floor: Array
    looking: Array
    size: tuple[float, float, float]
    length: float
    cells: int
    sectors: float


def look_from_above(view: View) -> Coverage:
    """Look at the whole drive from above."""
    above = seen_from_above(view.T_map_camera)
    floor, looking = above.positions, above.looking
    size = np.ptp(view.positions, axis=0)
    length = sum(
        float(np.linalg.norm(np.diff(view.positions[numbers], axis=0), axis=1).sum())
        for numbers in view.runs
    )
    cells, sectors = _visited(floor, looking)
    return Coverage(
        above.up,
        above.axes,
        floor,
        looking,
        (float(size[0]), float(size[1]), float(size[2])),
        length,
        cells,
        sectors,
    )


def _visited(floor: Array, looking: Array) -> tuple[int, float]:
    cell = np.floor(floor / CELL_M).astype(int)
    heading = np.arctan2(looking[:, 1], looking[:, 0])
    sector = np.floor((heading + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    cells = len(np.unique(cell, axis=0))
    views = len(np.unique(np.column_stack([cell, sector]), axis=0))
    return cells, views / (cells * SECTORS)


def coverage_findings(view: View, coverage: Coverage) -> list[Finding]:
    """Say what was seen."""
    x, y, z = coverage.size
    sentence = (
        f'{coverage.length:.1f} {view.unit} of path in a box of {x:.1f} x {y:.1f} x {z:.1f} '
        f"{view.unit}; the map's {coverage.up} points up; seen from "
        f'{coverage.cells} cells of {CELL_M} {view.unit}, {coverage.sectors:.0%} of all '
        'directions each.'
    )
    return [Finding('coverage', Level.ok, sentence)]
