# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a machine may lack or run out of, in one sentence each."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from posenet_training.errors import TrainingError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)
# How torch says it: on the CPU, on a GPU, and when the system ended a loader process; and others.
NO_MEMORY = (
    *("can't allocate memory", 'out of memory', 'is killed by signal: Killed'),
    *('bad_alloc', 'failed to map segment', "can't start new thread"),
)


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


def lack_in_words(error: Exception) -> str | None:
    """What the machine lacks, and what to do, for any command; None for another error."""
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in NO_MEMORY):
        return f'memory is full ({_first_line(error)}): end other programs, then go on'
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.ENOMEM:
        return f'memory is full ({error.strerror}): end other programs, then go on'
    what = f'{error.strerror}: {error.filename or "while writing"}'
    if error.errno in NO_ROOM:
        return f'the disk has no room ({what}): free some, then give the same command again'
    if error.errno in NO_RIGHTS:
        return f'it is not allowed ({what}): name another place, or change its permissions'
    return None


def _memory(error: Exception) -> TrainingError:
    return TrainingError(
        f'memory is full ({_first_line(error)}): go on with --resume and a smaller batch, as in '
        '--set batch=16, or fewer --workers'
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ['no memory'])[0][:120]
