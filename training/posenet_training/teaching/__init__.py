# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a drive to a model file in one go, step by step, so that a stop costs one step."""
