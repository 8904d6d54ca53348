# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Threads of numeric libraries that wait must sleep: a robot's cores have other things to do.

OpenMP's threads, which torch computes with, by default go round in circles while they wait for
each other.  Where camera, TF and the network share two cores, they take the time of the very
thread that they wait for (docs/performance.md).
"""

import os

# Read once, when a library is loaded.  What the node does in numpy is too small for threads.
SETTINGS = {'OMP_WAIT_POLICY': 'passive', 'OPENBLAS_NUM_THREADS': '1'}


def let_waiting_threads_sleep() -> None:
    """Call it before numpy or torch is imported; what the environment already says stays."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
