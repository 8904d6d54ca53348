# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The paper's table: median metres and true degrees of each scene, ours beside the published."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from posenet_training.benchmarking.data_sets import DataSet
from posenet_training.evaluation.published_figures import ICCV_2015
from posenet_training.evaluation.report import BESIDE
from posenet_training.evaluation.tables import Words

# Looking pictures up: by a classifier's feature, or by the network's own without that package.
LOOKED_UP = ('classifier_nearest', 'nearest_training_picture')
HERE = 'this network'


def as_values(
    data_set: DataSet, reports: Mapping[str, dict[str, Any]], failed: Mapping[str, str]
) -> dict[str, Any]:
    """The table as plain values.

    Published figures stand beside scenes whose pictures are the official ones, and nowhere else.
    `mean` is over the paper's scenes: None unless all are there; so is a column's with a gap.
    """
    rows = [_row(name, report, data_set) for name, report in reports.items()]
    columns = list(dict.fromkeys(column for row in rows for column in row['figures']))
    return {
        'data_set': data_set.name,
        'columns': columns,
        'scenes': rows,
        'mean': _mean(rows, columns, data_set),
        'failed': dict(failed),
    }


def words(values: dict[str, Any]) -> Words:
    """The table as it is read."""
    rows = [
        (row['scene'], f'{row["train"]}', f'{row["test"]}', *_cells(row['figures'].values()))
        for row in values['scenes']
    ]
    if values['mean']:
        rows.append(('mean', '', '', *_cells(values['mean'].values())))
    title = f'{values["data_set"]}: median metres, true degrees; published: {ICCV_2015}'
    return Words(title, ('scene', 'train', 'test', *values['columns']), tuple(rows))


def not_official(values: dict[str, Any]) -> list[str]:
    """Scenes that nothing published stands beside."""
    return [row['scene'] for row in values['scenes'] if not row['official']]


def _row(name: str, report: dict[str, Any], data_set: DataSet) -> dict[str, Any]:
    looked_up = next(predictor for predictor in LOOKED_UP if predictor in report)
    published = {
        figure['method']: {key: figure[key] for key in ('position_m', 'angle_deg')}
        for figure in (report['published'] or {'figures': []})['figures']
        if figure['source'] == ICCV_2015
    }
    return {
        'scene': name,
        'train': report['train_pictures'],
        'test': report['frames'],
        'official': bool(published),
        'figures': {
            HERE: _medians(report),
            BESIDE[looked_up]: _medians(report[looked_up]),
            **{f'published: {method}': published.get(method) for method in data_set.columns},
        },
    }


def _medians(summary: Mapping[str, Any]) -> dict[str, float]:
    return {
        'position_m': summary['median_position_m'],
        'angle_deg': summary['median_angle_deg'],
    }


def _mean(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], data_set: DataSet
) -> dict[str, Any] | None:
    figures = {row['scene']: row['figures'] for row in rows}
    if not figures.keys() >= set(data_set.in_paper):
        return None
    means = {}
    for column in columns:
        ours = [figures[scene].get(column) for scene in data_set.in_paper]
        means[column] = None if None in ours else _mean_of(ours)
    return means


def _mean_of(figures: Sequence[Any]) -> dict[str, float]:
    return {
        key: float(np.mean([figure[key] for figure in figures]))
        for key in ('position_m', 'angle_deg')
    }


def _cells(figures: Any) -> tuple[str, ...]:
    return tuple(
        f'{figure["position_m"]:.2f} / {figure["angle_deg"]:.2f}' if figure else '-'
        for figure in figures
    )
