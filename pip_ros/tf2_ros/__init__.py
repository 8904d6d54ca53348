# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of tf2_ros that posenet_ros uses, for machines where ROS 2 comes from PyPI."""

from tf2_ros.buffer import Buffer
from tf2_ros.frame_tree import (
    ConnectivityException,
    ExtrapolationException,
    InvalidArgumentException,
    LookupException,
    TransformException,
)
from tf2_ros.topics import StaticTransformBroadcaster, TransformBroadcaster, TransformListener

__all__ = [
    'Buffer',
    'ConnectivityException',
    'ExtrapolationException',
    'InvalidArgumentException',
    'LookupException',
    'StaticTransformBroadcaster',
    'TransformBroadcaster',
    'TransformException',
    'TransformListener',
]
