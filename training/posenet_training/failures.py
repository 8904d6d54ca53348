# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a machine may run out of while a network trains, in one sentence each."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from posenet_training.errors import TrainingError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How torch says it: on the CPU, on a GPU, and when the system ended a loader process.
NO_MEMORY = ("can't allocate memory", 'out of memory', 'is killed by signal: Killed')


@contextmanager
def full_disk_or_memory() -> Iterator[None]:
    """Raise TrainingError in place of the errors of a full disk or memory."""
    try:
        yield
    except MemoryError as error:
        raise _memory(error) from error
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise TrainingError(
            f'the disk has no room ({error.strerror}: {error.filename or "while writing"}): free '
            'some and go on with --resume; the last checkpoint is whole'
        ) from error
    except RuntimeError as error:
        if not any(sign in str(error) for sign in NO_MEMORY):
            raise
        raise _memory(error) from error


def _memory(error: Exception) -> TrainingError:
    first_line = (str(error).splitlines() or ['no memory'])[0]
    return TrainingError(
        f'memory is full ({first_line[:120]}): go on with --resume and a smaller batch, as in '
        '--set batch=16, or fewer --workers'
    )
