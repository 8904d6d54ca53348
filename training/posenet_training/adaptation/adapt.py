# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Error in a new scene against its number of training pictures, by what the trunk began with."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from posenet_ros.scene import Scene
from posenet_training.adaptation.baselines import add_baselines
from posenet_training.adaptation.few import few_pictures
from posenet_training.adaptation.measure import measured
from posenet_training.adaptation.report import figure
from posenet_training.adaptation.results import Case, Results
from posenet_training.adaptation.starts import on_budget, read_run, starts
from posenet_training.data.frames import Source, stacked
from posenet_training.fit import WATCHED
from posenet_training.pages import png_of
from posenet_training.pretraining import starting_trunk
from posenet_training.recipe import Recipe
from posenet_training.whole_file import whole_file

FIGURE = 'adaptation.png'


@dataclass(frozen=True)
class Asked:
    """What is compared.

    steps, batch   the budget of every training: so many steps, so many pictures a step
    trunk_weights  a classifier's, instead of those that a package or torchvision has
    """

    sizes: Sequence[int]
    seeds: Sequence[int]
    recipe: Recipe
    steps: int
    batch: int
    trunk_weights: Path | None
    workers: int


def adapt(
    run: Path, source: Source, asked: Asked, out: Path, tell: Callable[[str], None]
) -> Results:
    """Judge every case that `out` has no figures of, baselines first, and draw them all.

    Raises AdaptationError and TrunkError before the first training where a run, a scene, a
    size or weights are not there, and what trainings raise.
    """
    few = {size: few_pictures(source, size) for size in sorted(set(asked.sizes))}
    taught = read_run(run)
    trunk = taught.network.options.trunk
    common = on_budget(asked.recipe, trunk, asked.steps, asked.batch)
    # A classifier that is not there is said now, not after the first trainings.
    starting_trunk(trunk, True, asked.trunk_weights)
    compared = {
        'run': str(run.resolve()),
        'checkpoint_sha256': taught.sha256,
        'scene': source.name,
        # Two imports of one place may share their name and their split.
        'poses_sha256': _digest(next(iter(few.values())).scene),
        'split': source.describe('validation'),
        'recipe': asdict(common),
        'trunk_weights': str(asked.trunk_weights or ''),
    }
    results = Results(out, compared)
    judged = stacked(source.each('validation', WATCHED))
    add_baselines(results, few, judged, tell)
    with starts(taught, common, asked.trunk_weights, out) as beginnings:
        for size, start, seed in product(few, beginnings, dict.fromkeys(asked.seeds)):
            case = Case(start.name, size, seed)
            if case not in results.runs:
                folder = out / 'unfinished_run'
                tell(f'{start.name}, {size} pictures, seed {seed}:')
                figures = measured(start, few[size], judged, seed, asked.workers, folder)
                results.add(case, figures)
    with whole_file(out / FIGURE) as partial:
        partial.write_bytes(png_of(figure(title(results), results.runs)))
    return results


def _digest(scene: Scene) -> str:
    poses = [picture.T_map_camera.tobytes() for picture in scene.pictures]
    return sha256(b''.join(poses)).hexdigest()


def title(results: Results) -> str:
    """What was compared, in a line."""
    recipe: dict[str, Any] = results.compared['recipe']
    return (
        f'{results.compared["scene"]}, {recipe["network"]["trunk"]}: {recipe["steps"]} steps of '
        f'{recipe["batch"]} pictures each'
    )
