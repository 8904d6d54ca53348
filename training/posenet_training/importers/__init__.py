# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One module a format: each reads a source and gives a Drive (drive.py)."""
