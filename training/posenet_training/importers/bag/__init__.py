# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""ROS 2 bags, read without ROS.

topics, reading         which topic serves what; messages out of the files
first_pass              transforms, poses and camera_info: all but the pictures
tracks, transforms      transforms over time; the TF tree, and chains through it
jumps                   which steps of a pose no robot makes
poses                   the camera's path: by TF, or by a topic or trajectory and an extrinsic
cutting                 where a drive is cut, and which pictures are too alike
pictures, camera_info   pictures and intrinsics of messages
importing               the order of all this
"""
