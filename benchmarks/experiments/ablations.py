# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trainings on one budget that differ in what is learned, and how metres and turns are weighed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.experiments.experiment import Experiment, report_of
from benchmarks.experiments.judging import Report, alone

BETAS = (0.3, 1.0, 3.0, 10.0, 30.0)
POSITION, ORIENTATION, AUTO = 'position alone', 'orientation alone', 'both, beta auto'
ROWS: Mapping[str, tuple[str, ...]] = {
    POSITION: ('loss.terms=position',),
    ORIENTATION: ('loss.terms=orientation',),
    **{f'both, beta {beta:g}': (f'loss.weights.beta={beta}',) for beta in BETAS},
    AUTO: ('loss.weights.beta=auto',),
    "both, beta 3, the classifier's mean": (
        'loss.weights.beta=3',
        'network.normalisation=classifier',
    ),
}
JOINT = 'both, beta 3'
COLUMNS = ('', 'median m', '90 % m', 'median deg', '90 % deg')


@dataclass(frozen=True)
class Measure:
    """One of the two errors: its keys in a report, the row that learns it alone, how it reads."""

    median: str
    spread: str
    alone: str
    unit: str
    digits: int

    def read(self, report: Report) -> tuple[str, str]:
        """Median and 90th percentile in words."""
        values = report[self.median], report[self.spread]['p90']
        median, p90 = (f'{value:.{self.digits}f}' for value in values)
        return median, p90


METRES = Measure('median_position_m', 'position_m', POSITION, 'm', 3)
DEGREES = Measure('median_angle_deg', 'angle_deg', ORIENTATION, 'deg', 2)


@dataclass(frozen=True)
class Budget:
    """What every training gets: optimizer steps, at a picture size."""

    steps: int
    side: int

    def experiment(self, row: str, scene: str) -> Experiment:
        """A row of the table as a training."""
        recipe = 'room-lite0' if scene.startswith('room:') else 'pictures'
        sides = f'sides=[{{until: 1.0, side: {self.side}}}]'
        name = row.replace(', ', '-').replace(' ', '-').replace("'", '')
        # How far off each network may be is not compared: that would take as long again.
        budget = (f'steps={self.steps}', sides, 'uncertainty_views=0')
        return Experiment(name, scene, recipe, (*budget, *ROWS[row]))


def reports_of(scene: str, budget: Budget, out: Path) -> dict[str, Report]:
    """Reports of all rows; trains what is not there yet."""
    return {row: report_of(budget.experiment(row, scene), out, alone) for row in ROWS}


def cells(reports: Mapping[str, Report]) -> list[tuple[str, ...]]:
    """Rows of the table; what a row does not learn is left open."""
    nothing = ('', '')
    return [
        (
            row,
            *(nothing if row == ORIENTATION else METRES.read(report)),
            *(nothing if row == POSITION else DEGREES.read(report)),
        )
        for row, report in reports.items()
    ]


def figure(scenes: Mapping[str, Mapping[str, Report]]) -> Figure:
    """Median errors over beta, a row of plots a scene; what is learned alone is a dashed line."""
    drawn = Figure(figsize=(9.0, 3.0 * len(scenes)), layout='constrained')
    axes = drawn.subplots(len(scenes), 2, squeeze=False)
    for row, (scene, reports) in zip(axes, scenes.items(), strict=True):
        for axis, measure in zip(row, (METRES, DEGREES), strict=True):
            median = {name: report[measure.median] for name, report in reports.items()}
            errors = [median[f'both, beta {beta:g}'] for beta in BETAS]
            axis.plot(BETAS, errors, 'o-', color='#3b6ea5', label='learned together')
            axis.axhline(median[AUTO], color='#d9822b', label='beta auto')
            axis.axhline(median[measure.alone], color='#777777', ls='--', label=measure.alone)
            axis.set(xscale='log', xlabel='beta', ylabel=f'{scene}: median {measure.unit}')
            axis.set_ylim(bottom=0.0)
            axis.spines[['top', 'right']].set_visible(False)
            axis.legend(frameon=False, fontsize=8)
    return drawn
