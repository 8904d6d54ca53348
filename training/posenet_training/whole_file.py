# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all, as the robot half writes them too."""

from posenet_ros.whole_file import whole_file

__all__ = ['whole_file']
