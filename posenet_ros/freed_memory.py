# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Memory that was needed for a while: glibc keeps what is freed, for whoever asks next."""

import ctypes


def give_back_freed_memory() -> None:
    """Give the system back what is free; elsewhere than on glibc, nothing."""
    trim = getattr(ctypes.CDLL(None), 'malloc_trim', None)
    if trim is not None:
        trim(0)
