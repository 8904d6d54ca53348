# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Smaller networks for small robots: errors, milliseconds and megabytes of the same recipe.

    python -m benchmarks.smaller [--steps 2000] [--pictures 300] [--out bench_out]

Teaches each trunk from nothing in the demo's room, shown the same number of pictures, times the
model files in turns, and writes OUT/smaller.json and OUT/smaller.png.  45 minutes of two cores; a
stopped run goes on where it was.
"""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

import numpy as np
import torch

from benchmarks.accuracy_bar.figures import summary
from benchmarks.experiments.experiment import Experiment, cost, train
from benchmarks.smaller.report import Row, draw, table
from benchmarks.speed.judging import crops_of, errors_of
from benchmarks.speed.networks import write_files
from benchmarks.speed.turns import in_turns
from posenet_ros.engine_choice import EngineWish, example_crops
from posenet_ros.engines import OnnxRuntime, TorchScript, twin_of
from posenet_ros.model_file import Regressor, load_model, read_spec
from posenet_ros.share import share
from posenet_ros.trusted_models import VARIABLE
from posenet_training.commands.training import open_source
from posenet_training.data.frames import Source
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting.claims import ConstantClaim
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.module import load_network
from posenet_training.whole_file import whole_file
from simulation.room import DEMO_SEED

SCENE, RECIPE = f'room:{DEMO_SEED}', 'room-lite0'
TRUNKS = ('googlenet', 'efficientnet_lite0', 'mobilenet_v3_small')
ENGINES = (TorchScript.name, OnnxRuntime.name)
DEMO = share('models/demo.pt')
TURNS = 20
Costs = dict[str, float]


def main() -> None:
    """Teach what is not taught yet, judge, time, print and write."""
    options = _options()
    work = options.out / 'smaller'
    # The user's own list is not for files of a benchmark.
    os.environ[VARIABLE] = str((work / 'trusted_models').resolve())
    source = open_source(SCENE)
    taught = {trunk: _taught(trunk, options.steps, source, work) for trunk in TRUNKS}
    rows = _rows(taught, source, options.pictures)
    with whole_file(options.out / 'smaller.json') as partial:
        partial.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    with whole_file(options.out / 'smaller.png') as partial:
        draw(rows).savefig(partial, format='png', dpi=110)
    print(f'{table(rows)}\n\n{options.out}/smaller.json and smaller.png are written')


def _taught(trunk: str, steps: int, source: Source, work: Path) -> tuple[Path, Costs]:
    """The model file of a trunk, beside its twin, and what its training took."""
    changes = (
        f'network.trunk={trunk}',
        'network.pretrained=false',
        f'steps={steps}',
        f'validate_every={steps}',
        'uncertainty_views=0',
    )
    folder = work / f'{trunk}-{steps}'
    checkpoint = train(Experiment(folder.name, SCENE, RECIPE, changes), source, folder)
    file = folder / 'model.pt'
    # Written last.
    if not twin_of(file).is_file():
        network = load_network(checkpoint)[0]
        claim = ConstantClaim(read_spec(DEMO).covariance)
        write_files(ExportedPoseNet(network, claim).eval(), DEMO, file)
    return file, cost(checkpoint)


def _rows(taught: dict[str, tuple[Path, Costs]], source: Source, pictures: int) -> list[Row]:
    crops, T_map_camera = crops_of(judged_pictures(source, 'test'), pictures)
    models: dict[tuple[str, str], Regressor] = {
        (trunk, engine): load_model(file, wish=EngineWish(engine, torch.get_num_threads()))
        for trunk, (file, _) in taught.items()
        for engine in ENGINES
    }
    crop = example_crops()[:1]
    calls = {
        '/'.join(key): (lambda model=model: model.answers(crop)) for key, model in models.items()
    }
    times = in_turns(calls, TURNS)
    return [
        Row(
            trunk=trunk,
            figures=summary(
                errors_of(models[trunk, TorchScript.name].answers, crops, T_map_camera)
            ),
            ms={engine: float(np.median(times[f'{trunk}/{engine}'])) for engine in ENGINES},
            mb=file.stat().st_size / 1e6,
            pictures_shown=int(costs['pictures_shown']),
            minutes=costs['minutes'],
        )
        for trunk, (file, costs) in taught.items()
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.smaller', description=__doc__.splitlines()[0] if __doc__ else ''
    )
    parser.add_argument('--steps', type=int, default=2000, help='of 32 pictures')
    parser.add_argument('--pictures', type=int, default=300, help='that judge')
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='runs and figures')
    return parser.parse_args()


if __name__ == '__main__':
    main()
