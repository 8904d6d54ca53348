# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a training from a source of frames to a checkpoint, from the start or on from a stop."""

import signal
from datetime import timedelta
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EMAWeightAveraging, ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from posenet_training.data.frames import EndlessFrames, Frames, Source, statistics_of
from posenet_training.module import Batch, PoseModule, Schedule
from posenet_training.options import TrainOptions

CHECKPOINT = 'last.ckpt'
SAVE_EVERY = timedelta(minutes=3)


class Report(pl.Callback):
    """Prints one line after each validation."""

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking:
            return
        values = {name: float(value) for name, value in trainer.callback_metrics.items()}
        print(
            f'step {trainer.global_step:6d}  {values.get("seconds", 0.0) / 60.0:6.1f} min  '
            f'{values.get("side", 0.0):3.0f} px  loss {values.get("train_loss", 0.0):6.3f}  '
            f'median {values["val_median_position_m"]:.3f} m {values["val_median_angle_deg"]:.2f} '
            f'deg  p95 {values["val_p95_position_m"]:.3f} m {values["val_p95_angle_deg"]:.2f} deg',
            flush=True,
        )


def fit(
    source: Source,
    options: TrainOptions,
    run: Path,
    resume: bool = False,
    minutes: float | None = None,
    workers: int = 1,
) -> Path:
    """Train on a source and return the checkpoint, `run`/last.ckpt.

    Writes the checkpoint every 3 minutes and on SIGTERM, Ctrl-C and errors; logs to
    `run`/logs/version_N/metrics.csv, one version a start.  With `resume` it goes on from the
    checkpoint; FileNotFoundError when there is none.  `minutes`: see Schedule.
    """
    checkpoint = run / CHECKPOINT
    if resume and not checkpoint.is_file():
        raise FileNotFoundError(f"there is no checkpoint '{checkpoint}' to resume: train first")
    run.mkdir(parents=True, exist_ok=True)
    pl.seed_everything(options.seed, verbose=False)
    module = PoseModule(options, statistics_of(source.frames('statistics')))
    frames = source.training(options.seed, _start(checkpoint, resume), options.reuse)
    trainer = _trainer(options, run, minutes)
    trainer.fit(
        module,
        train_loader(frames, options, workers),
        validation_loader(source.frames('validation')),
        ckpt_path=checkpoint if resume else None,
        weights_only=True,
    )
    trainer.save_checkpoint(checkpoint)
    return checkpoint


def _start(checkpoint: Path, resume: bool) -> int:
    if not resume:
        return 0
    return int(torch.load(checkpoint, map_location='cpu', weights_only=True)['global_step'])


def _trainer(options: TrainOptions, run: Path, minutes: float | None) -> pl.Trainer:
    return pl.Trainer(
        max_epochs=-1,
        val_check_interval=options.validate_every,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        gradient_clip_val=5.0,
        accelerator='auto',
        devices=1,
        logger=CSVLogger(run, name='logs', flush_logs_every_n_steps=50),
        log_every_n_steps=50,
        callbacks=[
            Schedule(minutes),
            EMAWeightAveraging(decay=options.ema_decay),
            ModelCheckpoint(
                dirpath=run,
                filename=CHECKPOINT.removesuffix('.ckpt'),
                train_time_interval=SAVE_EVERY,
                save_on_exception=True,
                enable_version_counter=False,
            ),
            Report(),
        ],
        enable_progress_bar=False,
        enable_model_summary=False,
    )


def train_loader(frames: EndlessFrames, options: TrainOptions, workers: int) -> DataLoader[Batch]:
    """Batches of an endless stream, made by `workers` other processes."""
    return DataLoader(
        frames,
        batch_size=options.batch,
        num_workers=workers,
        # A renderer or threads that were started before a fork do not survive it.
        multiprocessing_context='spawn' if workers else None,
        persistent_workers=workers > 0,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_leave_signals_to_the_trainer,
    )


def _leave_signals_to_the_trainer(_: int) -> None:
    """A stop reaches the whole process group; loaders end when the trainer closes them."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def validation_loader(frames: Frames) -> DataLoader[tuple[Tensor, ...]]:
    """Batches of fixed frames."""
    dataset = TensorDataset(torch.from_numpy(frames.images), *frames.labels())
    return DataLoader(dataset, batch_size=50)
