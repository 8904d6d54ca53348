# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a model looks at: its features as a map of the scene, its saliency, its memories."""
