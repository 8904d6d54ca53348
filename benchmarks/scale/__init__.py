# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What does a query cost as the map grows, and who still answers when pictures are far apart?

plan.py        which scenes, and how each is made (python -m benchmarks.scale_assets)
roads.py       one long drive, a picture every so many metres
maps.py        SIFT maps of floors, put together of their rooms'
models.py      a small model of a scene
assets.py      a scene with its map, its model and what they cost
localizers.py  from a picture to a pose: ours, looking up, SIFT
matching.py    three ways to match keypoints with points
asking.py      pictures to several localizers in turns, timed
memory.py      what a localizer holds, in a process of its own
figures.py     what came out, in numbers
report.py      the table; drawing.py the picture
"""
