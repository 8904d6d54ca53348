# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One recipe, several seeds, beside looking pictures up and beside SIFT.

    python -m benchmarks.accuracy_bar SCENE... [--seeds 0 1 2] [--recipe coordinates]
        [--out bench_out/accuracy_bar]

Prints one Markdown table a scene and writes OUT/accuracy.json; a stopped run goes on where it was.
"""

import argparse
import json
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy_bar.answers import errors_by_method
from benchmarks.accuracy_bar.figures import Figures, averaged, differences, summary, table
from benchmarks.accuracy_bar.rivals import query_ms, sift
from benchmarks.experiments.experiment import Experiment, train
from posenet_ros.geometry import Array
from posenet_ros.scene import read_scene
from posenet_training.commands.console import note
from posenet_training.data.pictures import PictureSource
from posenet_training.exporting.export import export
from posenet_training.whole_file import whole_file

# What the bar is about: these must not be nearer.
RIVALS = ('retrieval_frozen_nn', 'retrieval_frozen_5nn')
JSON_FILE = 'accuracy.json'


def main() -> None:
    """Train what is not there yet, judge, print and write."""
    options = _options()
    scenes = {
        folder.name: _scene(folder, options.recipe, options.seeds, options.out / folder.name)
        for folder in options.scenes
    }
    with whole_file(options.out / JSON_FILE) as partial:
        partial.write_text(json.dumps(scenes, indent=1))
    print(f'{options.out / JSON_FILE} is written')


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.accuracy_bar',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('scenes', nargs='+', type=Path, help='folders of scenes')
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2], help='of trainings')
    parser.add_argument('--recipe', default='coordinates', help='of our network')
    parser.add_argument(
        '--out', type=Path, default=Path('bench_out/accuracy_bar'), help='runs, maps and figures'
    )
    return parser.parse_args()


def _scene(folder: Path, recipe: str, seeds: list[int], out: Path) -> dict[str, Any]:
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
    for method, milliseconds in query_ms(source, model_file).items():
        figures[method]['query_ms'] = milliseconds
    figures['sift_pnp'] = _sift(source, out)
    ours = [errors['ours'] for errors, _ in runs.values()]
    print(f'{source.name}, seeds {seeds}\n\n{table(figures)}\n', flush=True)
    return {
        **figures,
        'ours_by_seed': by_seed['ours'],
        'ours_less': {name: differences(ours, first[name], first['runs']) for name in RIVALS},
    }


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


def _sift(source: PictureSource, out: Path) -> Figures:
    found = sift(source, out / 'sift.npz')
    return {**summary(found.errors), 'query_ms': found.query_ms, 'file_mb': found.file_mb}


if __name__ == '__main__':
    main()
