# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node for hours at 30 Hz, through everything that happens to robots."""
