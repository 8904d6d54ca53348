# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors against area: the same network and training time for more and more rooms.

    python -m benchmarks.area [--rooms 1 3 10 42] [--out bench_out]

Draws drives through as many simulated rooms, teaches a network on each floor, and writes
OUT/area.json and OUT/area.png; a stopped run goes on where it was.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.accuracy_bar.answers import errors_by_method
from benchmarks.area.floors import floor_area, floor_scene, room_scene
from benchmarks.area.report import SHOWN, Floor, draw, figures_of, table
from benchmarks.experiments.experiment import Experiment, train
from posenet_ros.geometry import Array
from posenet_ros.scene import HEADER_FILE, read_scene
from posenet_training.commands.console import note
from posenet_training.data.pictures import PictureSource
from posenet_training.whole_file import whole_file

RECIPE = 'coordinates'


def main() -> None:
    """Draw and train what is not there yet, judge, print and write."""
    options = _options()
    work = options.out / 'area'
    floors = [_floor(rooms, work) for rooms in options.rooms]
    with whole_file(options.out / 'area.json') as partial:
        partial.write_text(json.dumps([asdict(floor) for floor in floors], indent=1))
    with whole_file(options.out / 'area.png') as partial:
        draw(floors).savefig(partial, format='png', dpi=110)
    print(f'{table(floors)}\n\n{options.out}/area.json and area.png are written')


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.area', description=__doc__.splitlines()[0] if __doc__ else ''
    )
    parser.add_argument('--rooms', nargs='+', type=int, default=[1, 3, 10, 42], help='of floors')
    parser.add_argument(
        '--out', type=Path, default=Path('bench_out'), help='rooms, runs and figures'
    )
    return parser.parse_args()


def _floor(rooms: int, work: Path) -> Floor:
    folder = work / f'floor-{rooms}'
    if not (folder / HEADER_FILE).is_file():
        floor_scene([room_scene(number, work) for number in range(rooms)], folder)
    source = PictureSource(read_scene(folder))
    errors = _errors(source, folder, work / f'run-{rooms}')
    figures = {method: figures_of(errors[method]) for method in SHOWN}
    return Floor(floor_area(rooms), len(source.train), figures)


def _errors(source: PictureSource, folder: Path, out: Path) -> dict[str, Array]:
    """Errors by method, of a training that is kept."""
    file = out / 'errors.npz'
    if not file.is_file():
        note(f'{source.name}:')
        experiment = Experiment(out.name, str(folder), RECIPE)
        errors = errors_by_method(train(experiment, source, out), source)
        with whole_file(file) as partial, partial.open('wb') as target:
            np.savez(target, allow_pickle=False, **errors)
    with np.load(file, allow_pickle=False) as stored:
        return dict(stored)


if __name__ == '__main__':
    main()
