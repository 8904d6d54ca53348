# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Batches of samples for training, and of fixed frames to watch."""

import atexit
import multiprocessing
import signal
from functools import cache
from typing import Any

from torch.utils.data import DataLoader

from posenet_training.data.samples import Sample, SampleNumbers, Samples
from posenet_training.distribution import Processes

WATCHED_BATCH = 50


def train_loader(
    samples: Samples, batch: int, start_step: int, team: Processes, workers: int
) -> DataLoader[Sample]:
    """Batches from a step on, without end; `workers` other processes make what takes time."""
    workers = 0 if samples.at_hand else workers
    return DataLoader(
        samples,
        sampler=SampleNumbers(start_step, batch, team.rank, team.count),
        batch_size=team.share(batch),
        persistent_workers=workers > 0,
        prefetch_factor=4 if workers else None,
        **in_processes(workers),
    )


def validation_loader(samples: list[Sample]) -> DataLoader[Sample]:
    """Batches of fixed samples in memory."""
    return DataLoader(samples, batch_size=WATCHED_BATCH)  # type: ignore[arg-type]


def in_processes(workers: int) -> dict[str, Any]:
    """Options of a DataLoader whose batches so many processes make, which end with this one."""
    end_workers_at_exit()
    return {
        'num_workers': workers,
        # A renderer or threads that were started before a fork do not survive it.
        'multiprocessing_context': 'spawn' if workers else None,
        'worker_init_fn': leave_signals_to_the_trainer,
    }


@cache
def end_workers_at_exit() -> None:
    """Let no loader that is still there keep this process from ending.

    multiprocessing sends its children SIGTERM at exit, which loaders ignore, and waits for them.
    """
    atexit.register(_kill_workers)


def _kill_workers() -> None:
    for process in multiprocessing.active_children():
        if process.daemon:
            process.kill()


def leave_signals_to_the_trainer(_: int) -> None:
    """A stop reaches the whole process group; loaders end when the trainer closes them."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
