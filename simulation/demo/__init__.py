# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The demo: a simulated robot is kidnapped again and again and finds itself by its camera."""
