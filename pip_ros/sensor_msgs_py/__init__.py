# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of sensor_msgs_py that posenet_ros uses."""
