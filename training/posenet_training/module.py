# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training loop's parts for Lightning: the module, and the schedule along a run."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor

from posenet_training.augment import augment
from posenet_training.losses import pose_loss
from posenet_training.metrics import error_summary, errors_of
from posenet_training.network import PoseNet, SceneStatistics
from posenet_training.options import TrainOptions

WARM_UP = 0.03
LONGEST_STEP_S = 100.0

Batch = tuple[Tensor, Tensor, Tensor]


class PoseModule(pl.LightningModule):
    """PoseNet with its loss, optimizer and validation."""

    def __init__(self, options: TrainOptions, statistics: SceneStatistics) -> None:
        super().__init__()
        self.options = options
        self.network = PoseNet(options.network, statistics).to(memory_format=torch.channels_last)
        self._errors: list[np.ndarray] = []

    def training_step(self, batch: Batch, _: int) -> Tensor:
        images, position, q_xyzw = batch
        # Seeded by the step, so that a resumed run draws what the whole one would have.
        generator = torch.Generator().manual_seed(self.options.seed * 1_000_003 + self.global_step)
        pictures = augment(self.network.normalise(images), self.options.augmentation, generator)
        answers = self.network.regress(pictures)
        loss = pose_loss(answers, position, q_xyzw, self.network.head, self.options.beta)
        self.log('train_loss', loss)
        return loss

    def validation_step(self, batch: Batch, _: int) -> None:
        images, position, q_xyzw = batch
        pose = self.network(images)
        self._errors.append(errors_of(pose.position, pose.q_xyzw, position, q_xyzw))

    def on_validation_epoch_end(self) -> None:
        summary = error_summary(np.concatenate(self._errors))
        self._errors = []
        self.log_dict({f'val_{name}': value for name, value in summary.items()})

    def configure_optimizers(self) -> torch.optim.Optimizer:
        weights = [weight for weight in self.parameters() if weight.ndim >= 2]
        others = [weight for weight in self.parameters() if weight.ndim < 2]
        groups = [
            {'params': weights, 'weight_decay': self.options.weight_decay},
            {'params': others, 'weight_decay': 0.0},
        ]
        return torch.optim.AdamW(groups, lr=self.options.learning_rate)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint['train_options'] = asdict(self.options)
        checkpoint['side'] = self.network.side


class Schedule(pl.Callback):
    """Learning rate and picture size along the run; ends it.

    Progress is the share of steps done, or of `minutes` when these are given: then the run ends
    in time however busy the machine is, and cannot be repeated exactly.  Minutes count from the
    run's first start and leave out the time between a stop and a resume, and pauses (SIGSTOP).
    """

    def __init__(self, minutes: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.minutes = minutes
        self.clock = clock
        self.seconds = 0.0
        self._last = 0.0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._last = self.clock()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Batch, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, PoseModule)
        self._tick()
        progress = self.progress(trainer.global_step, pl_module.options)
        rate = learning_rate(progress, pl_module.options.learning_rate)
        for group in trainer.optimizers[0].param_groups:
            group['lr'] = rate
        pl_module.network.side = pl_module.options.side(progress)
        values = {'progress': progress, 'learning_rate': rate, 'seconds': self.seconds}
        pl_module.log_dict({**values, 'side': float(pl_module.network.side)})

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Batch,
        batch_idx: int,
    ) -> None:
        assert isinstance(pl_module, PoseModule)
        self._tick()
        if self.progress(trainer.global_step, pl_module.options) >= 1.0:
            trainer.should_stop = True

    def progress(self, step: int, options: TrainOptions) -> float:
        """Share of the run that is done, 0 to 1."""
        if self.minutes is not None:
            return min(self.seconds / (60.0 * self.minutes), 1.0)
        return min(step / options.steps, 1.0)

    def _tick(self) -> None:
        now = self.clock()
        # No step and no validation takes longer; what does is a process that was paused.
        self.seconds += min(now - self._last, LONGEST_STEP_S)
        self._last = now

    def state_dict(self) -> dict[str, Any]:
        return {'seconds': self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.seconds = state_dict['seconds']


def learning_rate(progress: float, peak: float) -> float:
    """Linear rise over the first 3 % of the run, then half a cosine down to zero."""
    if progress < WARM_UP:
        return peak * (0.05 + 0.95 * progress / WARM_UP)
    return peak * 0.5 * (1.0 + math.cos(math.pi * (progress - WARM_UP) / (1.0 - WARM_UP)))


def load_network(checkpoint_file: Path) -> tuple[PoseNet, TrainOptions, dict[str, Any]]:
    """Load the averaged weights of a run: (network in eval mode, options, whole checkpoint).

    Raises FileNotFoundError when there is none.
    """
    if not checkpoint_file.is_file():
        raise FileNotFoundError(f"there is no checkpoint '{checkpoint_file}': train first")
    checkpoint = torch.load(checkpoint_file, map_location='cpu', weights_only=True)
    options = TrainOptions.from_dict(checkpoint['train_options'])
    prefix = 'network.'
    state = {
        name.removeprefix(prefix): value
        for name, value in checkpoint['state_dict'].items()
        if name.startswith(prefix)
    }
    statistics = SceneStatistics(
        state['mean_image'], float(state['pixel_scale']), state['centre'], float(state['scale'])
    )
    network = PoseNet(options.network, statistics)
    network.load_state_dict(state)
    network.side = checkpoint['side']
    return network.to(memory_format=torch.channels_last).eval(), options, checkpoint
