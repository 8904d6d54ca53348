# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a model file knows about its own errors, taken from frames that it never saw."""
