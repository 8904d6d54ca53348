# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training half of posenet_ros: pictures with poses in, one model file out; no ROS."""

__version__ = '0.1.0'
