# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Validation errors of several runs against the pictures that they saw, as one picture.

python -m benchmarks.training_curves OUT.png NAME=RUN [NAME=RUN ...]
"""

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt

from posenet_training.recipe_files import read_recipe

COLUMNS = ('val_median_position_m', 'val_median_angle_deg')


def curve(run: Path, column: str) -> list[tuple[int, float]]:
    """(pictures seen, error) at each validation of a run, all its starts one after another."""
    points = {}
    batch = read_recipe(str(run)).batch
    logs = run.glob('logs/version_*/metrics.csv')
    for log in sorted(logs, key=lambda path: int(path.parent.name.removeprefix('version_'))):
        with log.open(newline='') as file:
            for row in csv.DictReader(file):
                if row.get(column):
                    points[(int(row['step']) + 1) * batch] = float(row[column])
    return sorted(points.items())


def main() -> None:
    """Draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('out', type=Path, help='picture to write')
    parser.add_argument('runs', nargs='+', help='NAME=FOLDER of each run')
    options = parser.parse_args()
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout='constrained')
    labels = ('median position error, m', 'median angle error, degrees')
    for axis, column, label in zip(axes, COLUMNS, labels, strict=True):
        for named in options.runs:
            name, _, folder = named.partition('=')
            pictures, errors = zip(*curve(Path(folder), column), strict=True)
            axis.plot([count / 1000 for count in pictures], errors, label=name)
        axis.set_xlabel('thousand pictures seen')
        axis.set_ylabel(label)
        axis.set_yscale('log')
        axis.grid(visible=True, which='both', alpha=0.3)
    axes[0].legend()
    figure.savefig(options.out, dpi=110)


if __name__ == '__main__':
    main()
