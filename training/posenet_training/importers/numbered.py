# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far apart pictures were taken, by the numbers in their names."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def places_by_name(stems: Sequence[str]) -> NDArray[np.float64]:
    """Places [N] of pictures in their drive, from 0 on; the usual step is 1.

    By the last number in each name where these grow from name to name, so that pictures that
    were left out leave a gap; else 0, 1, 2, ...
    """
    found = [re.search(r'\d+(?=\D*$)', stem) for stem in stems]
    numbers = [int(match.group()) for match in found if match]
    steps = np.diff(np.array(numbers, dtype=object)).astype(np.float64)
    if len(numbers) < len(stems) or len(stems) < 2 or not np.all(steps > 0.0):
        return np.arange(float(len(stems)))
    return np.concatenate([[0.0], np.cumsum(steps / np.median(steps))])
