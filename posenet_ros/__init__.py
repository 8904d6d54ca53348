# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Find a lost robot from one camera image: the robot half."""
