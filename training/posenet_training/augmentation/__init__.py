# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Other pictures of the same places, with labels that stay exact.

photometric.py  light, colour, blur, noise, compression: no pixel moves
view.py         the camera turned about its centre: the picture and its pose follow exactly
turning.py      which turns are drawn, and how far one can go within the picture
moved.py        a moved crop window as the turn of the camera that it almost is
tone.py blurring.py grain.py   what photometric.py and the robustness curves both use
"""
