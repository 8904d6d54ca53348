# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Arrays to PointCloud2 messages and back; every field is one float32."""

from __future__ import annotations

import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header


def create_cloud(header: Header, fields: Sequence[PointField], points: Iterable) -> PointCloud2:
    """Cloud of points [N, len(fields)], the fields side by side in the order given."""
    if any(field.datatype != PointField.FLOAT32 or field.count != 1 for field in fields):
        raise ValueError('only fields of one float32 each are supported here')
    values = np.asarray(points, '<f4').reshape(-1, len(fields))
    cloud = PointCloud2(
        header=header,
        height=1,
        width=len(values),
        fields=fields,
        point_step=4 * len(fields),
        row_step=values.nbytes,
    )
    cloud.data = array.array('B', values.tobytes())
    return cloud


def create_cloud_xyz32(header: Header, points: Iterable) -> PointCloud2:
    """Cloud of float32 x, y, z from points [N, 3]."""
    fields = [
        PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1)
        for i, name in enumerate('xyz')
    ]
    return create_cloud(header, fields, points)


def read_points_numpy(
    cloud: PointCloud2, field_names: Sequence[str] | None = None
) -> NDArray[np.float32]:
    """Values [N, number of fields] of the fields named, all when None."""
    offsets = {field.name: field.offset for field in cloud.fields}
    names = list(offsets) if field_names is None else field_names
    rows = np.frombuffer(cloud.data, np.uint8).reshape(-1, cloud.point_step)
    columns = [rows[:, offsets[name] : offsets[name] + 4].copy().view('<f4') for name in names]
    return np.concatenate(columns, axis=1)
