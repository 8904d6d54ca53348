# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small networks of familiarity for tests."""

import numpy as np

from posenet_ros.familiarity import Familiarity


def undecided(width: int) -> Familiarity:
    """Gives even odds to every feature of so many numbers."""
    return Familiarity(
        middle=np.zeros(width, np.float32),
        spread=np.ones(width, np.float32),
        inner=np.zeros((1, width), np.float32),
        inner_bias=np.zeros(1, np.float32),
        outer=np.zeros(1, np.float32),
        outer_bias=np.zeros(1, np.float32),
    )
