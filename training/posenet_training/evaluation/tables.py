# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of a report, for the terminal and for the page: rows of words."""

from dataclasses import dataclass
from typing import Any

from posenet_training.evaluation.report import BESIDE
from posenet_training.metrics import RECALL, recall_name

PARTS = ('mean', 'p75', 'p90', 'p95', 'p99', 'max')


@dataclass(frozen=True)
class Words:
    """A table as it is read; the first column stands left, the others right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: dict[str, Any]) -> list[Words]:
    """All tables that a report has."""
    found = [
        _predictors(report),
        _spread(report, 'position_m', 'position error, m', 3),
        _spread(report, 'angle_deg', 'angle error, degrees', 2),
        _recall(report),
        _sequences(report),
        _strata(report['by_distance'], 'm', 'by distance to the nearest training pose'),
        _strata(report['by_angle'], 'deg', 'by angle to the nearest training pose'),
        _axes(report),
        _headings(report),
    ]
    if report.get('published'):
        found.insert(1, _published(report))
    return found


def _summaries(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    beside = [(label, report[name]) for name, label in BESIDE.items() if name in report]
    return [('this network', report), *beside]


def _predictors(report: dict[str, Any]) -> Words:
    rows = tuple((label, *_figures(summary)) for label, summary in _summaries(report))
    title = f'{report["scene"]}: {report["source"]}'
    return Words(title, ('predictor', 'median m', 'median deg', 'p95 m', 'p95 deg'), rows)


def _spread(report: dict[str, Any], key: str, title: str, decimals: int) -> Words:
    rows = tuple(
        (label, *(f'{summary[key][part]:.{decimals}f}' for part in PARTS))
        for label, summary in _summaries(report)
    )
    return Words(title, ('predictor', *PARTS), rows)


def _recall(report: dict[str, Any]) -> Words:
    rows = tuple(
        (label, *(f'{summary["recall"][recall_name(*limits)]:.1%}' for limits in RECALL))
        for label, summary in _summaries(report)
    )
    columns = tuple(f'{metres:g} m, {degrees:g} deg' for metres, degrees in RECALL)
    return Words('recall within', ('predictor', *columns), rows)


def _sequences(report: dict[str, Any]) -> Words:
    whole = {'sequence': 'all', 'frames': report['frames'], **report}
    rows = tuple(
        (
            row['sequence'],
            f'{row["frames"]}',
            f'{row["median_position_m"]:.3f}',
            _interval(row['interval']['median_position_m'], 3),
            f'{row["median_angle_deg"]:.2f}',
            _interval(row['interval']['median_angle_deg'], 2),
        )
        for row in (whole, *report['sequences'])
    )
    title = f'by sequence; bootstrap over blocks of {report["interval"]["block_frames"]} pictures'
    return Words(title, ('sequence', 'frames', 'median m', '95 %', 'median deg', '95 %'), rows)


def _interval(bounds: list[float] | None, decimals: int) -> str:
    return f'{bounds[0]:.{decimals}f} to {bounds[1]:.{decimals}f}' if bounds else 'too few blocks'


def _strata(rows: list[dict[str, Any]], unit: str, title: str) -> Words:
    columns = (unit, 'frames', 'median m', 'median deg', 'looked up m', 'looked up deg')
    words = tuple(
        (
            _range(row[f'from_{unit}'], row[f'to_{unit}']),
            f'{row["frames"]}',
            *_figures(row)[:2],
            *_figures(row['looked_up'])[:2],
        )
        for row in rows
    )
    return Words(title, columns, words)


def _range(low: float, high: float | None) -> str:
    return f'over {low:g}' if high is None else f'{low:g} to {high:g}'


def _axes(report: dict[str, Any]) -> Words:
    rows = tuple(
        (axis, f'{values["median"]:.3f}', f'{values["p95"]:.3f}')
        for axis, values in report['axis_errors'].items()
    )
    return Words('absolute error along the axes of the map', ('axis', 'median', 'p95'), rows)


def _headings(report: dict[str, Any]) -> Words:
    rows = tuple(
        (f'{row["from_deg"]:.0f}', f'{row["frames"]:.0f}', *_figures(row))
        for row in report['by_heading']
    )
    columns = ('heading from', 'frames', 'median m', 'median deg', 'p95 m', 'p95 deg')
    return Words('by heading', columns, rows)


def _published(report: dict[str, Any]) -> Words:
    published = report['published']
    ours = ('this network', *_figures(report)[:2], 'measured here')
    rows = tuple(
        (row['method'], f'{row["position_m"]:g}', f'{row["angle_deg"]:g}', row['source'])
        for row in published['figures']
    )
    title = f'published for {published["scene"]} of {published["data_set"]}, {published["truth"]}'
    return Words(title, ('method', 'median m', 'median deg', 'source'), (ours, *rows))


def _figures(summary: dict[str, float]) -> list[str]:
    return [
        f'{summary["median_position_m"]:.3f}',
        f'{summary["median_angle_deg"]:.2f}',
        f'{summary["p95_position_m"]:.3f}',
        f'{summary["p95_angle_deg"]:.2f}',
    ]
