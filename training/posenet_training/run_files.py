# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of the files in the folder of a run."""

RECIPE = 'recipe.yaml'
LAST = 'last.ckpt'
BEST = 'best.ckpt'
LOGS = 'logs'
# What the trunk said of all views: only there while points of the map are learned.
LOOKED = 'looked.pt'
