# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of the files in the folder of a run."""

RECIPE = 'recipe.yaml'
LAST = 'last.ckpt'
BEST = 'best.ckpt'
LOGS = 'logs'
