# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a training from a source of frames to a checkpoint, from the start or on from a stop."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback, EarlyStopping, EMAWeightAveraging
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from rich.console import Console

from posenet_training.cached import cached_training
from posenet_training.checkpoints import AtomicCheckpoints, keep_best, keep_last
from posenet_training.coordinates.learning import learn_coordinates
from posenet_training.data.frames import Source, statistics_of
from posenet_training.data.loading import train_loader, validation_loader
from posenet_training.data.samples import Sample, Samples, make_sample
from posenet_training.distribution import Processes, processes
from posenet_training.errors import RecipeError, TrainingError
from posenet_training.module import SCORE, PoseModule
from posenet_training.pretraining import starting_trunk
from posenet_training.recipe import Recipe, Steps
from posenet_training.reporting import Report
from posenet_training.run_files import LAST, LOGS
from posenet_training.schedule import Schedule
from posenet_training.spread import learn_uncertainty
from posenet_training.trunks import CELL, Trunk, make_trunk

# Frames that are watched while a network trains, taken from all over the split.
WATCHED = 1000


@dataclass(frozen=True)
class RunOptions:
    """What decides where and for how long a recipe runs, but not what it learns from.

    minutes        fit the whole schedule into this time (schedule.py) instead of its steps
    workers        processes that make samples
    trunk_weights  file of a classifier's weights to begin with
    save_every     of last.ckpt
    """

    seed: int = 1
    minutes: float | None = None
    workers: int = 1
    trunk_weights: Path | None = None
    save_every: timedelta = timedelta(minutes=3)


