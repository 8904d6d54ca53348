# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses written as a position and a quaternion, checked before they become matrices."""

import math
from collections.abc import Sequence

from posenet_ros.geometry import Array, transform
from posenet_training.importers.complaints import Complaints

# Six printed digits leave less; more is another quantity, or another order of the columns.
UNIT_TOLERANCE = 1e-3


def checked_pose(
    position: Sequence[float], q_xyzw: Sequence[float], which: str, complaints: Complaints
) -> Array | None:
    """Transform [4, 4] of a source's numbers, normalised; None after a complaint.

    Complains of numbers that are not finite and of quaternions that are not of unit length.
    """
    if not all(map(math.isfinite, [*position, *q_xyzw])):
        complaints.add('pose is not finite', which)
        return None
    length = math.hypot(*q_xyzw)
    if abs(length - 1.0) > UNIT_TOLERANCE:
        complaints.add('quaternion is not of unit length', f'{which} (length {length:.6g})')
        return None
    return transform(position, q_xyzw)
