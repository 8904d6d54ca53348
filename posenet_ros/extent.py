# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a camera stood where the training cameras did."""

import numpy as np

from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array
from posenet_ros.model_spec import Extent

# Training cameras do not reach the last of the floor, and the network errs by some decimetres.
MARGIN_M = 0.25


def outside(extent: Extent, position: Array) -> tuple[Doubt, ...]:
    """Doubt a camera's position [3] in the map beyond the extent and its margin."""
    low, high = np.array(extent.minimum) - MARGIN_M, np.array(extent.maximum) + MARGIN_M
    if np.all(position >= low) and np.all(position <= high):
        return ()
    place = ', '.join(f'{value:.2f}' for value in position)
    return (Doubt('extent', f'the camera position ({place}) is outside the trained extent'),)
