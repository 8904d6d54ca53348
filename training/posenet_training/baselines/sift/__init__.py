# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A classical rival: SIFT features, retrieval, PnP with RANSAC in a map of known poses.

features.py       a picture -> keypoints, as an ideal pinhole camera would see them
pairing.py        which pictures of the map are matched with which
triangulation.py  matches of pictures with known poses -> points
depth.py          points from depth pictures instead
building.py       a scene's split -> map
sift_map.py       the map, in memory and on disk
localization.py   a picture and the map -> a pose, or none
"""
