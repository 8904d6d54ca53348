# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Input that nobody meant to send: no crash, no hang, nothing wrong accepted."""
