# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The recipes that two cores train in under an hour, beside looking pictures up.

    python -m benchmarks.accuracy SCENE... [--out bench_out/accuracy] [--seed 1]

Prints one Markdown table a scene; a stopped run goes on where it was.
"""

import argparse
from pathlib import Path

from benchmarks.experiments.ablations import COLUMNS, DEGREES, METRES
from benchmarks.experiments.experiment import Experiment, report_of
from benchmarks.experiments.judging import Report, beside_lookups
from benchmarks.experiments.markdown import markdown
from posenet_training.evaluation.report import BESIDE

# Of a table: its row, the recipe and what is changed of it.
ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    'coordinates': ('coordinates', ()),
    'quick': ('quick', ()),
    'pictures': ('pictures', ()),
    'pictures from nothing': ('pictures', ('network.pretrained=false',)),
    'posenet2017': ('posenet2017', ()),
    'relative': ('relative', ()),
}


def table(scene: str, seed: int, out: Path) -> str:
    """Train what is not there yet, and write the table of a scene."""
    reports = {
        row: report_of(Experiment(name_of(row), scene, recipe, changes, seed), out, beside_lookups)
        for row, (recipe, changes) in ROWS.items()
    }
    any_report = next(iter(reports.values()))
    looked_up = {label: any_report[key] for key, label in BESIDE.items() if is_rival(key)}
    own = {
        f'nearest, feature of {row}': report['nearest_training_picture']
        for row, report in reports.items()
    }
    rows = [(row, *figures(report)) for row, report in {**reports, **looked_up, **own}.items()]
    columns = (*COLUMNS, '95 % interval of the medians')
    return f'{any_report["scene"]}: {any_report["source"]}\n\n{markdown(columns, rows)}'


def name_of(row: str) -> str:
    """A folder's name."""
    return row.replace(' ', '-')


def is_rival(key: str) -> bool:
    """Is this a predictor that is the same beside every network?"""
    return key.startswith('classifier') or key == 'mean_training_pose'


def figures(report: Report) -> tuple[str, ...]:
    """The cells of a row."""
    interval = ''
    if 'interval' in report:
        (m_low, m_high), (deg_low, deg_high) = (
            report['interval'][measure.median] for measure in (METRES, DEGREES)
        )
        interval = f'{m_low:.3f} to {m_high:.3f} m, {deg_low:.1f} to {deg_high:.1f} deg'
    return *METRES.read(report), *DEGREES.read(report), interval


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('scenes', nargs='+', help='folders of scenes')
    parser.add_argument('--out', type=Path, default=Path('bench_out/accuracy'), help='runs')
    parser.add_argument('--seed', type=int, default=1, help='of the trainings')
    options = parser.parse_args()
    for scene in options.scenes:
        print(table(scene, options.seed, options.out / Path(scene).name), end='\n\n', flush=True)


if __name__ == '__main__':
    main()
