# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where in the map is what a picture shows?  Its cells answer that, and the pose follows.

head.py       from what the trunk says of a cell to its point in the map (Shotton et al. 2013)
keyframes.py  a few training pictures, to begin near
solver.py     the pose from which the points are seen where they are seen
network.py    the three as one part of the network
cells.py      where the cells of a crop look
views.py      training views, with the points that their cells show
looking.py    what the trunk says of the views, once
learning.py   teaches the head when the pose has settled
"""
