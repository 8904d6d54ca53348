# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Writing, splitting and exporting scenes; posenet_ros.scene defines what one is."""
