# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of the work when a process is killed, or when the machine lacks something."""
