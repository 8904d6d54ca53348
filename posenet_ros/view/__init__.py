# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The browser view: one local page that shows what the node sees, believes and refuses."""
