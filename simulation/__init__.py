# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The embedded default world: a furnished room, a robot with a camera on a mast, and its nodes."""
