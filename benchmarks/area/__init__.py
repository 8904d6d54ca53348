# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How large a place can one file hold: the same network, the same time, ever more rooms.

__main__.py  the order of this
floors.py    drives through simulated rooms, joined to floors
report.py    figures, the table and the picture
"""