def fit(
    source: Source,
    recipe: Recipe,
    run: Path,
    options: RunOptions,
    resume: bool = False,
    watchers: Sequence[Callback] = (),
) -> Path:
    """Train on a source and return the checkpoint, `run`/last.ckpt.

    Writes it every few minutes and on SIGTERM, Ctrl-C and errors, and best.ckpt beside it; logs
    to `run`/logs/version_N, as CSV and for TensorBoard, one version a start.  When the pose has
    settled, its uncertainty is learned (spread.py).  watchers: callbacks of Lightning's that only
    look on.  With `resume` it goes on from last.ckpt,
    with what is still to do.  Raises FileNotFoundError where there is none, TrainingError where
    it is damaged, and what the recipe's parts raise.
    """
    checkpoint = run / LAST
    stored = _stored(checkpoint) if resume else None
    run.mkdir(parents=True, exist_ok=True)
    team = processes()
    pl.seed_everything(options.seed, verbose=False)
    module, samples = _prepare(source, recipe, options)
    _silence_what_is_meant_so()
    if stored is None or not _finished(stored, recipe, options, samples):
        start_step = stored['global_step'] if stored else 0
        callbacks = [*_callbacks(recipe, run, options, samples), *watchers]
        trainer = _trainer(recipe, run, callbacks, team)
        trainer.fit(
            module,
            train_loader(samples, recipe.batch, start_step, team, options.workers),
            validation_loader(module.watched(_watched(source, team))),
            ckpt_path=checkpoint if resume else None,
            weights_only=True,
        )
        trainer.save_checkpoint(checkpoint)
    if team.rank == 0 and recipe.coordinates:
        assert source.camera is not None
        views = source.cell_views(recipe.coordinates, recipe.sides[-1].side // CELL, options.seed)
        learn_coordinates(checkpoint, module, views, source.camera, options.workers)
    elif team.rank == 0:
        shown_once = _shown_once(source, recipe, options, samples)
        learn_uncertainty(checkpoint, module, shown_once, options.workers)
    return checkpoint


def _prepare(source: Source, recipe: Recipe, options: RunOptions) -> tuple[PoseModule, Samples]:
    network = recipe.network
    trunk = starting_trunk(network.trunk, network.pretrained, options.trunk_weights)
    statistics = statistics_of(source.each('statistics'))
    samples = source.training(recipe, options.seed)
    _check(source, recipe, samples)
    if recipe.coordinates:
        _check_cells(source, recipe, trunk or make_trunk(network.trunk))
    if recipe.cached_features:
        return cached_training(recipe, options.seed, statistics, trunk, samples)
    return PoseModule(recipe, options.seed, statistics, trunk), samples


def _silence_what_is_meant_so() -> None:
    for message in ('Checkpoint directory', '.*in eval mode', '.*LeafSpec'):
        warnings.filterwarnings('ignore', message)


def _check(source: Source, recipe: Recipe, samples: Samples) -> None:
    if samples.epoch is None and (recipe.steps is None or isinstance(recipe.schedule, Steps)):
        raise RecipeError(
            f"'{source.name}' has no epochs, every view of it is new: give the length in steps "
            'and a cosine schedule'
        )
    if recipe.loss.reprojection and not source.has_points:
        raise RecipeError(
            f"the recipe's reprojection loss needs a depth picture and the intrinsics of every "
            f"training picture, which '{source.name}' does not have: train with "
            '--set loss.reprojection=0, or import depth'
        )


def _check_cells(source: Source, recipe: Recipe, trunk: Trunk) -> None:
    """Cells need a trunk that has them, depth to learn from and one camera to answer for."""
    if not trunk.cell_channels:
        raise RecipeError(
            f"trunk '{recipe.network.trunk}' says nothing of cells: use efficientnet_lite0 or "
            'googlenet, or train without coordinates'
        )
    if recipe.sides[-1].side % CELL:
        raise RecipeError(
            f'pictures of {recipe.sides[-1].side} pixels a side are not cut into cells of {CELL}: '
            'use 224 or another multiple'
        )
    if not source.has_depth or source.camera is None:
        raise RecipeError(
            f"the recipe's coordinates need depth pictures and one camera that took all pictures, "
            f"with its intrinsics, which '{source.name}' does not have: import it with both, add "
            'depth by `posenet scene add-depth`, or use another recipe, such as pictures'
        )


def _watched(source: Source, team: Processes) -> list[Sample]:
    """This process's share of the frames that are watched."""
    frames = islice(source.each('validation', WATCHED), team.rank, None, team.count)
    return [make_sample(*frame) for frame in frames]


def _shown_once(source: Source, recipe: Recipe, options: RunOptions, samples: Samples) -> Samples:
    """The run's samples, but every rendered view is another one: the more views, the better."""
    if samples.at_hand:
        return samples
    return source.training(replace(recipe, views=replace(recipe.views, reuse=1)), options.seed)


def _finished(
    stored: dict[str, Any], recipe: Recipe, options: RunOptions, samples: Samples
) -> bool:
    """Whether the pose has settled: all steps or minutes are done, or nothing became better."""
    callbacks = stored['callbacks']
    schedule = _schedule(options, samples)
    schedule.load_state_dict(callbacks[schedule.state_key])
    total_steps = recipe.total_steps(schedule.pictures)
    if schedule.progress(stored['global_step'], total_steps) >= 1.0:
        return True
    early_stop = callbacks.get(_early_stop(recipe).state_key, {})
    return 0 < recipe.patience <= early_stop.get('wait_count', 0)


def _schedule(options: RunOptions, samples: Samples) -> Schedule:
    return Schedule(samples.epoch or 1, options.minutes)


def _early_stop(recipe: Recipe) -> EarlyStopping:
    return EarlyStopping(SCORE, patience=recipe.patience)


def _stored(checkpoint: Path) -> dict[str, Any]:
    if not checkpoint.is_file():
        raise FileNotFoundError(f"there is no checkpoint '{checkpoint}' to resume: train first")
    try:
        stored = torch.load(checkpoint, map_location='cpu', weights_only=True)
        return {'global_step': int(stored['global_step']), 'callbacks': stored['callbacks']}
    except Exception as error:
        raise TrainingError(
            f"checkpoint '{checkpoint}' cannot be read ({type(error).__name__}): train again, or "
            'put a whole one there'
        ) from error


def _trainer(recipe: Recipe, run: Path, callbacks: list[Callback], team: Processes) -> pl.Trainer:
    gpu = torch.cuda.is_available()
    logs = CSVLogger(run, name=LOGS, flush_logs_every_n_steps=50)
    return pl.Trainer(
        max_epochs=-1,
        val_check_interval=recipe.validate_every,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        gradient_clip_val=recipe.clip or None,
        accelerator='gpu' if gpu else 'cpu',
        precision='16-mixed' if gpu else '32-true',
        devices=team.count_here,
        num_nodes=team.machines,
        # The weights of a part of the loss get no gradient where that part does not count yet.
        strategy='ddp_find_unused_parameters_true' if team.count > 1 else 'auto',
        use_distributed_sampler=False,
        logger=[logs, TensorBoardLogger(run, name=LOGS, version=logs.version)],
        log_every_n_steps=50,
        plugins=[AtomicCheckpoints()],
        callbacks=callbacks,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


def _callbacks(recipe: Recipe, run: Path, options: RunOptions, samples: Samples) -> list[Callback]:
    callbacks: list[Callback] = [_schedule(options, samples)]
    if recipe.averaging:
        callbacks.append(EMAWeightAveraging(decay=recipe.averaging))
    if recipe.patience:
        callbacks.append(_early_stop(recipe))
    return [
        *callbacks,
        keep_last(run, options.save_every),
        keep_best(run),
        Report(Console()),
    ]
