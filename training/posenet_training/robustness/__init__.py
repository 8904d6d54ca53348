# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What darkness, blur, noise and other cameras cost, strength by strength.

corruptions.py  what is done to a picture, with the strengths that are tried
localizers.py   who is asked where the picture was taken; beside_sift.py: SIFT and PnP
curves.py       all pictures through all corruptions: errors of each localizer
summary.py      medians, the share that is right, the strength that loses half of the frames
report.py       the summary as a table and as a figure
evaluate.py     all of it for a model file and a scene
"""
