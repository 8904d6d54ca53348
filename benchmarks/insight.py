# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The paper's ablations on one budget: what is learned together, how it is weighed, what helps.

    python -m benchmarks.insight SCENE... [--steps 300] [--side 112] [--out bench_out/insight]

SCENE is the folder of a scene or room:SEED.  Prints Markdown tables, and draws errors against beta
as betas.png in the folder; a stopped run goes on where it was.
"""

import argparse
from pathlib import Path

import torch

from benchmarks.experiments.ablations import (
    COLUMNS,
    JOINT,
    Budget,
    cells,
    figure,
    reports_of,
)
from benchmarks.experiments.judging import Report, answers_for
from benchmarks.experiments.markdown import markdown
from benchmarks.experiments.ridge import ridge_poses
from posenet_ros.geometry import pose_error
from posenet_training.commands.training import open_source
from posenet_training.data.frames import Source, statistics_of
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.metrics import full_summary
from posenet_training.module import load_network
from posenet_training.network import PoseNet
from posenet_training.pages import png_of
from posenet_training.pretraining import starting_trunk
from posenet_training.run_files import LAST
from posenet_training.whole_file import whole_file

# Whether they begin with a classifier's weights.
UNTAUGHT = {"ridge, a classifier's trunk": True, 'ridge, a random trunk': False}


def ridge_reports(run: Path, source: Source) -> dict[str, Report]:
    """Errors of ridge regression from the feature of a run's network, and of untaught ones."""
    training, judged = (judged_pictures(source, split) for split in ('train', 'validation'))
    reports = {}
    for name, network in networks(run, source).items():
        learned, asked = (answers_for(network, each).features for each in (training, judged))
        T_hat = ridge_poses(learned, training.T_map_camera, asked)
        reports[name] = full_summary(pose_error(T_hat, judged.T_map_camera))
    return reports


def networks(run: Path, source: Source) -> dict[str, PoseNet]:
    """The taught network, and two that began alike but were not taught."""
    taught = load_network(run / LAST)[0]
    statistics = statistics_of(source.each('statistics'))
    found = {"ridge, this network's feature": taught}
    for name, pretrained in UNTAUGHT.items():
        torch.manual_seed(0)
        trunk = starting_trunk(taught.options.trunk, pretrained, None)
        network = PoseNet(taught.options, statistics, trunk).eval()
        network.side = taught.side
        found[name] = network.to(memory_format=torch.channels_last)
    return found


def main() -> None:
    """Print the tables of every scene, then draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('scenes', nargs='+', help='folders of scenes, or room:SEED')
    parser.add_argument('--steps', type=int, default=300, help='of every training')
    parser.add_argument('--side', type=int, default=112, help='of the pictures, pixels')
    parser.add_argument('--out', type=Path, default=Path('bench_out/insight'), help='runs')
    options = parser.parse_args()
    budget = Budget(options.steps, options.side)
    compared = {}
    for scene in options.scenes:
        source, out = open_source(scene), options.out / Path(scene).name
        reports = reports_of(scene, budget, out)
        print(f'{source.name}\n\n{markdown(COLUMNS, cells(reports))}\n', flush=True)
        run = out / budget.experiment(JOINT, scene).name / 'run'
        ridges = {"this network's own regressor": reports[JOINT], **ridge_reports(run, source)}
        print(markdown(COLUMNS, cells(ridges)), end='\n\n', flush=True)
        compared[source.name] = reports
    with whole_file(options.out / 'betas.png') as partial:
        partial.write_bytes(png_of(figure(compared)))


if __name__ == '__main__':
    main()
