# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How few pictures of a new scene are enough, by what the trunk learned before."""
