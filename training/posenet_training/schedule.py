# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far a run is, and what changes along it: learning rate and picture size."""

import time
from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl

from posenet_training.data.samples import Sample
from posenet_training.module import PoseModule

LONGEST_STEP_S = 100.0


class Schedule(pl.Callback):
    """Sets learning rate and picture size before each step; ends the run.

    Progress is the share of steps done, or of `minutes` when these are given: then the run ends
    in time however busy the machine is, and cannot be repeated exactly.  Minutes count from the
    run's first start and leave out the time between a stop and a resume, and pauses (SIGSTOP).
    pictures: how many make an epoch; where none do, the recipe counts steps alone.
    """

    def __init__(
        self, pictures: int, minutes: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pictures = pictures
        self.minutes = minutes
        self.clock = clock
        self.seconds = 0.0
        self._last = 0.0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._last = self.clock()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Sample, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, PoseModule)
        self._tick()
        recipe = pl_module.recipe
        progress = self.progress(trainer.global_step, recipe.total_steps(self.pictures))
        epoch = trainer.global_step * recipe.batch / self.pictures
        rate = recipe.optimizer.rate * recipe.schedule.share(progress, epoch)
        for group in trainer.optimizers[0].param_groups:
            group['lr'] = rate
        pl_module.progress = progress
        pl_module.network.side = recipe.side(progress)
        values = {'progress': progress, 'learning_rate': rate, 'seconds': self.seconds}
        pl_module.log_dict({**values, 'side': float(pl_module.network.side)})

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Sample,
        batch_idx: int,
    ) -> None:
        assert isinstance(pl_module, PoseModule)
        self._tick()
        total_steps = pl_module.recipe.total_steps(self.pictures)
        if self.progress(trainer.global_step, total_steps) >= 1.0:
            trainer.should_stop = True

    def progress(self, step: int, total_steps: int) -> float:
        """Share of the run that is done, 0 to 1."""
        if self.minutes is not None:
            return min(self.seconds / (60.0 * self.minutes), 1.0)
        return min(step / total_steps, 1.0)

    def _tick(self) -> None:
        now = self.clock()
        # No step and no validation takes longer; what does is a process that was paused.
        self.seconds += min(now - self._last, LONGEST_STEP_S)
        self._last = now

    def state_dict(self) -> dict[str, Any]:
        return {'seconds': self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.seconds = state_dict['seconds']
