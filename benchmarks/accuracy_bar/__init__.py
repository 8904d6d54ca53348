# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does one network beat looking pictures up, in metres and in degrees, on real drives?

__main__.py   the order of this
answers.py    errors of a trained network and of all rivals on the same pictures
rivals.py     SIFT and PnP, and what a look-up costs
figures.py    medians, percentiles, intervals of the differences, as a table and as JSON
"""
