# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How this process holds memory."""

import ctypes

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST_INT = 2**31 - 1
# A gibibyte: larger than any picture batch between two layers.
LARGE = 2**30


def keep_freed_memory() -> None:
    """Let glibc keep what is freed, instead of giving it back and asking for it again.

    Every layer of a network on the CPU frees tensors of tens of megabytes, which the kernel then
    has to clear anew: up to a third of a training's time.  Elsewhere than on glibc, nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, LARGEST_INT)
