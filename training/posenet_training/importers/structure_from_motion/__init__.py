# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Camera poses of pictures that have none, by structure from motion (Schönberger and Frahm 2016).

`reconstruction.py` tells the order; the other modules are one step each.
"""
