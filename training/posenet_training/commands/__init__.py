# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The commands of `posenet`, a module a group; they parse, call and print, nothing else."""
