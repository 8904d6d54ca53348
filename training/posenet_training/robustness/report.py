# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Robustness as people read it: a table in the terminal and one figure.

Both are drawn from the values of summary.py, as they stand in the JSON file.
"""

from typing import Any

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from posenet_training.evaluation.tables import Words

COLUMNS = 4
COLOURS = ('#3b6ea5', '#d9822b', '#8e44ad', '#2e8b57')


def print_robustness(values: dict[str, Any], console: Console) -> None:
    """Print what each localizer gets right at each strength, and where it has lost half."""
    localizers = values['localizers']
    table = Table('corruption', 'strength', title=f'{right_within(values)}, per cent')
    for name in localizers:
        table.add_column(f'{name}\nright', justify='right')
        table.add_column('median', justify='right')
        table.add_column('half lost at', justify='right')
    untouched = [localizer['untouched'] for localizer in localizers.values()]
    table.add_row('none', '', *(cell for figures in untouched for cell in (*_cells(figures), '')))
    for corruption, curve in _first(localizers)['corruptions'].items():
        table.add_section()
        curves = [localizer['corruptions'][corruption] for localizer in localizers.values()]
        for number, step in enumerate(curve['steps']):
            cells = []
            for each in curves:
                half = _half_lost(each) if number == 0 else ''
                cells += [*_cells(each['steps'][number]), half]
            name = corruption if number == 0 else ''
            table.add_row(name, f'{step["strength"]:g} {curve["unit"]}', *cells)
    console.print(table)


def right_within(values: dict[str, Any]) -> str:
    """What counts as right, in words."""
    limits = values['right']
    return f'right within {limits["position_m"]} m and {limits["angle_deg"]:g} degrees'


def half_lost_table(values: dict[str, Any]) -> Words:
    """Where each localizer has lost half, a column a corruption."""
    localizers = values['localizers']
    rows = tuple(
        (
            name,
            f'{100 * localizer["untouched"]["right"]:.0f} %',
            *map(_half_lost, localizer['corruptions'].values()),
        )
        for name, localizer in localizers.items()
    )
    columns = ('half lost at', 'right untouched', *_first(localizers)['corruptions'])
    return Words('Spoilt pictures', columns, rows)


def figure(values: dict[str, Any]) -> Figure:
    """Share of right frames over the strength, one plot a corruption."""
    localizers = values['localizers']
    corruptions = _first(localizers)['corruptions']
    rows = -(-len(corruptions) // COLUMNS)
    drawn = Figure(figsize=(3.0 * COLUMNS, 2.6 * rows), layout='constrained')
    axes = drawn.subplots(rows, COLUMNS, sharey=True, squeeze=False)
    for axis in axes.flat[len(corruptions) :]:
        axis.set_axis_off()
    for axis, (corruption, curve) in zip(axes.flat, corruptions.items(), strict=False):
        for colour, (name, localizer) in zip(COLOURS, localizers.items(), strict=False):
            one = localizer['corruptions'][corruption]
            strengths = [one['untouched_strength'], *(step['strength'] for step in one['steps'])]
            shares = [localizer['untouched']['right'], *(step['right'] for step in one['steps'])]
            axis.plot(strengths, shares, 'o-', color=colour, label=name, markersize=3.5)
            if one['half_lost_at'] is not None:
                axis.axvline(one['half_lost_at'], color=colour, linestyle=':', linewidth=1.0)
        axis.set_title(corruption, fontsize=10)
        axis.set_xlabel(curve['unit'])
        axis.set_ylim(-0.03, 1.03)
        axis.spines[['top', 'right']].set_visible(False)
    limits = values['right']
    drawn.supylabel(f'within {limits["position_m"]} m, {limits["angle_deg"]:g}°', fontsize=10)
    axes[0, 0].legend(frameon=False, fontsize=9, loc='lower left')
    return drawn


def _first(localizers: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(localizers.values()))
    return first


def _cells(figures: dict[str, Any]) -> tuple[str, str]:
    metres, degrees = figures['median_position_m'], figures['median_angle_deg']
    median = 'no answer' if metres is None else f'{metres:.2f} m {degrees:.1f}°'
    return f'{100 * figures["right"]:.0f}', median


def _half_lost(curve: dict[str, Any]) -> str:
    if curve['steps'][0]['kept'] is None:
        return 'nothing right'
    at = curve['half_lost_at']
    return 'never' if at is None else f'{at:.3g} {curve["unit"]}'
