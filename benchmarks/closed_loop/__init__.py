# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole loop over DDS: a robot is carried away, and its localizer is told where it is."""
