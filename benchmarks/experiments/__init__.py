# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trainings that differ in one thing, judged alike: what the tables of docs/ are made of."""
