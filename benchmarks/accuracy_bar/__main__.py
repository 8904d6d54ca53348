# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One recipe, several seeds, beside looking pictures up and beside SIFT.

    python -m benchmarks.accuracy_bar DRIVE... [--seeds 0 1 2] [--recipe coordinates]
        [--out bench_out]

A drive is a scene, or a folder that `posenet teach` would take.  Prints one Markdown table a drive
and writes OUT/accuracy.json and OUT/accuracy_distance.png; a stopped run goes on where it was.
"""

import argparse
import json
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy_bar.answers import errors_by_method
from benchmarks.accuracy_bar.drawing import draw
from benchmarks.accuracy_bar.figures import (
    COSTS,
    averaged,
    differences,
    summary,
    table,
    without_infinity,
)
from benchmarks.accuracy_bar.rivals import query_ms, sift
from benchmarks.accuracy_bar.scenes import scene_of
from benchmarks.experiments.experiment import Experiment, train
from posenet_ros.geometry import Array
from posenet_ros.scene import read_scene
from posenet_training.commands.console import note
from posenet_training.data.pictures import PictureSource
from posenet_training.exporting.export import export
from posenet_training.nearest_pose import nearest_poses
from posenet_training.whole_file import whole_file

# What the bar is about: these must not be nearer.
RIVALS = ('retrieval_frozen_nn', 'retrieval_frozen_5nn')
JSON_FILE = 'accuracy.json'
PICTURE = 'accuracy_distance.png'


@dataclass(frozen=True)
class Found:
    """Of one drive: what the JSON says, distances [N] (m) of the judged pictures to the nearest
    training picture, and by method their errors [N, 6] with the first seed.
    """

    values: dict[str, Any]
    metres: Array
    errors: dict[str, Array]


def main() -> None:
    """Train what is not there yet, judge, print and write."""
    options = _options()
    work = options.out / 'accuracy_bar'
    found = {}
    for drive in options.drives:
        folder, runs = scene_of(drive, work / 'scenes'), work / options.recipe / drive.name
        found[drive.name] = _scene(folder, options.recipe, options.seeds, runs)
    values = {name: scene.values for name, scene in found.items()}
    with whole_file(options.out / JSON_FILE) as partial:
        partial.write_text(json.dumps(without_infinity(values), indent=1, allow_nan=False))
    figure = draw({name: (scene.metres, scene.errors) for name, scene in found.items()})
    with whole_file(options.out / PICTURE) as partial:
        figure.savefig(partial, format='png', dpi=110)
    print(f'{options.out / JSON_FILE} and {options.out / PICTURE} are written')


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.accuracy_bar',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('drives', nargs='+', type=Path, help='folders of drives or scenes')
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2], help='of trainings')
    parser.add_argument('--recipe', default='coordinates', help='of our network')
    parser.add_argument(
        '--out', type=Path, default=Path('bench_out'), help='runs, maps and figures'
    )
    options = parser.parse_args()
    names = [drive.name for drive in options.drives]
    if len(set(names)) < len(names):
        parser.error(f'the drives are called {names}: give each folder a name of its own')
    return options


def _scene(folder: Path, recipe: str, seeds: list[int], out: Path) -> Found:
    """Figures of all methods on a scene."""
    source = PictureSource(read_scene(folder))
    runs = {seed: _run(folder, source, recipe, seed, out) for seed in seeds}
    first = runs[seeds[0]][0]
    by_seed = {
        method: {seed: summary(errors[method]) for seed, (errors, _) in runs.items()}
        for method in first
        if method != 'runs'
    }
    figures = {method: averaged(list(each.values())) for method, each in by_seed.items()}
    figures['ours']['train_minutes'] = float(np.mean([minutes for _, minutes in runs.values()]))
    model_file = _model_file(source, out, seeds[0])
    figures['ours']['file_mb'] = model_file.stat().st_size / 1e6
    times = query_ms(source, model_file)
    over_googlenet = times['ours'] / times.pop('plain_googlenet')
    for method, milliseconds in times.items():
        figures[method]['query_ms'] = milliseconds
    found = sift(source, out / 'sift.npz')
    figures['sift_pnp'] = {
        **summary(found.errors),
        'registered': float(np.isfinite(found.errors).all(axis=1).mean()),
        'query_ms': found.query_ms,
        'file_mb': found.file_mb,
    }
    ours = [errors['ours'] for errors, _ in runs.values()]
    print(f'{source.name}, seeds {seeds}\n\n{table(figures)}\n', flush=True)
    values: dict[str, Any] = {
        # Null where a cost was not measured.
        **{method: {**dict.fromkeys(COSTS), **each} for method, each in figures.items()},
        'ours_by_seed': by_seed['ours'],
        'ours_less': {name: differences(ours, first[name], first['runs']) for name in RIVALS},
        'forward_over_plain_googlenet': over_googlenet,
    }
    judged, trained = (
        np.stack([picture.T_map_camera for picture in part])
        for part in (source.validation, source.train)
    )
    metres = nearest_poses(judged, trained).metres
    return Found(values, metres, {**first, 'sift_pnp': found.errors})


def _run(
    folder: Path, source: PictureSource, recipe: str, seed: int, out: Path
) -> tuple[dict[str, Array], float]:
    """Errors by method of one training, and how many minutes it took."""
    file = out / f'seed{seed}' / 'errors.npz'
    if not file.is_file():
        note(f'{source.name}, seed {seed}:')
        begun = time.monotonic()
        experiment = Experiment(f'seed{seed}', str(folder), recipe, seed=seed)
        checkpoint = train(experiment, source, out / experiment.name)
        minutes = (time.monotonic() - begun) / 60.0
        errors = errors_by_method(checkpoint, source)
        with whole_file(file) as partial, partial.open('wb') as target:
            np.savez(target, minutes=minutes, allow_pickle=False, **errors)
    with np.load(file, allow_pickle=False) as stored:
        errors = {name: stored[name] for name in stored.files if name != 'minutes'}
        return errors, float(stored['minutes'])


def _model_file(source: PictureSource, out: Path, seed: int) -> Path:
    file = out / 'model.pt'
    if not file.is_file():
        created = datetime.now(timezone.utc).isoformat(timespec='seconds')
        export(out / f'seed{seed}' / 'run' / 'last.ckpt', source, file, created)
    return file


if __name__ == '__main__':
    main()
