# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is seen of a training while it runs."""

from typing import Any

import pytorch_lightning as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from posenet_training.data.samples import Sample
from posenet_training.module import PoseModule


class Report(pl.Callback):
    """A bar with the last validation's medians, and one line after each validation.

    The bar is for terminals only; lines go anywhere.
    """

    def __init__(self, console: Console) -> None:
        self.bar = Progress(
            BarColumn(),
            TextColumn('{task.percentage:3.0f} %  {task.description}'),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.medians = 'no validation yet'

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.is_global_zero:
            self.task = self.bar.add_task(self.medians, total=1.0)
            self.bar.start()

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Sample,
        batch_idx: int,
    ) -> None:
        assert isinstance(pl_module, PoseModule)
        if trainer.is_global_zero:
            self.bar.update(self.task, completed=pl_module.progress, description=self.medians)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking or not trainer.is_global_zero:
            return
        values = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.medians = (
            f'median {values["val_median_position_m"]:.3f} m '
            f'{values["val_median_angle_deg"]:.2f} deg'
        )
        self.bar.console.print(
            f'step {trainer.global_step:6d}  {values.get("seconds", 0.0) / 60.0:6.1f} min  '
            f'{values.get("side", 0.0):3.0f} px  loss {values.get("train_loss", 0.0):6.3f}  '
            f'{self.medians}  p95 {values["val_p95_position_m"]:.3f} m '
            f'{values["val_p95_angle_deg"]:.2f} deg',
            highlight=False,
            soft_wrap=True,
        )

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.bar.stop()

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        self.bar.stop()
