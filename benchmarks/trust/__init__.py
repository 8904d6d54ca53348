# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does the node know when it knows?  Kidnaps, long drives, other places, rooms that repeat.

plan.py         which episodes there are
spoiling.py     pictures that are blurred or covered
watching.py     an episode through renderer and network: one row a frame
predictions.py  all episodes, cached: decisions are replayed on them in seconds
"""
