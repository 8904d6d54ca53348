# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that are whole or not there, whenever a training is killed."""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO
from pytorch_lightning.callbacks import ModelCheckpoint

from posenet_training.module import SCORE
from posenet_training.run_files import BEST, LAST
from posenet_training.whole_file import whole_file


class AtomicCheckpoints(TorchCheckpointIO):
    """Writes beside the old checkpoint and renames: Lightning's own copies across file systems."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None
    ) -> None:
        # Through memory: torch hides why a file cannot be written.
        whole = io.BytesIO()
        torch.save(checkpoint, whole)
        with whole_file(Path(path)) as partial, partial.open('wb') as file:
            file.write(whole.getbuffer())
            file.flush()
            os.fsync(file.fileno())


def keep_last(run: Path, every: timedelta) -> ModelCheckpoint:
    """Writes last.ckpt every so often, and when the run is interrupted or fails."""
    return ModelCheckpoint(
        dirpath=run,
        filename=LAST.removesuffix('.ckpt'),
        train_time_interval=every,
        save_on_exception=True,
        enable_version_counter=False,
    )


def keep_best(run: Path) -> ModelCheckpoint:
    """Writes best.ckpt after each validation that is the best so far."""
    return ModelCheckpoint(
        dirpath=run,
        filename=BEST.removesuffix('.ckpt'),
        monitor=SCORE,
        mode='min',
        save_on_train_epoch_end=False,
        enable_version_counter=False,
    )
