# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The coordinate part of a network in its checkpoint."""

from dataclasses import asdict
from typing import Any

from posenet_training.coordinates.network import CoordinatePart
from posenet_training.network import PoseNet
from posenet_training.recipe import Coordinates

# Of a checkpoint: the learned part and its options; absent where there is none.
NOTE = 'coordinates'


def stored(part: CoordinatePart, options: Coordinates) -> dict[str, Any]:
    """What a checkpoint keeps of a part."""
    return {'options': asdict(options), 'state': part.state_dict()}


def with_coordinates(network: PoseNet, checkpoint: dict[str, Any]) -> PoseNet:
    """The network with the coordinate part that its checkpoint holds, if it holds one."""
    if NOTE in checkpoint:
        state = checkpoint[NOTE]['state']
        network.coordinates = CoordinatePart(
            Coordinates(**checkpoint[NOTE]['options']),
            network.trunk.cell_channels,
            len(state['rays']),
            len(state['keyframes.keys']),
        )
        network.coordinates.load_state_dict(state)
    return network
