# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The occupancy grid that the map server publishes, held against the model and against places."""

from dataclasses import dataclass

from posenet_ros.floor_plan import FloorPlan
from posenet_ros.geometry import Array

# The camera that was taught hangs before its robot and sees over tables: some of its ways lead
# over what is occupied.  Of another place's map a half is.
LARGEST_SHARE_OUTSIDE = 0.2


@dataclass(frozen=True)
class PlaceMap:
    """A floor plan, and the frame in which it lies."""

    frame_id: str
    plan: FloorPlan

    def mismatch(self, frame_id: str, positions: Array) -> str:
        """Why this cannot be the map that a model was taught in; empty when it can.

        frame_id: the frame of the model's poses; positions [N, 3] of its training cameras.
        """
        if self.frame_id != frame_id:
            return (
                f"map is in the frame '{self.frame_id}', the model was taught in '{frame_id}': "
                'serve the map that was taught, or load the model of this one'
            )
        conflicts = sum(bool(self.plan.conflict(position)) for position in positions)
        if conflicts <= LARGEST_SHARE_OUTSIDE * len(positions):
            return ''
        return (
            f'map is not the one that the model was taught in: {conflicts} of {len(positions)} '
            'training positions are outside it, occupied or unknown; serve the map that was '
            'taught, or load the model of this one'
        )
