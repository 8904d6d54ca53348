# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Qualities of service that several nodes share."""

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

# Pictures: an old one is worth nothing, and BEST_EFFORT connects to any publisher.
NEWEST_ONLY = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
# What is said once, for all who come later.
LATCHED = QoSProfile(
    depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, reliability=ReliabilityPolicy.RELIABLE
)
