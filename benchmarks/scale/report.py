# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures as Markdown tables."""

from collections.abc import Mapping

from benchmarks.experiments.markdown import markdown
from benchmarks.scale.figures import Values

# Methods by their names for people.
NAMES = {
    'posenet': 'ours',
    'posenet_onnx': 'ours, ONNX Runtime',
    'retrieval': 'nearest picture',
    'sift': 'SIFT, 20 pictures',
    'sift_exhaustive': 'SIFT, all points',
}
SIZE_COLUMNS = (
    *('pictures', '', 'ms', 'quartiles', 'times ours', 'MB held', 'MB file', 'min'),
    *('median m', 'median deg', 'registered', 'right'),
)
SPACING_COLUMNS = (
    *('a picture every', 'pictures', '', 'median m', 'median deg', 'registered', 'right'),
)


def size_table(sizes: Mapping[int, Values]) -> str:
    """Costs and errors of all methods at each number of pictures."""
    rows = []
    for size, values in sizes.items():
        for method, name in NAMES.items():
            if f'{method}_ms' in values:
                low, high = values[f'{method}_ms_quartiles']
                milliseconds = values[f'{method}_ms']
                rows.append(
                    (
                        str(size),
                        name,
                        f'{milliseconds:.1f}',
                        f'{low:.1f} to {high:.1f}',
                        f'{milliseconds / values["posenet_ms"]:.1f}',
                        *(_number(values, f'{method}_{key}') for key in ('mb', 'file_mb')),
                        _number(values, f'{method}_minutes'),
                        *_errors(values, method),
                    )
                )
    return markdown(SIZE_COLUMNS, rows)


def spacing_table(spacings: Mapping[float, Values]) -> str:
    """Errors at each distance between training pictures."""
    rows = [
        (f'{metres:g} m', str(values['pictures']), name, *_errors(values, method))
        for metres, values in spacings.items()
        for method, name in NAMES.items()
        if f'{method}_right' in values
    ]
    return markdown(SPACING_COLUMNS, rows)


def _number(values: Values, key: str) -> str:
    return f'{values[key]:.1f}' if key in values else ''


def _errors(values: Values, method: str) -> tuple[str, ...]:
    metres, degrees = values[f'{method}_median_m'], values[f'{method}_median_deg']
    return (
        'none' if metres is None else f'{metres:.3f}',
        'none' if degrees is None else f'{degrees:.2f}',
        f'{100 * values[f"{method}_registered"]:.0f} %',
        f'{100 * values[f"{method}_right"]:.0f} %',
    )
