# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The figures beside the bars that they are to reach, as a table."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.table import Table

from benchmarks.trust.judging import GROUPS, IN_TIME_S, Figures

Figure = float | int | list[float] | None


@dataclass(frozen=True)
class Bar:
    """A figure by its key, how it is written, what is asked of it, and whether that is so."""

    key: str
    title: str
    written: str
    asked: str
    met: Callable[[Figures], bool]

    def judge(self, figures: Figures) -> bool | None:
        """None where the figure is missing because its part was not run."""
        return None if self.key not in figures else self.met(figures)


def _at_least(key: str, title: str, least: float, written: str = '{:.1%}') -> Bar:
    asked = f'at least {written.format(least)}'
    return Bar(key, title, written, asked, lambda figures: _number(figures, key, 0.0) >= least)


def _at_most(key: str, title: str, most: float, written: str = '{:.1%}') -> Bar:
    asked = f'at most {written.format(most)}' if most else '0'
    return Bar(key, title, written, asked, lambda figures: _number(figures, key, 1e9) <= most)


def _coverage(level: float) -> Bar:
    key = f'coverage_{round(100 * level)}'

    def met(figures: Figures) -> bool:
        intervals = [figures[f'{key}_{group}_interval'] for group in GROUPS]
        return all(isinstance(i, list) and i[0] <= level <= i[1] for i in intervals)

    asked = f'intervals hold {level:.0%}'
    return Bar(key, f'held by radii of {level:.0%}', '{:.1%}', asked, met)


BARS = (
    _at_least('recovered_rate', f'kidnaps recovered within {IN_TIME_S:g} s', 0.99),
    _at_most('recovered_within_s_p95', 'time to recovery, 95th percentile', IN_TIME_S, '{:.1f} s'),
    _at_most('wrong_handovers', 'wrong hand-overs', 0, '{:d}'),
    _at_most('wrong_offers', 'wrong places on offer to ~/relocalize', 0, '{:d}'),
    _at_most('false_alarms_per_hour', 'false kidnap alarms an hour', 0, '{:.2f}'),
    _at_most('foreign_handovers', 'foreign frames with a hand-over', 0, '{:d}'),
    _at_most('good_frame_refusal_rate', 'good frames refused', 0.03),
    _at_least('auroc_foreign', 'AUROC of foreign frames', 0.99, '{:.4f}'),
    *(_coverage(level) for level in (0.5, 0.9, 0.95)),
    _at_most('symmetric_wrong_rate', 'symmetric room: wrong hand-overs', 0.01),
    _at_least('symmetric_cannot_decide_rate', "symmetric room: 'cannot decide'", 0.95),
    _at_least('symmetric_poster_recovered_rate', 'with a poster: recovered', 0.95),
    _at_most('tf_error_m', 'map to odom received, off by', 1e-6, '{:.1e} m'),
)
WORDS = {True: '[green]met[/]', False: '[red]not met[/]', None: '[yellow]not run[/]'}
# Figures that are told beside a bar's own.
BESIDE = {
    'recovered_rate': 'of {kidnaps}',
    'wrong_handovers': 'of {handovers}, at most {wrong_handover_upper95:.2%} with 95 %',
    'wrong_offers': 'of {offers}',
    'false_alarms_per_hour': 'in {hours:.2f} h, at most {false_alarms_per_hour_upper95:.2f} '
    'with 95 %',
    'foreign_handovers': 'of {foreign_frames}',
    'good_frame_refusal_rate': 'of {good_frames}',
    'symmetric_wrong_rate': 'of {symmetric_attempts}',
}


def judged(figures: Figures) -> dict[str, dict[str, object]]:
    """Of each bar: what is asked, and whether it is met (None where it was not run)."""
    return {bar.key: {'asked': bar.asked, 'met': bar.judge(figures)} for bar in BARS}


def table(figures: Figures) -> Table:
    """Each figure beside its bar."""
    rows = Table('', 'figure', 'bar', '', title='Does the node know when it knows?')
    for bar in BARS:
        rows.add_row(bar.title, _written(bar, figures), bar.asked, WORDS[bar.judge(figures)])
    return rows


def _written(bar: Bar, figures: Figures) -> str:
    if bar.key not in figures:
        return ''
    value = figures[bar.key]
    if value is None:
        return 'never'
    beside = BESIDE.get(bar.key, '').format(**figures)
    return f'{bar.written.format(value)} {beside}'.strip()


def _number(figures: Figures, key: str, missing: float) -> float:
    value = figures[key]
    return missing if value is None else float(value)  # type: ignore[arg-type]
