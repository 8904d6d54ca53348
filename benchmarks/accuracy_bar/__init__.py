# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does one network beat looking pictures up, in metres and in degrees, on real drives?

__main__.py   the order of this
scenes.py     drives as they come, imported
answers.py    errors of a trained network and of all rivals on the same pictures
rivals.py     SIFT and PnP, and what a look-up and plain GoogLeNet cost
figures.py    medians, percentiles, intervals of the differences, as a table and as JSON
drawing.py    errors over the distance to the nearest training picture
"""
